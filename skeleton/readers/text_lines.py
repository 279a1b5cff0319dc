"""A text file's lines, whatever system it was written on (ours)."""

from skeleton.errors import UnreadableClip

_MOST_LINES = 1_000_000


def text_of(data: bytes) -> str:
    """Return the text with one kind of line end. Bytes that are no text stay visible as such."""
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(text: str) -> list[str]:
    """Split a text into lines. Raises `UnreadableClip` where there are more than anyone has."""
    lines = text.count("\n")
    if lines > _MOST_LINES:
        raise UnreadableClip(f"line {_MOST_LINES}: the file goes on for {lines} lines")
    return text.split("\n")


def shown(text: str) -> str:
    """A piece of a file as a message quotes it."""
    return repr(text.strip()[:40])

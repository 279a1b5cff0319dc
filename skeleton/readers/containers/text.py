"""A text file's lines, whatever system it was written on (ours)."""

from collections.abc import Iterator
from io import StringIO

from skeleton.errors import UnreadableClip, UnusableClip

#: The marks with which a text in UTF-16 begins.
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_QUOTE = 40
#: More than a body of 16 MiB has of any text format that people record.
_MOST_LINES = 700_000


def text_of(data: bytes) -> str:
    """Decode a text file: UTF-8 or, with its mark, UTF-16; with one kind of line end.

    Bytes of another encoding become U+FFFD, which is no number but may stand in a name. Raises
    `UnreadableClip` for binary data.
    """
    if data.startswith(UTF16):
        text = data.decode("utf-16", "replace")
    else:
        zero = data.find(b"\0")
        if zero >= 0:
            raise UnreadableClip(f"the file is not text: byte {zero + 1} is zero")
        text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text one after the other, each with its end. Raises `UnusableClip` where
    there are more than a clip has."""
    lines = text.count("\n")
    if lines > _MOST_LINES:
        raise UnusableClip(
            f"the file has {lines} lines, and {_MOST_LINES} are read at most: a clip is one "
            "action, cut it so"
        )
    return StringIO(text)


def quoted(text: str) -> str:
    """A piece of a file as a message shows it, cut where it is long."""
    text = text.strip()
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…")

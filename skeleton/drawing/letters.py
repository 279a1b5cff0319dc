"""Letters: lines of words measured, cut and set in Pillow's own font (ours)."""

import unicodedata
from bisect import bisect_right
from math import ceil, floor

_LETTERS = frozenset(map(chr, range(32, 127))) | frozenset("°·…")
_FINENESS = 3


def write(
    image: object, text: str, x: float, y: float, size: float, colour: str, anchor: str
) -> None:
    """Write one line on a Pillow image, from `x` (anchor l), up to it (r) or around it (m); `y`
    is the line the letters stand on."""
    from PIL import Image, ImageDraw, ImageFont

    assert isinstance(image, Image.Image)
    text = printable(text)
    # Small letters drawn large and shrunk keep their shapes and the spaces between them.
    font = ImageFont.load_default(size * _FINENESS)
    long = text_width(text, size)
    width, up, down = ceil(long) + 4, ceil(1.1 * size), ceil(0.4 * size)
    start = x - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor] * long
    left, top = floor(start) - 1, floor(y) - up
    mask = Image.new("L", (width * _FINENESS, (up + down) * _FINENESS))
    at = ((start - left) * _FINENESS, (y - top) * _FINENESS)
    ImageDraw.Draw(mask).text(at, text, fill=255, font=font, anchor="ls")
    image.paste(colour, (left, top), mask.reduce(_FINENESS))


def printable(text: str) -> str:
    """What Pillow's own font can write of a text: it has no accents and no other scripts."""
    plain = unicodedata.normalize("NFKD", text)
    letters = ("" if unicodedata.combining(c) else c if c in _LETTERS else "?" for c in plain)
    return "".join(letters)


def text_width(text: str, size: float) -> float:
    """How many pixels a line takes."""
    from PIL import ImageFont

    font = ImageFont.load_default(size * _FINENESS)
    return float(font.getlength(printable(text))) / _FINENESS


def shortened(text: str, size: float, room: float) -> str:
    """A text cut to `room` pixels, with an ellipsis where it was."""
    # No letter is narrower than a fifth of its size: what lies beyond is never measured.
    text = text[: int(5 * room / size) + 2]
    if text_width(text, size) <= room:
        return text
    lengths = range(len(text))
    fitting = bisect_right(lengths, room, key=lambda n: text_width(text[:n] + "…", size)) - 1
    return text[: max(fitting, 0)].rstrip() + "…"


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """A text in at most so many lines of `room` pixels."""
    found: list[str] = []
    words = text[: int(5 * room * lines / size) + 2].split()
    while words and len(found) < lines - 1:
        counts = range(1, len(words) + 1)
        fitting = bisect_right(counts, room, key=lambda n: text_width(" ".join(words[:n]), size))
        found.append(shortened(" ".join(words[: max(fitting, 1)]), size, room))
        words = words[max(fitting, 1) :]
    return [*found, shortened(" ".join(words), size, room)] if words else found

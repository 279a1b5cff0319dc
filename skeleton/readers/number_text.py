"""Number text: lines of numbers to a table, and the line at fault (ours)."""

from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip

_BLOCK = 20_000  # lines parsed at a time, so that a fault is looked for among few
_LONGEST_QUOTE = 40
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(data: bytes) -> str:
    """Decode a text file: UTF-8 or, with its mark, UTF-16. Bytes of another encoding become
    U+FFFD, which is no number but may stand in a name. Raises `UnreadableClip` for binary data."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    zero = data.find(b"\0")
    if zero >= 0:
        raise UnreadableClip(f"the file is not text: byte {zero + 1} is zero")
    return data.decode("utf-8-sig", "replace")


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text one after the other, however they end."""
    return StringIO(text, newline=None)


def number_table(
    lines: Iterable[str], columns: int, line_number: Callable[[int], int]
) -> NDArray[np.float64]:
    """Parse lines of `columns` numbers with blanks between; blank lines are passed over.

    Returns `(rows, columns)`. `line_number` tells the number in the file of the n-th of `lines`,
    counted from 0. Raises `UnreadableClip`.
    """
    stream = iter(lines)
    blocks = [np.empty((0, columns))]
    done = 0
    while block := list(islice(stream, _BLOCK)):
        if not "".join(block).isspace():
            blocks.append(_parsed(block, columns, lambda i, done=done: line_number(done + i)))  # type: ignore[misc]
        done += len(block)
    return np.concatenate(blocks)


def _parsed(
    block: list[str], columns: int, line_number: Callable[[int], int]
) -> NDArray[np.float64]:
    try:
        table = np.loadtxt(block, dtype=np.float64, comments=None, ndmin=2, encoding=None)
    except ValueError:
        table = None
    if table is not None and table.shape[1] == columns:
        return table
    for i, line in enumerate(block):
        check_numbers(line, columns, line_number(i))
    raise UnreadableClip(
        f"line {line_number(0)}: from here on, not every line is {columns} numbers"
    )


def check_numbers(line: str, columns: int, number: int) -> None:
    """Raise `UnreadableClip` unless a line is blank or has so many numbers."""
    values = line.split(None, columns)
    if values and len(values) != columns:
        count = "more" if len(values) > columns else str(len(values))
        raise UnreadableClip(f"line {number}: {columns} numbers were expected, not {count}")
    for value in values:
        if not is_number(value):
            raise UnreadableClip(f"line {number}: {quoted(value)} is not a number")


def is_number(text: str) -> bool:
    """Whether a text is one number as files write it; NaN and infinity are."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text  # which Python alone understands


def quoted(text: str) -> str:
    """A text of the file as a message shows it, cut where it is long."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…")

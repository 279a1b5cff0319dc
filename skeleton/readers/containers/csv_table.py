"""CSV table: some columns of a sensor's table as numbers, and the line at fault (ours)."""

import csv
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip
from skeleton.readers.containers.number_rows import is_number
from skeleton.readers.containers.text import quoted

_BLOCK = 5_000  # lines parsed at a time, so that a fault is looked for among few
_NOTHING = "null|none|n/a|na|nil|-"
_EMPTY = frozenset((*_NOTHING.split("|"), "nan"))


def columns_of(
    lines: Sequence[str], columns: Sequence[int], delimiter: str, width: int, first: int
) -> NDArray[np.float64]:
    """Parse these columns of lines of `width` cells: `(rows, columns)`, NaN where a cell is empty.

    Blank lines are passed over; `first` is the number in the file of the first line. Raises
    `UnreadableClip`.
    """
    stream = iter(lines)
    blocks = [np.empty((0, len(columns)))]
    while block := list(islice(stream, _BLOCK)):
        _check_widths(block, delimiter, width, first)
        if delimiter != ",":
            block = [line.replace(",", ".") for line in block]  # decimal commas
        if not "".join(block).isspace():
            blocks.append(_parsed(block, columns, delimiter, first))
        first += len(block)
    return np.concatenate(blocks)


def texts_of(lines: Sequence[str], columns: Sequence[int], delimiter: str) -> list[list[str]]:
    """Return the texts in each of these columns of lines that `columns_of` has parsed, one a row,
    empty where a cell holds nothing. Raises `UnreadableClip`.
    """
    stream = (line for line in lines if not line.isspace())
    texts: list[list[str]] = [[] for _ in columns]
    while block := list(islice(stream, _BLOCK)):
        cells = _loaded(block, columns, delimiter, object)
        if cells is None:
            raise UnreadableClip(f"not every line has a cell in column {max(columns) + 1}")
        for own, column in zip(texts, cells.T.tolist(), strict=True):
            own += [cell.strip() for cell in column]
    return [["" if text.lower() in _EMPTY else text for text in own] for own in texts]


def _check_widths(block: list[str], delimiter: str, width: int, first: int) -> None:
    for i, line in enumerate(block):
        cells = line.count(delimiter) + 1
        if cells != width and not line.isspace() and '"' not in line:
            # One delimiter at the end of either the header or the rows ends them; it adds no cell.
            if abs(cells - width) == 1 and (cells < width or line.rstrip("\r\n")[-1:] == delimiter):
                continue
            raise UnreadableClip(
                f"line {first + i}: {cells} cells, but the header has {width} columns"
            )


def _parsed(
    block: list[str], columns: Sequence[int], delimiter: str, first: int
) -> NDArray[np.float64]:
    table = _loaded(block, columns, delimiter)
    if table is None:
        # One pass after the other, because most tables need none, and most others the first.
        filled = _filled(block, delimiter)
        table = _loaded(_lines(filled), columns, delimiter)
        if table is None:
            table = _loaded(_lines(_translated(filled, delimiter)), columns, delimiter)
    if table is not None:
        return table
    for i, line in enumerate(block):
        _check(line, columns, delimiter, first + i)
    raise UnreadableClip(f"line {first}: from here on, not every cell of a joint is a number")


def _loaded(
    block: list[str], columns: Sequence[int], delimiter: str, dtype: type = np.float64
) -> NDArray[Any] | None:
    try:
        return np.loadtxt(
            block, dtype, None, delimiter, usecols=columns, ndmin=2, quotechar='"', encoding=None
        )
    except ValueError:
        return None


def _filled(block: list[str], delimiter: str) -> str:
    """The lines, a delimiter around each, with NaN in empty cells."""
    d = delimiter
    text = "".join(
        d + line.rstrip("\r\n") + d + "\n" if not line.isspace() else "\n" for line in block
    )
    return text.replace(d + d, f"{d}nan{d}").replace(d + d, f"{d}nan{d}")


def _translated(text: str, delimiter: str) -> str:
    """With NaN for words that stand for nothing."""
    d = delimiter
    return re.sub(rf"{d}(?: *(?:{_NOTHING}) *| +)(?={d})", f"{d}nan", text, flags=re.I)


def _lines(text: str) -> list[str]:
    """The lines without the delimiters around them."""
    return [line[1:-1] for line in text.split("\n")[:-1]]


def _check(line: str, columns: Sequence[int], delimiter: str, number: int) -> None:
    if line.isspace():
        return
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableClip(f"line {number}: {error}") from error
    if len(cells) <= max(columns):
        raise UnreadableClip(
            f"line {number}: {len(cells)} cells, but the last joint is in column {max(columns) + 1}"
        )
    for column in columns:
        cell = cells[column].strip()
        plain = cell.lower() in ("", *_NOTHING.split("|"))
        if not (plain or is_number(cell)):
            raise UnreadableClip(f"line {number}: {quoted(cell)} is not a number")

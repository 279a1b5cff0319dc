"""Rows of numbers as text: many at a time, and the line at fault (ours)."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip
from skeleton.readers.containers.text import quoted

#: Beyond this no number is a length or an angle of a body, whatever the unit.
LARGEST_NUMBER = 1e9
#: Characters of one, with what separates it from the next.
LONGEST_NUMBER = 64
_PARSED = 20_000  # rows at a time
_AT_ONCE = 40_000  # numbers parsed at a time
#: What a number of JSON may consist of, and what separates two of a row.
_OF_JSON = b"0123456789+-.eE \t\n"
_SEARCHED = 1000  # rows at a time, of which one is at fault


def number_rows(
    rows: Sequence[str], width: int, *, bounded: bool = True
) -> NDArray[np.float64] | None:
    """Return the numbers `(len(rows), width)`, or None where any row is at fault.

    `bounded` allows lengths and angles only, no NaN and nothing that is far beyond a body.
    """
    numbers = _loaded(rows, width) if rows else None
    if numbers is None or len(numbers) != len(rows):
        return None
    # Never true of NaN, so that it is at fault too.
    return numbers if not bounded or (np.abs(numbers) < LARGEST_NUMBER).all() else None


def number_table(
    rows: Iterable[str], width: int, line_number: Callable[[int], int]
) -> NDArray[np.float64]:
    """Parse rows of numbers of any size, `(rows, width)`; blank ones are passed over.

    `line_number` tells the number in the file of the n-th of `rows`, counted from 0. Raises
    `UnreadableClip`.
    """
    stream = iter(rows)
    blocks = [np.empty((0, width))]
    done = 0
    while block := list(islice(stream, _PARSED)):
        numbers = _loaded(block, width)
        if numbers is None:
            at, fault = _fault_among(block, width)
            raise UnreadableClip(f"line {line_number(done + at)}: {fault}")
        blocks.append(numbers)
        done += len(block)
    return np.concatenate(blocks)


def first_fault(rows: Sequence[str], width: int, *, bounded: bool = True) -> tuple[int, str] | None:
    """Return which row is at fault, counted from 0, and what is wrong with it."""
    for start in range(0, len(rows), _SEARCHED):
        block = rows[start : start + _SEARCHED]
        if number_rows(block, width, bounded=bounded) is None:
            for i, row in enumerate(block, start):
                fault = fault_in_row(row, width, bounded=bounded)
                if fault is not None:
                    return i, fault
    return None


def fault_in_row(row: str, width: int, *, bounded: bool = True) -> str | None:
    """Say what is wrong with one row, None where nothing is."""
    if _too_long(row, width):
        return f"{width} numbers are expected, but the line has {len(row)} characters"
    parts = row.split()
    for part in parts:
        fault = fault_in_number(part, bounded=bounded)
        if fault is not None:
            return fault
    if len(parts) != width:
        return f"{width} numbers are expected, but there are {len(parts)}"
    return None


def fault_in_number(text: str, *, bounded: bool = True) -> str | None:
    """Say what is wrong with one number, None where nothing is."""
    if not is_number(text):
        return f"{quoted(text)} is not a number"
    if bounded and not abs(float(text)) < LARGEST_NUMBER:
        return f"{quoted(text)} is no length or angle"
    return None


def is_number(text: str) -> bool:
    """Whether a text is one number as files write it; NaN and infinity are."""
    try:
        float(text)
    except ValueError:
        return False
    # Python takes 1_000 and digits of other scripts for numbers; no file means them so.
    return text.isascii() and "_" not in text


def _loaded(rows: Sequence[str], width: int) -> NDArray[np.float64] | None:
    """The numbers of those rows that are not blank, None where not each has so many."""
    if _too_long(max(rows, key=len), width):
        return None
    given = [row for row in map(str.strip, rows) if row]
    step = max(1, _AT_ONCE // width)
    blocks = [np.empty((0, width))]
    for start in range(0, len(given), step):
        block = given[start : start + step]
        numbers = _of_json(block, width)
        if numbers is None:
            numbers = _of_text(block, width)
        if numbers is None:
            return None
        blocks.append(numbers)
    return np.concatenate(blocks)


def _of_json(rows: Sequence[str], width: int) -> NDArray[np.float64] | None:
    """The numbers of rows that are written as JSON writes numbers, one blank between two, by its
    parser, which takes a third of the time; None for all others."""
    import orjson

    text = "\n".join(rows)
    if text.encode(errors="replace").translate(None, _OF_JSON):
        return None
    lists = text.replace("\t", ",").replace(" ", ",").replace("\n", "],[")
    try:
        numbers = orjson.loads(f"[[{lists}]]")
    except ValueError:
        return None
    if len(numbers) != len(rows) or set(map(len, numbers)) != {width}:
        return None
    flat = np.fromiter(chain.from_iterable(numbers), np.float64, len(rows) * width)
    return flat.reshape(-1, width)


def _of_text(rows: Sequence[str], width: int) -> NDArray[np.float64] | None:
    """The numbers of rows however they are written, None where not each has so many."""
    try:
        numbers = np.loadtxt(rows, dtype=np.float64, comments=None, ndmin=2)
    except ValueError:
        return None
    return numbers if numbers.shape[1] == width else None


def _fault_among(rows: Sequence[str], width: int) -> tuple[int, str]:
    """The first row at fault among some that are together."""
    places = [i for i, row in enumerate(rows) if not row.isspace()]
    found = first_fault([rows[i] for i in places], width, bounded=False)
    if found is None:  # numpy and Python differ on what a number is
        return places[0], f"from here on, not every line is {width} numbers"
    return places[found[0]], found[1]


def _too_long(row: str, width: int) -> bool:
    """Whether a row is so long that its numbers are better not counted."""
    return len(row) > LONGEST_NUMBER * (width + 1)

"""Rows of numbers as text, many at a time (ours)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Beyond this no number is a length or an angle of a body, whatever the unit.
LARGEST_NUMBER = 1e9
_AT_ONCE = 1000  # rows
_LONGEST_NUMBER = 64  # characters, with what separates it from the next


def number_rows(rows: Sequence[str], width: int) -> NDArray[np.float64] | None:
    """Return the numbers `(len(rows), width)`, or None where any row is at fault."""
    if not rows or too_long(max(rows, key=len), width):
        return None
    try:
        numbers = np.loadtxt(rows, dtype=np.float64, comments=None, ndmin=2)
    except ValueError:
        return None
    # Never true of NaN, so that it is at fault too.
    good = numbers.shape == (len(rows), width) and bool((np.abs(numbers) < LARGEST_NUMBER).all())
    return numbers if good else None


def first_fault(rows: Sequence[str], width: int) -> tuple[int, str] | None:
    """Return which row is at fault, counted from 0, and what is wrong with it."""
    for start in range(0, len(rows), _AT_ONCE):
        block = rows[start : start + _AT_ONCE]
        if number_rows(block, width) is None:
            for i, row in enumerate(block, start):
                fault = fault_in_row(row, width)
                if fault is not None:
                    return i, fault
    return None


def too_long(row: str, width: int) -> bool:
    """Whether a row is so long that its numbers are better not counted."""
    return len(row) > _LONGEST_NUMBER * (width + 1)


def fault_in_row(row: str, width: int) -> str | None:
    """Say what is wrong with one row, None where nothing is."""
    if too_long(row, width):
        return f"{width} numbers are expected, but the line has {len(row)} characters"
    parts = row.split()
    for part in parts:
        fault = fault_in_number(part)
        if fault is not None:
            return fault
    if len(parts) != width:
        return f"{width} numbers are expected, but there are {len(parts)}"
    return None


def fault_in_number(text: str) -> str | None:
    """Say what is wrong with one number, None where nothing is."""
    try:
        # Python takes 1_000 and digits of other scripts for numbers; no file means them so.
        number = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        number = None
    if number is None:
        return f"{text[:40]!r} is not a number"
    if not abs(number) < LARGEST_NUMBER:
        return f"{text[:40]!r} is no length or angle"
    return None

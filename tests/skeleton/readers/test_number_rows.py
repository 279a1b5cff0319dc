"""Rows of numbers as text: the same numbers however they are written."""

import numpy as np
import pytest

from skeleton.errors import UnreadableClip
from skeleton.readers.containers.number_rows import number_rows, number_table

ROW = "0.5 -2 3e1 -4.25\n"
NUMBERS = [0.5, -2, 30, -4.25]


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        "  0.5 -2 3e1 -4.25  \n",
        "0.5\t-2\t3e1\t-4.25",
        # What JSON does not write:
        ".5 -2. +30 -04.25\n",
        "0.5  -2   3E+1 -4.25\n",
        "0.5 -2 30 \t -4.25\n",
    ],
)
def test_it_does_not_matter_how_a_number_is_written(row: str) -> None:
    rows = [ROW, row] * 20_000  # more than is parsed at a time
    assert np.array_equal(number_rows(rows, 4), np.tile(NUMBERS, (40_000, 1)))


@pytest.mark.parametrize(
    "row",
    ["1,2 3 4\n", "[1] 2 3 4\n", '"1" 2 3 4\n', "true 2 3 4\n", "null 2 3 4\n", "1_0 2 3 4\n",
     "1 2 3\n", "1 2 3 4 5\n", "1],[2 3 4\n", "\n"],
)  # fmt: skip
def test_a_row_that_is_not_so_many_numbers_makes_all_of_them_none(row: str) -> None:
    assert number_rows([ROW, row, ROW], 4) is None


def test_numbers_are_read_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.standard_normal((500, 3)) * 10.0 ** rng.integers(-12, 9, (500, 3))
    rows = [" ".join(map(repr, row)) for row in numbers.tolist()]
    assert np.array_equal(number_rows(rows, 3), numbers)


def test_nan_and_what_is_no_length_is_at_fault_only_where_numbers_are_bounded() -> None:
    for row, expected in (("nan 1", np.nan), ("1e400 1", np.inf), ("1e10 1", 1e10)):
        assert number_rows([row], 2) is None
        numbers = number_rows([row], 2, bounded=False)
        assert numbers is not None
        assert np.array_equal(numbers, [[expected, 1]], equal_nan=True)


def test_blank_rows_of_a_table_are_passed_over_and_the_row_at_fault_is_named() -> None:
    blank = ["\n", " \t\n"] * 30_000
    table = number_table([ROW, *blank, ROW], 4, lambda at: at + 1)
    assert np.array_equal(table, [NUMBERS, NUMBERS])
    assert number_table(blank, 4, lambda at: at + 1).shape == (0, 4)
    with pytest.raises(UnreadableClip, match=r"^line 60003: .*'x' is not a number"):
        number_table([ROW, *blank, ROW, "1 x 3 4\n"], 4, lambda at: at + 1)

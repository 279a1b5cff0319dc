"""What commands print: tables for people, JSON lines for programs, progress beside either.

Tables tell times to the minute, in UTC; their columns are named so.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

# Piped tables are not cut to the width of a terminal that is not there.
_WIDE = 10_000
_GAP = 2  # between two columns
_SHORTEST_PATH = 16
_SHORT = 12  # enough of a space to tell it from others by eye


def console() -> Console:
    """Standard output, as a terminal or as a pipe."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, emoji=False)


def print_json(content: object) -> None:
    """Print one line of JSON."""
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.flush()


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    spare: str | None = None,
    *,
    uncut: bool = False,
) -> None:
    """Print a table; None is left empty, numbers stand to the right.

    The column `spare` is left out where nothing stands in it, and where the terminal has no room
    for it beside the others. Cells are folded to fit; where not even the names of the columns do,
    and of a table that shall stay `uncut` its cells, each row is a block of lines `name value`.
    """
    screen = console()
    cells = [[_cell(value) for value in row] for row in rows]
    if spare in columns:
        place = columns.index(spare)
        told = any(texts[place] for texts in cells)
        if not told or _narrowest(cells, columns) > screen.width:
            left = [number for number in range(len(columns)) if number != place]
            columns = [columns[number] for number in left]
            rows, cells = ([[row[n] for n in left] for row in table] for table in (rows, cells))
    if (_narrowest(cells, columns) if uncut else _narrowest([], columns)) > screen.width:
        _print_blocks(columns, cells)
        return
    if "file" in columns:
        _cut_paths(cells, columns, screen.width)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | None) for row in rows)
        justify: Literal["left", "right"] = "right" if numeric and rows else "left"
        table.add_column(name, justify=justify, overflow="fold", min_width=len(name))
    for texts in cells:
        table.add_row(*(Text(text) for text in texts))
    screen.print(table, soft_wrap=False)


def _print_blocks(columns: Sequence[str], cells: list[list[str]]) -> None:
    """Print each row as lines of name and value, without what is empty."""
    wide = max(map(len, columns)) + _GAP
    for number, texts in enumerate(cells):
        if number:
            print()
        for name, text in zip(columns, texts, strict=True):
            if text:
                print(f"{name:{wide}}{text}")


def short(space: str | None) -> str | None:
    """The beginning of a space, for a table."""
    return None if space is None else space[:_SHORT]


def amount_of_bytes(count: int) -> str:
    """Bytes as a person reads them."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def amount_of_time(seconds: float) -> str:
    """A stretch of time as a person reads it."""
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.1f} s"


@contextmanager
def progress(
    total: int, what: str, *, quiet: bool, beside_json: bool = False
) -> Iterator["Ticker"]:
    """Show how far a command is, on standard error, if that is a terminal.

    Nor is it shown `beside_json` on the same terminal: the lines tell how far it is.
    """
    errors = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    told = beside_json and sys.stdout.isatty()
    shown = errors.is_terminal and not quiet and not told and total > 1
    # Standard output is not the bar's: by itself rich would write it to standard error.
    with Progress(
        *columns, console=errors, transient=True, disable=not shown, redirect_stdout=False
    ) as bar:
        yield Ticker(bar, total)


class Ticker:
    """Counts what is done."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def done(self) -> None:
        """Count one more."""
        self._bar.advance(self._task)


def _cut_paths(cells: list[list[str]], columns: Sequence[str], width: int) -> None:
    """Cut the middle out of the paths in column `file`, so that the other columns have room."""
    place = columns.index("file")
    others = sum(
        wide + _GAP for number, wide in enumerate(_widths(cells, columns)) if number != place
    )
    room = max(width - others, _SHORTEST_PATH)
    for texts in cells:
        path = texts[place]
        if cell_len(path) > room:
            # The end says more: the file's own name.
            head = (room - 1) // 3
            texts[place] = f"{path[:head]}…{path[-(room - 1 - head) :]}"


def _widths(cells: list[list[str]], columns: Sequence[str]) -> list[int]:
    """How wide each column is, uncut."""
    return [
        max((len(name), *(cell_len(texts[number]) for texts in cells)))
        for number, name in enumerate(columns)
    ]


def _narrowest(cells: list[list[str]], columns: Sequence[str]) -> int:
    """How wide the table is with its paths as short as they get."""
    widths = _widths(cells, columns)
    if "file" in columns:
        place = columns.index("file")
        widths[place] = min(widths[place], _SHORTEST_PATH)
    return sum(widths) + _GAP * (len(widths) - 1)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)

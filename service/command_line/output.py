"""What commands print: tables for people, JSON lines for programs, progress beside either."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

# Piped tables are not cut to the width of a terminal that is not there.
_WIDE = 10_000


def console() -> Console:
    """Standard output, as a terminal or as a pipe."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, emoji=False)


def print_json(content: object) -> None:
    """Print one line of JSON."""
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; None is left empty, numbers stand to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | None) for row in rows)
        table.add_column(name, justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console().print(table, markup=False, soft_wrap=False)


@contextmanager
def progress(total: int, what: str, *, quiet: bool) -> Iterator["Ticker"]:
    """Show how far a command is, on standard error, if that is a terminal."""
    errors = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = errors.is_terminal and not quiet and total > 1
    with Progress(*columns, console=errors, transient=True, disable=not shown) as bar:
        yield Ticker(bar, total)


class Ticker:
    """Counts what is done."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def done(self) -> None:
        """Count one more."""
        self._bar.advance(self._task)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)

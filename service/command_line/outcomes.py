"""The outcomes of many clips, printed: a table or JSON lines, and what failed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from service.client import OneshotError
from service.command_line.batch import Outcome
from service.command_line.failure import tell
from service.command_line.output import print_json, print_table

Answer = TypeVar("Answer")


def print_outcomes(
    outcomes: Sequence[Outcome[Answer]],
    columns: Sequence[str],
    row: Callable[[Answer], Sequence[Any]],
    content: Callable[[Answer], dict[str, Any]],
    *,
    as_json: bool,
) -> None:
    """Print one row or one line for each answer; failures go to standard error, as JSON into
    their line as well."""
    rows = []
    for outcome in outcomes:
        name = str(outcome.file.path)
        if outcome.error is not None:
            tell(f"{name}: {outcome.error}")
            if as_json:
                print_json({"file": name, "error": _error(outcome.error)})
        elif outcome.answer is not None:
            if as_json:
                print_json({"file": name, **content(outcome.answer)})
            else:
                rows.append((name, *row(outcome.answer)))
    if rows:
        print_table(columns, rows)


def _error(error: Exception) -> dict[str, Any]:
    if isinstance(error, OneshotError):
        return {"type": error.type, "status": error.status, "detail": error.detail}
    return {"type": None, "status": None, "detail": str(error)}

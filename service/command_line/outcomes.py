"""The outcomes of many clips, printed: JSON lines as they come or a table, and what failed."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from service.client import OneshotError, OutcomeUnknown
from service.command_line.clip_files import ClipFile
from service.command_line.failure import SOME_FAILED, Failed, tell
from service.command_line.output import print_json, print_table
from service.command_line.standard_output import OutputClosed
from service.command_line.wording import as_options

Answer = TypeVar("Answer")

_UNKNOWN = "urn:oneshot:outcome-unknown"


class Outcome(Generic[Answer]):
    """What became of one clip: an answer, or why there is none."""

    def __init__(self, file: ClipFile, answer: Answer | None, error: Exception | None) -> None:
        self.file = file
        self.answer = answer
        self.error = error


class Report(Generic[Answer]):
    """Prints the outcomes of `total` clips; used in a `with`, at whose end the table is printed.

    The table does without the column `spare` where it can (`print_table`). As JSON every outcome is
    a line, at once. Failures go to standard error too. When the `with` is left early, how far the
    command came goes there as well; `under_way` are the clips of which it is not known whether they
    were done.
    """

    def __init__(
        self,
        total: int,
        columns: Sequence[str],
        row: Callable[[Answer], Sequence[Any]],
        *,
        as_json: bool,
        spare: str | None = None,
    ) -> None:
        self.failed = 0
        self.under_way = 0
        self._done = 0
        self._total = total
        self._columns = columns
        self._row = row
        self._as_json = as_json
        self._spare = spare
        self._rows: list[tuple[Any, ...]] = []

    def add(self, outcome: Outcome[Answer]) -> None:
        """Take one outcome; those of the table are kept for its end."""
        name = os.fsencode(outcome.file.path).decode(errors="replace")
        answer: Any = outcome.answer
        if outcome.error is not None:
            self.failed += 1
            tell(f"{name}: {as_options(str(outcome.error))}")
            content = {"error": _error(outcome.error)}
        else:
            self._done += 1
            content = asdict(answer)
        if self._as_json:
            print_json({"file": name, **content})
        elif outcome.error is None:
            self._rows.append((name, *self._row(answer)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._rows:
            print_table(self._columns, self._rows, self._spare)
        left = self._done + self.failed < self._total
        if isinstance(error, OutputClosed) and left:
            raise Failed(f"standard output was closed; {self._reached()}", SOME_FAILED) from error
        if isinstance(error, Failed) and (self._done or self.failed or self.under_way):
            raise Failed(f"{self._reached()} before: {error}", error.status) from error

    def _reached(self) -> str:
        reached = f"{self._done} of {self._total} done"
        if self.failed:
            reached += f", {self.failed} failed"
        if self.under_way:
            reached += f", {self.under_way} under way and perhaps done"
        return reached


def _error(error: Exception) -> dict[str, Any]:
    if isinstance(error, OneshotError):
        # No answer came, so that the client has no type; who enrolls again must tell it apart.
        kind = _UNKNOWN if isinstance(error, OutcomeUnknown) else error.type
        return {"type": kind, "status": error.status, "detail": error.detail}
    return {"type": None, "status": None, "detail": str(error)}

"""Standard output as it may be: a closed pipe, a full disk, an encoding that lacks characters."""

import io
import os
import sys
from typing import Any

from service.command_line.failure import Failed

_BRAILLE = "⠀⣿"


class OutputClosed(Exception):
    """Who read standard output has gone, as `head` does."""


def guard_output() -> None:
    """Make standard output write what it can: a character that its encoding lacks as `?`.

    From now on a write raises `OutputClosed` or `Failed`, once; what comes after is dropped.
    Neither is an `OSError`, which typer and rich take for themselves.
    """
    if sys.stdout is None:  # `>&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return
    sys.stdout.flush()
    raw = _Guarded(sys.stdout.fileno(), "wb", closefd=False)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=sys.stdout.encoding,
        errors="replace",
        line_buffering=raw.isatty(),
    )


def holds_braille() -> bool:
    """Whether standard output's encoding has Braille patterns."""
    try:
        _BRAILLE.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


class _Guarded(io.FileIO):
    _lost = False

    def write(self, data: Any) -> int:
        if self._lost:
            return len(data)
        try:
            return super().write(data)
        except BrokenPipeError:
            self._lost = True
            raise OutputClosed from None
        except OSError as error:
            self._lost = True
            raise Failed(f"standard output: {error.strerror}") from error

"""What can end a command early, and the exit status for it.

0: all done. 1: some of the clips failed. 2: the command cannot be carried out as given.
3: the service or its store cannot be reached, or fails. 130: interrupted.
"""

import sys
from contextlib import suppress

SOME_FAILED = 1
WRONG = 2
AWAY = 3
INTERRUPTED = 130


class Failed(Exception):
    """Ends the command with one line on standard error and an exit status."""

    def __init__(self, message: str, status: int = WRONG) -> None:
        super().__init__(message)
        self.status = status


def tell(message: str) -> None:
    """Write one `error:` line."""
    _line("error", message)


def note(message: str) -> None:
    """Write one `note:` line."""
    _line("note", message)


def _line(kind: str, message: str) -> None:
    if sys.stderr is None:  # closed: `print` would take standard output for it
        return
    with suppress(OSError):  # nobody reads it any more
        print(f"{kind}: {' '.join(message.split())}", file=sys.stderr)

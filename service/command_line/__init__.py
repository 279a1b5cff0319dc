"""The command line `oneshot`, one file a command."""

import os
import sys


def main() -> int:
    """Run one command; returns the exit status."""
    # numpy reads it when it is imported. A gallery's similarities take a moment; shared among
    # threads they wait for the last of these, on a busy machine a hundred times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Here, so that an interrupt while the packages are imported ends as quietly as any other.
    try:
        from service.command_line.program import run

        return run()
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


__all__ = ["main"]

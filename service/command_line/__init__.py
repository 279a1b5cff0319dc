"""The command line `oneshot`, one file a command."""

import sys


def main() -> int:
    """Run one command; returns the exit status."""
    # Here, so that an interrupt while the packages are imported ends as quietly as any other.
    try:
        from service.command_line.program import run

        return run()
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130


__all__ = ["main"]

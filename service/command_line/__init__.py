"""The command line `oneshot`, one file a command."""

from service.command_line.program import main

__all__ = ["main"]

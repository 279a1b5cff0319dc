"""`python -m service bench`: measure the session, the server around it, and its start."""

from service.bench.command import add_arguments, run

__all__ = ["add_arguments", "run"]

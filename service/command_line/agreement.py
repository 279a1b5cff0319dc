"""Asking before what cannot be undone."""

import sys

import typer

from service.command_line.failure import INTERRUPTED, Failed


def agree(what: str, question: str, without_asking: str, nothing: str) -> None:
    """Return once the user agrees to a `question` about `what`; else raise `Failed`.

    Nobody is asked where there is no terminal: `without_asking` says how to go on there.
    `nothing` says what was left undone.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise Failed(f"{what}; {without_asking}")
    try:
        agreed = typer.confirm(f"{what}. {question}", err=True)
    except typer.Abort:
        raise Failed(f"interrupted; {nothing}", INTERRUPTED) from None
    if not agreed:
        raise Failed(nothing)

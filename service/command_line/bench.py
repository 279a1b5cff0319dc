"""`oneshot bench`: measure the session, the server around it, and its start."""

from pathlib import Path
from typing import Annotated

import typer


def bench(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Measure everything so often.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, max=60, help="Length of each load.")] = 2,
    actions: Annotated[int, typer.Option(min=1, max=1000, help="Enrolled actions.")] = 20,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A store such as redis://…; its collection is removed afterwards. A temporary "
            "SQLite file unless given.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Also write every figure here.", show_default=False)
    ] = None,
) -> None:
    """Measure the session, the server around it, and its start.

    Model, provider and workers come from the environment (ONESHOT_MODEL, …) as for `serve`.
    """
    from service.bench import Measurement, run

    raise typer.Exit(run(Measurement(rounds, seconds, actions, store, json)))

"""`oneshot serve`: the server process."""

import typer


def serve() -> None:
    """Serve over HTTP until stopped; every setting is an ONESHOT_ variable of the environment."""
    # The server's packages are heavy, and the other commands do without them.
    from service.serve import run

    raise typer.Exit(run())

"""`oneshot serve`: the server process."""

from typing import Any

import typer
from typer.core import TyperCommand


class Serve(TyperCommand):
    """Its help lists the settings, which are variables of the environment."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        # Here, so that the other commands start without reading them.
        from service.settings import settings_listed

        self.epilog = "\n\n".join(settings_listed())
        super().format_help(ctx, formatter)


def serve() -> None:
    """Serve over HTTP until stopped; every setting is an ONESHOT_ variable of the environment."""
    # The server's packages are heavy, and the other commands do without them.
    from service.serve import run

    raise typer.Exit(run())

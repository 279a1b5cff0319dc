"""Groups of commands whose help shows no type beside a switch, which takes no value."""

from collections.abc import Iterable
from typing import Any

from typer.core import TyperGroup


class PlainSwitches(TyperGroup):
    """Of its commands, and of itself, `--json` is shown and not `--json <bool>`."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find a command."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _show_no_type(command.get_params(ctx))
        return command

    def get_params(self, ctx: Any) -> list[Any]:
        """List the group's own options."""
        params = super().get_params(ctx)
        _show_no_type(params)
        return params


def _show_no_type(params: Iterable[Any]) -> None:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""

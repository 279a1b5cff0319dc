"""A group of commands whose options may stand before the command as well as after it."""

from typing import Any

from service.command_line.switches import PlainSwitches


class HandingDown(PlainSwitches):
    """Hands the options given to the group on to the command that follows.

    `actions -c other delete kick` is `actions delete -c other kick`: an option that is given
    after the command goes first, one that the command does not have is refused.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command; its arguments begin with the group's options."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command, [*self._given(ctx), *rest]

    def _given(self, ctx: Any) -> list[str]:
        given = []
        for option in self.params:
            source = ctx.get_parameter_source(option.name)
            # What the environment says, the command reads there itself.
            if source is None or source.name != "COMMANDLINE":
                continue
            flag, value = max(option.opts, key=len), ctx.params[option.name]
            given.append(flag if value is True else f"{flag}={value}")
        return given

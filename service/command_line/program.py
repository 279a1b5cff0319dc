"""The program `oneshot`: its commands, and how it ends."""

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from service.command_line import actions, collections, migrate
from service.command_line.bench import bench
from service.command_line.convert import convert
from service.command_line.enroll import enroll
from service.command_line.failure import INTERRUPTED, Failed, tell
from service.command_line.inspect import inspect_file
from service.command_line.recognize import recognize
from service.command_line.serve import Serve, serve
from service.command_line.standard_output import OutputClosed, guard_output
from service.command_line.switches import PlainSwitches

_EPILOG = (
    "Status: 0 all done; 1 some clips failed or were left; 2 not possible as given, or refused; "
    "3 the service cannot be reached, or fails; 130 interrupted."
)

program = typer.Typer(
    name="oneshot",
    cls=PlainSwitches,
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            print(version("oneshot-actions"))
        except PackageNotFoundError:  # run where it lies, without having been installed
            print("unknown")
        raise typer.Exit


@program.callback()
def oneshot(
    shown: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Recognise a human action from a single example."""


program.command(cls=Serve)(serve)
program.command()(enroll)
program.command()(recognize)
program.add_typer(actions.commands, name="actions")
program.add_typer(collections.commands, name="collections")
program.add_typer(migrate.commands, name="migrate")
program.command("inspect")(inspect_file)
program.command()(convert)
program.command()(bench)


def run() -> int:
    """Run one command; returns the exit status."""
    guard_output()
    status = _status_of(lambda: program(prog_name="oneshot"))
    # What is still to be written can fail as the command can.
    return _status_of(lambda: sys.stdout.flush()) or status


def _status_of(step: Callable[[], object]) -> int:
    try:
        step()
    except Failed as failed:
        tell(str(failed))
        return failed.status
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except OutputClosed:  # `oneshot actions | head`
        return 0
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    return 0

"""The program `oneshot`: its commands, and how it ends."""

import sys

import typer

from service.command_line import actions, collections
from service.command_line.bench import bench
from service.command_line.convert import convert
from service.command_line.enroll import enroll
from service.command_line.failure import INTERRUPTED, Failed, tell
from service.command_line.inspect import inspect_file
from service.command_line.recognize import recognize
from service.command_line.serve import serve

_EPILOG = (
    "Status: 0 all done; 1 some clips failed; 2 not possible as given; 3 the service cannot be "
    "reached."
)

program = typer.Typer(
    name="oneshot",
    help="Recognise a human action from a single example.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command()(serve)
program.command()(enroll)
program.command()(recognize)
program.add_typer(actions.commands, name="actions")
program.add_typer(collections.commands, name="collections")
program.command("inspect")(inspect_file)
program.command()(convert)
program.command()(bench)


def main() -> int:
    """Run one command; returns the exit status."""
    try:
        program(prog_name="oneshot", standalone_mode=True)
    except Failed as failed:
        tell(str(failed))
        return failed.status
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BrokenPipeError:  # `oneshot actions | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0

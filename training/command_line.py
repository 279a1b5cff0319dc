"""`python -m training train | evaluate | ablate | robustness | layouts | importance | describe |
embed | leak | import | benchmark`."""

import argparse
import sys

from skeleton import UnreadableClip
from training import train
from training.ablation import ablate
from training.benchmark import command as benchmark
from training.checkpoint import BadCheckpoint
from training.config import BadConfig
from training.data_folder import DataMissing
from training.evaluation import evaluate, layout_table, named_joints, robustness
from training.evaluation.encoders import BadModelFile
from training.guidance import leak
from training.importing import command as importing
from training.importing.errors import ImportRefused
from training.lock import FolderBusy
from training.text import describe, embed
from training.text.errors import TextError

_COMMANDS = (
    ("train", train),
    ("evaluate", evaluate),
    ("ablate", ablate),
    ("robustness", robustness),
    ("layouts", layout_table),
    ("importance", named_joints),
    ("describe", describe),
    ("embed", embed),
    ("leak", leak),
    ("import", importing),
    ("benchmark", benchmark),
)


def main() -> int:
    """Run one command; a mistake of the caller ends with one line and status 2, an interrupt
    with one and 130."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, module in _COMMANDS:
        summary = (module.__doc__ or "").splitlines()[0].rpartition(": ")[2]
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        status: int = arguments.run(arguments)
    except (
        BadConfig,
        BadCheckpoint,
        BadModelFile,
        DataMissing,
        FolderBusy,
        ImportRefused,
        TextError,
        UnreadableClip,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return status

"""`python -m training train | evaluate | ablate | robustness | layouts | importance | describe |
embed | leak | import | benchmark`."""

import argparse
import sys
from importlib import import_module

from skeleton import UnreadableClip
from training.config import BadConfig
from training.data_folder import DataMissing
from training.errors import BadCheckpoint
from training.evaluation.encoders import BadModelFile
from training.importing.errors import ImportRefused
from training.lock import FolderBusy
from training.text.errors import TextError

#: Where a command is, and what it does. Only the one that is asked for is imported: torch alone
#: takes seconds, and most need none.
_COMMANDS = {
    "train": ("training.train", "train an encoder, or go on with a run that was stopped."),
    "evaluate": (
        "training.evaluation.evaluate",
        "methods meet on the same episodes; a report comes out.",
    ),
    "ablate": (
        "training.ablation.ablate",
        "variants of encoders over seeds, trained alike and measured in pairs.",
    ),
    "robustness": (
        "training.evaluation.robustness",
        "what a model loses when clips get worse, and from where on.",
    ),
    "layouts": (
        "training.evaluation.layout_table",
        "actions enrolled in one layout, asked in another, as a table.",
    ),
    "importance": (
        "training.evaluation.named_joints",
        "is a model's joint importance that of the joints words name?",
    ),
    "describe": (
        "training.text.describe",
        "write the texts of your own classes with a language model.",
    ),
    "embed": ("training.text.embed", "turn the texts into vectors, once, for training to read."),
    "leak": (
        "training.guidance.leak",
        "whether the cross-modal branch reads the class off the text.",
    ),
    "import": (
        "training.importing.command",
        "a folder of a data set's files into one archive.",
    ),
    "benchmark": (
        "training.benchmark.command",
        "rows of the paper's table, trained, measured, set beside it.",
    ),
}


def main() -> int:
    """Run one command; a mistake of the caller ends with one line and status 2, an interrupt
    with one and 130."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (module, summary) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if sys.argv[1:2] == [name]:
            asked = import_module(module)
            asked.add_arguments(command)
            command.set_defaults(run=asked.run)
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

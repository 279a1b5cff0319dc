"""`python -m training train | evaluate | ablate | robustness | decisions | layouts | importance |
describe | embed | leak | import | benchmark`."""

import argparse
import ast
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tqdm import tqdm

from skeleton import UnreadableClip
from training.config import BadConfig
from training.data_folder import DataMissing
from training.errors import BadCheckpoint
from training.evaluation.encoders import BadModelFile
from training.importing.errors import ImportRefused
from training.lock import FolderBusy
from training.text.errors import TextError

#: The module of each command. Only the one that is asked for is imported: torch takes seconds, and
#: most need none.
COMMANDS = {
    "train": "training.train",
    "evaluate": "training.evaluation.evaluate",
    "ablate": "training.ablation.ablate",
    "robustness": "training.evaluation.robustness",
    "decisions": "training.evaluation.decisions",
    "layouts": "training.evaluation.layout_table",
    "importance": "training.evaluation.named_joints",
    "describe": "training.text.describe",
    "embed": "training.text.embed",
    "leak": "training.guidance.leak",
    "import": "training.importing.command",
    "benchmark": "training.benchmark.command",
}

# Of a bar that an interrupt leaves half made, so that it ends in silence: tqdm before 4.70 asks
# what it has not set by then, and Python tells of it after the command's own last line.
tqdm.disable = True


def main() -> int:
    """Run one command; a mistake of the caller ends with one line and status 2, an interrupt
    with one and 130."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, module in COMMANDS.items():
        summary = _summary(module)
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


def _summary(module: str) -> str:
    """What a module says of itself in its first line, without importing it."""
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    told = ast.get_docstring(ast.parse(Path(found.origin).read_bytes())) or ""
    return told.splitlines()[0].rpartition(": ")[2]

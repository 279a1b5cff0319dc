"""`python -m model_export CHECKPOINT -o MODEL.onnx`: the file that the service serves."""

import argparse
import math
import sys
from pathlib import Path

from model_export.errors import ExportRefused
from model_export.export import export
from model_export.graph_rules import LARGEST_FILE
from model_export.report import report
from training.arguments import file
from training.errors import BadCheckpoint


def main(arguments: list[str] | None = None) -> int:
    """Export, and report in a few lines; a refusal is one line and status 2, an interrupt one and
    130."""
    parser = argparse.ArgumentParser(prog="python -m model_export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a training run's last.pt")
    parser.add_argument("-o", "--output", type=file, required=True, help="the .onnx to write")
    parser.add_argument(
        "--largest",
        type=_megabytes,
        default=LARGEST_FILE,
        metavar="MB",
        help=f"that the file may have ({LARGEST_FILE / 1e6:g})",
    )
    given = parser.parse_args(arguments)
    try:
        found = export(given.checkpoint, given.output, given.largest)
    except (ExportRefused, BadCheckpoint, OSError) as error:
        print(f"error: {error}; {given.output} was not written", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted; {given.output} was not written", file=sys.stderr)
        return 130
    print(report(given.output, found))
    return 0


def _megabytes(text: str) -> int:
    """Bytes, of so many megabytes."""
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of megabytes")
    return round(1e6 * size)

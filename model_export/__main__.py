"""`python -m model_export CHECKPOINT -o MODEL.onnx`: the file that the service serves."""

import argparse
import sys
from pathlib import Path

from model_export.errors import ExportRefused
from model_export.export import export
from model_export.report import report
from training.checkpoint import BadCheckpoint


def main(arguments: list[str] | None = None) -> int:
    """Export, and report in a few lines; a refusal is one line and status 2."""
    parser = argparse.ArgumentParser(prog="python -m model_export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a training run's last.pt")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the .onnx to write")
    given = parser.parse_args(arguments)
    try:
        found = export(given.checkpoint, given.output)
    except (ExportRefused, BadCheckpoint, OSError) as error:
        print(f"error: {error}; {given.output} was not written", file=sys.stderr)
        return 2
    print(report(given.output, found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

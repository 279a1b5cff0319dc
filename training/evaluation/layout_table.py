"""`python -m training layouts`: actions enrolled in one layout, asked in another, as a table."""

import argparse
import sys
import time
from pathlib import Path

from skeleton import LAYOUTS, resolve_layout
from skeleton.animator import ACTIONS
from skeleton.errors import UnknownLayout
from training.arguments import count, folder, seed
from training.evaluation.encoders import BadModelFile, encoder_from_model
from training.evaluation.layout_pairs import measure_pairs
from training.evaluation.layout_report import LayoutTable, markdown, write_report
from training.evaluation.machine import machine

#: With 32 actions a cell has 192 queries.
_TAKES = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--model", type=Path, required=True, help="an exported model file, .onnx")
    parser.add_argument("--layouts", help="names by commas; all built-in ones unless given")
    parser.add_argument("--takes", type=count, default=_TAKES, help="performances of every action")
    parser.add_argument("--seed", type=seed, default=0, help="of the performances")
    parser.add_argument("--quick", action="store_true", help="one performance of every action")
    parser.add_argument("--out", type=folder, required=True, help="the folder of the report")


def run(args: argparse.Namespace) -> int:
    """Measure, write the report, print it. Returns the exit status."""
    begun = time.monotonic()
    takes = 1 if args.quick else args.takes
    names = [n.strip() for n in args.layouts.split(",")] if args.layouts else list(LAYOUTS)
    try:
        layouts = [resolve_layout(name) for name in names]
        encoder = encoder_from_model(args.model)
        pairs = measure_pairs(encoder, layouts, tuple(ACTIONS), takes=takes, seed=args.seed)
    except (BadModelFile, UnknownLayout, OSError) as error:
        print(f"layouts: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("layouts: interrupted; nothing was written", file=sys.stderr)
        return 130
    facts = machine() | {
        "takes": str(takes),
        "seed": str(args.seed),
        **encoder.facts,
        "run time": f"{time.monotonic() - begun:.0f} s",
    }
    table = LayoutTable(facts, len(ACTIONS), takes, encoder.layout.joints, pairs)
    written = write_report(table, args.out)
    print(markdown(table))
    print("written: " + ", ".join(str(path) for path in written))
    return 0

"""`python -m training import ntu | kinetics`: a folder of a data set's files into one archive."""

import argparse
import os
import sys
from pathlib import Path

from training.arguments import count, file
from training.importing.conversion import DATA_SETS
from training.importing.report import markdown
from training.importing.work import import_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("data_set", choices=sorted(DATA_SETS), help="which data set it is")
    parser.add_argument("folder", type=Path, help="the folder of its files, searched to the ground")
    parser.add_argument("-o", "--out", type=file, required=True, help="the archive, NAME.npz")
    parser.add_argument(
        "--workers", type=count, default=os.cpu_count() or 1, help="processes (all cores)"
    )
    parser.add_argument("--replace", action="store_true", help="replace an archive that is there")


def run(arguments: argparse.Namespace) -> int:
    """Import, or go on where an import of this folder was stopped; print the report."""
    try:
        report = import_folder(
            DATA_SETS[arguments.data_set],
            arguments.folder,
            arguments.out,
            workers=arguments.workers,
            replace=arguments.replace,
        )
    except KeyboardInterrupt:
        print("import: interrupted; the same command goes on", file=sys.stderr)
        return 130
    print(markdown(report))
    print(f"written: {arguments.out}, and its report as .report.md and .report.json beside it")
    return 0

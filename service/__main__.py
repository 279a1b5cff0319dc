"""`oneshot` / `python -m service`: serve, bench."""

import argparse
import sys

from service import bench, serve


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(
        prog="oneshot", description="Recognise a human action from a single example."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, module in (("serve", serve), ("bench", bench)):
        summary = (module.__doc__ or "").splitlines()[0].partition(": ")[2]
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    status: int = arguments.run(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())

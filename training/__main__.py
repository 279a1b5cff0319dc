"""`python -m training COMMAND`: training/command_line.py, from its imports on."""

import sys


def main() -> int:
    """Run one command; returns the exit status."""
    # Here, so that an interrupt while torch is imported ends as quietly as any other.
    try:
        from training import command_line

        return command_line.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

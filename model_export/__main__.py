"""`python -m model_export CHECKPOINT -o MODEL.onnx`: model_export/command_line.py, from its imports
on."""

import sys


def main() -> int:
    """Export; returns the exit status."""
    # Here, so that an interrupt while torch is imported ends as quietly as any other.
    try:
        from model_export import command_line

        return command_line.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

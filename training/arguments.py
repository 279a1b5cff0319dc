"""Whole numbers on a command line (ours)."""

import argparse


def count(text: str) -> int:
    """Return the number that an option says, 1 or more; argparse names the option otherwise."""
    return _whole(text, 1)


def seed(text: str) -> int:
    """Return the number that an option says, 0 or more; argparse names the option otherwise."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, {least} or more")
    return number

"""Numbers, folders and files on a command line (ours)."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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


def folder(text: str) -> Path:
    """Return the folder that an option names, which may be made later; argparse names the option
    where a file stands in its way."""
    path = Path(text)
    with _told():
        there = next((one for one in (path, *path.parents) if one.exists()), path)
        if there.exists() and not there.is_dir():
            raise argparse.ArgumentTypeError(f"{there} is no folder")
    return path


def file(text: str) -> Path:
    """Return the file that an option names, which may be made later; argparse names the option
    where it is a folder, or a file stands in the way of its own."""
    path = Path(text)
    with _told():
        if path.is_dir():
            raise argparse.ArgumentTypeError(f"{path} is a folder")
    folder(str(path.parent))
    return path


@contextmanager
def _told() -> Iterator[None]:
    """What the system says of a path, too long a name for instance, as argparse tells it."""
    try:
        yield
    except OSError as error:
        raise argparse.ArgumentTypeError(str(error)) from error

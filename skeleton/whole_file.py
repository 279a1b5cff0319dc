"""A file that is written whole or not at all (ours)."""

import glob
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: What the name of a file ends with that is not whole yet.
_UNFINISHED = ".????????.partial"
_LONGEST = 50  # characters of a name that are kept


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """Yield a file for bytes that takes the place of `path` when the block ends.

    Until then it lies beside, as `….partial` under a name of its own, and is on the disk before it
    moves: a kill leaves the earlier file or the new one, and of two writers each a whole one. An
    exception leaves the earlier file and nothing beside it. Raises `OSError`.
    """
    path = Path(path)
    beside = path.with_name(f"{_short(path.name)}.{secrets.token_hex(4)}.partial")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file by `whole_file`, text as UTF-8, and return its path."""
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


def remove_unfinished(folder: Path, name: str | None = None) -> None:
    """Remove what killed writers left of the file `name` in a folder, or without a name of any
    file in it and below. For a caller who knows that nobody else writes there now."""
    file = "**/*" if name is None else glob.escape(_short(name))
    for left in folder.glob(f"{file}{_UNFINISHED}"):
        left.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file is one that its writer has not finished."""
    return path.match(f"*{_UNFINISHED}")


def _short(name: str) -> str:
    """With what comes behind it within the 255 bytes of a name, whatever its letters; no two names
    are shortened to one."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 8]}{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"

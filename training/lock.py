"""A folder that one command works in at a time (ours)."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

#: The file in the folder that is held.
LOCK = "lock"
_PATIENCE = 10.0  # seconds that what a killed command left may take to be gone


class FolderBusy(ValueError):
    """Another command is at work in the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[int | None]:
    """Hold a folder's `lock` file, and make the folder where there is none, which goes again if
    nothing else comes into it; yields the file's descriptor, to be handed to child processes.

    The system releases it when the last process that holds it is gone, however it ended. Nothing
    is locked (None) on a system without `flock`. Who holds it may remove the folder. Raises
    `FolderBusy`.
    """
    patience = time.monotonic() + _PATIENCE
    while True:
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl
        except ImportError:
            yield None
            return
        with (folder / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > patience:
                    raise FolderBusy(
                        f"another command is at work in {folder}: wait for it, or use another --out"
                    ) from error
            else:
                if _is_there(file, folder / LOCK):
                    try:
                        yield file.fileno()
                    finally:
                        if made:
                            _remove_unused(folder)
                    return
        time.sleep(0.1)


def _remove_unused(folder: Path) -> None:
    """Remove a folder that holds nothing but its lock."""
    if folder.is_dir() and [path.name for path in folder.iterdir()] == [LOCK]:
        (folder / LOCK).unlink()
        folder.rmdir()


def _is_there(file: IO[str], path: Path) -> bool:
    """Whether a file that is open still is the one of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False

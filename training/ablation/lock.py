"""A folder that one command works in at a time (ours)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 10.0  # seconds that what a killed command left may take to be gone


class FolderBusy(ValueError):
    """Another command is at work in the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[int | None]:
    """Hold a folder's `lock` file; yields its descriptor, to be handed to child processes.

    The system releases it when the last process that holds it is gone, however it ended. Nothing
    is locked (None) on a system without `flock`. Raises `FolderBusy`.
    """
    try:
        import fcntl
    except ImportError:
        yield None
        return
    with (folder / "lock").open("a") as file:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > patience:
                    raise FolderBusy(
                        f"another command is at work in {folder}: wait for it, or use another --out"
                    ) from error
                time.sleep(0.1)
        yield file.fileno()

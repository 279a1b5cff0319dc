"""Where the data sets lie."""

import os
from pathlib import Path

VARIABLE = "ONESHOT_DATA"
DEFAULT = "../shared/data"


class DataMissing(FileNotFoundError):
    """A data set that was asked for is not there."""


def data_folder() -> Path:
    """Return the folder of the data sets: `$ONESHOT_DATA`, else `../shared/data`."""
    return Path(os.environ.get(VARIABLE) or DEFAULT)


def archive_path(name: str) -> Path:
    """Return the file of one data set. Raises `DataMissing` with what to set."""
    path = data_folder() / f"{name}.npz"
    if not path.is_file():
        raise DataMissing(
            f"the data set {name!r} is absent: {path} does not exist. "
            f"Set {VARIABLE} to the folder that holds {name}.npz"
        )
    return path

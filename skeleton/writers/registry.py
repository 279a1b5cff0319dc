"""The registry of writers by suffix, and a clip written to a file (ours)."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from skeleton.clip import Recording
from skeleton.errors import UnknownFormat
from skeleton.whole_file import write_whole
from skeleton.writers.bvh import write_bvh
from skeleton.writers.json_clip import write_json
from skeleton.writers.npy import write_npy
from skeleton.writers.npz import write_npz

#: From a recording and, for the format that holds one, its action.
Writer = Callable[[Recording, str | None], bytes]


def _alone(writer: Callable[[Recording], bytes]) -> Writer:
    """A writer whose format holds the clip alone."""
    return lambda recording, action: writer(recording)


#: Every writer by the suffix of its files.
WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        ".json": write_json,
        ".npz": _alone(write_npz),
        ".npy": _alone(write_npy),
        ".bvh": _alone(write_bvh),
    }
)


def write_path(recording: Recording, path: str | Path, action: str | None = None) -> None:
    """Write a recording in the format of the file's suffix, whole or not at all: what was there
    before stays until the new file is complete. JSON alone holds the `action` too.

    Raises `UnknownFormat`, `UnusableClip` where the format cannot hold the clip, `OSError`.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnknownFormat(
            f"{path.name}: a clip is written as one of {', '.join(WRITERS)}, by the file's suffix"
        )
    write_whole(path, writer(recording, action))

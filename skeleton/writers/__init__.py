"""Writers: a clip to the bytes of a file, one file a format."""

from skeleton.writers.bvh import write_bvh
from skeleton.writers.json_clip import write_json
from skeleton.writers.npy import write_npy
from skeleton.writers.npz import write_npz
from skeleton.writers.registry import WRITERS, Writer, write_path

__all__ = [
    "WRITERS",
    "Writer",
    "write_bvh",
    "write_json",
    "write_npy",
    "write_npz",
    "write_path",
]

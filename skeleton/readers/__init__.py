"""Readers: bytes of one format to a `Recording`, one file a format."""

from skeleton.readers.format import Format, Reading, Source
from skeleton.readers.json_clip import read_joint_lists
from skeleton.readers.npy import read_npy
from skeleton.readers.registry import FORMATS, find_format, read_path, read_source, source_of

__all__ = [
    "FORMATS",
    "Format",
    "Reading",
    "Source",
    "find_format",
    "read_joint_lists",
    "read_npy",
    "read_path",
    "read_source",
    "source_of",
]

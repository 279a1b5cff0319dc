"""Readers: bytes of one format to a `Recording`, one file a format."""

from skeleton.readers.json_clip import read_joint_lists
from skeleton.readers.npy import read_npy

__all__ = ["read_joint_lists", "read_npy"]

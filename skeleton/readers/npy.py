"""`.npy` from untrusted bytes: header checked against the length before anything is allocated."""

from functools import lru_cache
from io import BytesIO
from math import prod
from threading import Lock
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.format import Format, Reading, Source

_NUMBERS = frozenset({"f4", "f8", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4"})
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_MOST_DIMENSIONS = 8
_LONGEST_HEADER = 10_240  # bytes; numpy itself refuses more than 10 000 characters
#: One thread at a time: numpy reads a header by Python's `ast`, which before 3.11.8 and 3.12.2
#: counts its depth for all threads together and fails where two are in it (python/cpython issue
#: 106905).
_header_lock = Lock()


def read_npy(data: bytes) -> NDArray[np.floating]:
    """Return the array of an `.npy` file, a view of `data` where that is possible; integers
    become float32.

    Only numbers are read; object arrays never. Raises `UnreadableClip`.
    """
    array = read_array(data, _NUMBERS)
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def read_array(data: bytes, types: frozenset[str]) -> NDArray[Any]:
    """As `read_npy`, of these types: kinds like `i`, or kinds with their bytes like `f4`."""
    begin = 12 if data[6:7] == b"\2" else 10
    start = begin + int.from_bytes(data[8:begin], "little")
    shape, fortran, dtype = _header(data[: min(start, _LONGEST_HEADER)])
    if dtype.hasobject:
        raise UnreadableClip("object arrays are not read; save numbers as float32, names as str")
    if types.isdisjoint((dtype.str[1:], dtype.kind)) or not dtype.itemsize:
        raise UnreadableClip(f"arrays of {dtype} are not read; save float32 or float64")
    if len(shape) > _MOST_DIMENSIONS or not all(
        type(n) is int and 0 <= n <= len(data)
        for n in shape  # True is an int to numpy's reader
    ):
        raise UnreadableClip(
            f"the header's shape {str(shape)[:60]} is not one of joints over time, or has more "
            "numbers than there are bytes"
        )
    needed = prod(shape) * dtype.itemsize
    present = len(data) - start
    if needed != present:
        raise UnreadableClip(f"the header promises {needed} bytes of data, but {present} follow")
    array = np.frombuffer(data, dtype=dtype, offset=start)
    return array.reshape(shape, order="F" if fortran else "C")


@lru_cache(maxsize=64)  # one client's clips have one header, and Python's parser reads it
def _header(head: bytes) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """The shape, whether the order is Fortran's, and the type, from a file's first bytes."""
    stream = BytesIO(head)
    try:
        version = npy.read_magic(stream)
        if version not in _HEADERS:
            raise UnreadableClip(f"npy version {version[0]}.{version[1]} is not read")
        with _header_lock:
            shape, fortran, dtype = _HEADERS[version](stream)
    except UnreadableClip:
        raise
    except Exception as error:  # numpy lets the errors of Python's own parsers through
        raise UnreadableClip("the body is not an .npy file, or its header is damaged") from error
    return shape, fortran, dtype


def _read(source: Source) -> Reading:
    if source.layout is None:
        raise UnusableClip(
            "layout: an .npy file does not name its joints; give layout=, one of "
            f"{', '.join(source.layouts)}, or the joint names in order, separated by commas"
        )
    return Reading(read_npy(source.data), source.layout)


NPY = Format(
    "npy",
    "NumPy .npy",
    (".npy",),
    lambda head: head.startswith(npy.MAGIC_PREFIX),
    _read,
    names_joints=False,
)

"""`.npy` from untrusted bytes: header checked against the length before anything is allocated."""

from io import BytesIO
from math import prod

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip

_TYPES = ("f4", "f8", "f2")


def read_npy(data: bytes) -> NDArray[np.floating]:
    """Return the array of an `.npy` file, a view of `data` where that is possible.

    Only floating point is read; object arrays never. Raises `UnreadableClip`.
    """
    stream = BytesIO(data)
    try:
        version = npy.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = npy.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, fortran, dtype = npy.read_array_header_2_0(stream)
        else:
            raise UnreadableClip(f"npy version {version[0]}.{version[1]} is not read")
    except UnreadableClip:
        raise
    except (ValueError, EOFError, TypeError, OverflowError, SyntaxError, RecursionError) as error:
        raise UnreadableClip("the body is not an .npy file, or its header is damaged") from error
    if dtype.hasobject:
        raise UnreadableClip("object arrays are not read; save float32")
    if dtype.str[1:] not in _TYPES:
        raise UnreadableClip(f"arrays of {dtype} are not read; save float32 or float64")
    if any(n < 0 for n in shape):
        raise UnreadableClip("the header names a negative length")
    needed = prod(shape) * dtype.itemsize
    present = len(data) - stream.tell()
    if needed != present:
        raise UnreadableClip(f"the header promises {needed} bytes of data, but {present} follow")
    array = np.frombuffer(data, dtype=dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if fortran else "C")

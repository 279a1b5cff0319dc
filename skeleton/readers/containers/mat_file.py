"""MATLAB 5 files: their variables and arrays of numbers (format: MathWorks, "MAT-File Format",
level 5). Our own, because scipy's reader crashes the process on a damaged tag."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnreadableClip
from skeleton.readers.containers.text import quoted

_HEADER = 128  # bytes: text, version, byte order
_MATRIX, _COMPRESSED = 14, 15  # types of elements
#: Types of elements that hold numbers, as numpy writes them.
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
_NUMERIC = range(6, 16)  # classes of matrices: double, single, and the integers
_COMPLEX, _LOGICAL = 0x08, 0x02  # flags
_HEAD = 512  # bytes of a matrix that its flags, shape and name fit in
_MOST_VARIABLES = 256
_MOST_NUMBERS = 6_000_000  # of one variable: 20 joints in as many frames as a clip may have
_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Variable:
    """One variable of a file: `shape` is empty where it is no array of real numbers.

    `start` and `size` are those of its element in the file, without the tag.
    """

    name: str
    shape: tuple[int, ...]
    compressed: bool
    start: int
    size: int


def variables(data: bytes) -> Iterator[Variable]:
    """The variables of a MAT-5 file. Raises `UnreadableClip`."""
    order = _byte_order(data)
    at = _HEADER
    for count in range(_MOST_VARIABLES + 1):
        if at >= len(data):
            return
        if count == _MOST_VARIABLES:
            raise UnreadableClip(f"byte {at}: more than {_MOST_VARIABLES} variables in one file")
        kind, size = _tag(data, at, order)
        start = at + 8
        if start + size > len(data):
            raise UnreadableClip(
                f"byte {at}: a variable of {size} bytes begins, but {len(data) - start} follow: "
                "the file is cut short"
            )
        if kind == _COMPRESSED:
            head = _unpacked(data[start : start + size], _HEAD, at)
            kind, _ = _tag(head, 0, order)
            yield _variable(head[8:] if kind == _MATRIX else b"", order, True, start, size)
        else:
            head = data[start : start + min(size, _HEAD)] if kind == _MATRIX else b""
            yield _variable(head, order, False, start, size)
        at = start + size


def numbers(data: bytes, variable: Variable) -> NDArray[np.float64]:
    """The array of a variable of numbers. Raises `UnreadableClip`."""
    order = _byte_order(data)
    at = variable.start - 8
    if prod(variable.shape) > _MOST_NUMBERS:
        raise UnreadableClip(
            f"byte {at}: the variable {quoted(variable.name)} claims {prod(variable.shape)} "
            f"numbers, and {_MOST_NUMBERS} are read at most: a clip is one action, cut it so"
        )
    element = data[variable.start : variable.start + variable.size]
    if variable.compressed:
        unpacked = _unpacked(element, prod(variable.shape) * 8 + _HEAD, at)
        element = unpacked[8 : 8 + _tag(unpacked, 0, order)[1]]
    parts = list(islice(_parts(element, order), 4))
    kind, content = parts[3] if len(parts) == 4 else (0, b"")
    needed = prod(variable.shape) * np.dtype(_TYPES.get(kind, "u1")).itemsize
    if kind not in _TYPES or len(content) != needed:
        raise UnreadableClip(
            f"byte {at}: the variable {quoted(variable.name)} is damaged: of its {needed} bytes of "
            f"numbers {len(content)} are there"
        )
    array = np.frombuffer(content, order + _TYPES[kind]).reshape(variable.shape, order="F")
    return array.astype(np.float64)


def _byte_order(data: bytes) -> str:
    if data[:10] == b"MATLAB 7.3" or data.startswith(_HDF5) or data[512:520] == _HDF5:
        raise UnreadableClip(
            "the file is of MATLAB 7.3 (HDF5), which is not read: save it with save(…, '-v7')"
        )
    if len(data) >= 4 and 0 in data[:4]:
        raise UnreadableClip(
            "the file is no MATLAB 5 file, perhaps one of MATLAB 4: save it with save(…, '-v7')"
        )
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None or struct.unpack(order + "H", data[124:126]) != (0x0100,):
        raise UnreadableClip("the file does not begin as a MATLAB 5 file does")
    return order


def _tag(data: bytes, at: int, order: str) -> tuple[int, int]:
    """The type and the size of the element that begins here, which is no small one."""
    if len(data) < at + 8:
        raise UnreadableClip(f"byte {at}: the file ends within a tag")
    kind, size = struct.unpack_from(order + "II", data, at)
    return kind, size


def _unpacked(data: bytes, most: int, at: int) -> bytes:
    """The first bytes of compressed ones."""
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as error:
        raise UnreadableClip(f"byte {at}: what is compressed there is damaged") from error


def _variable(head: bytes, order: str, compressed: bool, start: int, size: int) -> Variable:
    """What a matrix says about itself: the parts flags, shape and name come first."""
    flags, shape, name = [*(part for _, part in islice(_parts(head, order), 3)), b"", b"", b""][:3]
    number = struct.unpack(order + "I", flags[:4])[0] if len(flags) >= 4 else 0
    real = (number & 0xFF) in _NUMERIC and not (number >> 8) & (_COMPLEX | _LOGICAL)
    lengths = struct.unpack(f"{order}{len(shape) // 4}i", shape[: len(shape) // 4 * 4])
    if not real or any(n < 0 for n in lengths):
        lengths = ()
    return Variable(name.decode("latin-1").rstrip("\0"), lengths, compressed, start, size)


def _parts(element: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """The type and the data of the elements within a matrix, as far as they are there."""
    at = 0
    while at + 8 <= len(element):
        kind, size = _tag(element, at, order)
        if kind >> 16:  # a small one: size and type in one word, the data in the next
            yield kind & 0xFFFF, element[at + 4 : at + 4 + min(kind >> 16, 4)]
            at += 8
        else:
            yield kind, element[at + 8 : at + 8 + size]
            at += 8 + (size + 7) // 8 * 8

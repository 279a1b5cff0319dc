"""Records to bytes and back.

Arrays and clips become one *parcel*: 4 bytes magic, little-endian uint32 length of the header and
CRC-32 of everything behind these 12 bytes, a JSON header padded with blanks to 16 bytes, and the
arrays as raw little-endian float32, one behind the other. Nothing in it is ever executed.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.store.errors import StoreCorrupt
from service.store.records import Arrays, StoredClip

_MAGIC = b"OSP1"
_PREFIX = struct.Struct("<4sII")
_FLOAT = np.dtype("<f4")


def pack_arrays(arrays: Arrays) -> bytes:
    """Named float32 arrays as one parcel. Raises ValueError for any other type."""
    checked = {name: _float32(name, arrays[name]) for name in sorted(arrays)}
    shapes = {name: array.shape for name, array in checked.items()}
    return _seal({"arrays": shapes}, list(checked.values()))


def unpack_arrays(parcel: bytes) -> dict[str, NDArray[np.float32]]:
    """The arrays of a parcel, read-only views of it. Raises StoreCorrupt."""
    try:
        header, body = _open(parcel)
        shapes: dict[str, Sequence[int]] = header["arrays"]
        return _cut(body, shapes)
    except _MALFORMED as error:
        raise StoreCorrupt(f"an exemplar's arrays cannot be read: {error}") from error


def pack_clip(clip: StoredClip) -> bytes:
    """A clip as one parcel. Raises ValueError when it is at odds with its own layout."""
    joints = _float32("joints", clip.joints)
    if joints.ndim != 4 or joints.shape[3] != 3:
        raise ValueError(f"a clip's joints are (T, M, V, 3), not {joints.shape}")
    if not len(clip.joint_names) == len(clip.parents) == joints.shape[2]:
        raise ValueError(
            f"{joints.shape[2]} joints, {len(clip.joint_names)} names, {len(clip.parents)} parents"
        )
    if clip.fps is not None and not math.isfinite(clip.fps):
        raise ValueError(f"{clip.fps} is no frame rate")
    header = {
        "shape": joints.shape,
        "layout": clip.layout,
        "joint_names": list(clip.joint_names),
        "parents": [int(parent) for parent in clip.parents],
        "axes": clip.axes,
        "fps": None if clip.fps is None else float(clip.fps),
        "person": None if clip.person is None else int(clip.person),
    }
    return _seal(header, [joints])


def unpack_clip(parcel: bytes) -> StoredClip:
    """The clip of a parcel, its joints a read-only view of it. Raises StoreCorrupt."""
    try:
        header, body = _open(parcel)
        return StoredClip(
            joints=_cut(body, {"joints": header["shape"]})["joints"],
            layout=header["layout"],
            joint_names=tuple(header["joint_names"]),
            parents=tuple(header["parents"]),
            axes=header["axes"],
            fps=header["fps"],
            person=header["person"],
        )
    except _MALFORMED as error:
        raise StoreCorrupt(f"an exemplar's clip cannot be read: {error}") from error


def pack_metadata(metadata: Mapping[str, Any]) -> str:
    """Metadata as JSON, the same text for the same content. Raises ValueError."""
    try:
        # ASCII only: half a surrogate pair in a text has no UTF-8 form.
        return json.dumps(dict(metadata), sort_keys=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, RecursionError) as error:
        raise ValueError(f"an exemplar's metadata must be JSON: {error}") from error


def unpack_metadata(text: str | bytes) -> dict[str, Any]:
    """Metadata from JSON. Raises StoreCorrupt."""
    try:
        metadata: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise StoreCorrupt(f"an exemplar's metadata cannot be read: {error}") from error
    return metadata


def now() -> str:
    """This moment, as `pack_time` writes it."""
    return pack_time(datetime.now(UTC))


def pack_time(moment: datetime) -> str:
    """A moment in UTC, always 32 characters, so that text order is order in time.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def unpack_time(text: str) -> datetime:
    """A moment in UTC. Raises StoreCorrupt."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise StoreCorrupt(f"{text!r} is no moment") from error


_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, struct.error)


def _float32(name: str, array: NDArray[np.float32]) -> NDArray[np.float32]:
    # One number out of an array is a numpy scalar, as good as an array of no dimension.
    if not isinstance(array, np.ndarray | np.generic) or array.dtype != np.float32:
        kind = getattr(array, "dtype", type(array).__name__)
        raise ValueError(f"{name!r} must be a float32 array, not {kind}")
    return np.asarray(array)


def _seal(header: Mapping[str, Any], arrays: Sequence[NDArray[np.float32]]) -> bytes:
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(len(text) + _PREFIX.size) % 16)
    body = text + b"".join(array.astype(_FLOAT, copy=False).tobytes() for array in arrays)
    return _PREFIX.pack(_MAGIC, len(text), zlib.crc32(body)) + body


def _open(parcel: bytes) -> tuple[dict[str, Any], memoryview]:
    magic, length, checksum = _PREFIX.unpack_from(parcel)
    body = memoryview(parcel)[_PREFIX.size :]
    if magic != _MAGIC or length > len(body):
        raise ValueError("this is no parcel")
    if zlib.crc32(body) != checksum:
        raise ValueError("its checksum is wrong")
    return json.loads(bytes(body[:length])), body[length:]


def _cut(body: memoryview, shapes: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.float32]]:
    arrays: dict[str, NDArray[np.float32]] = {}
    start = 0
    for name, shape in shapes.items():
        if any(size < 0 for size in shape):
            raise ValueError(f"{shape} is no shape")
        end = start + math.prod(shape) * _FLOAT.itemsize
        if end > len(body):
            raise ValueError("it is cut short")
        flat = np.frombuffer(body[start:end], dtype=_FLOAT)
        arrays[name] = flat.astype(np.float32, copy=False).reshape(tuple(shape))
        start = end
    if start != len(body):
        raise ValueError("it is too long")
    return arrays

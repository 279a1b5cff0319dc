"""Bodies as no honest client sends them, and the answer each must get."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.animator import animate
from tests.service.caller import JSON, NPY

JOINTS: NDArray[np.float32] = animate("wave", seed=0).joints[:12, 0]  # (12, 25, 3)
LISTS: list[Any] = np.round(JOINTS.astype(float), 3).tolist()
NAME = '"action": "x", '


@dataclass(frozen=True)
class BadBody:
    """One body with its headers and query, and the status and type of problem it gets."""

    data: bytes
    status: int
    kind: str
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    query: dict[str, Any] = field(default_factory=dict)
    says: str = ""


def npy(array: NDArray[Any], *, pickled: bool = False) -> bytes:
    """An array as an .npy file."""
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def npy_header(text: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An .npy file whose header says whatever it likes."""
    header = text.encode("latin1") + b"\n"
    size = struct.pack("<H" if version == b"\x01\x00" else "<I", len(header))
    return b"\x93NUMPY" + version + size + header + data


def clip(joints: Any = LISTS, **fields: Any) -> bytes:
    """A JSON body of `/enroll`; a field given as None is left out."""
    described = {"layout": "kinect_v2", "fps": 30, "joints": joints} | fields
    kept = {name: value for name, value in described.items() if value is not None}
    return json.dumps({"action": "x", "clip": kept}).encode()


def raw_clip(joints: str) -> bytes:
    """A JSON body of `/enroll` whose joints are this text."""
    text = '{"action": "x", "clip": {"layout": "kinect_v2", "fps": 30, "joints": %s}}'
    return (text % joints).encode()


def _with(value: Any) -> list[Any]:
    """The joints with one coordinate replaced."""
    changed = json.loads(json.dumps(LISTS))
    changed[3][4][1] = value
    return changed  # type: ignore[no-any-return]


def _text(value: str) -> bytes:
    return clip(_with("HERE")).replace(b'"HERE"', value.encode())


def _nans(shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.full(shape, np.nan, dtype=np.float32)


_FLAT = JOINTS.copy()
_FLAT[..., 2] = 0
_FAR = JOINTS.copy()
_FAR[0, 0] = np.nan
_FAR[1, 1, 1] = 1e20

JSON_BODIES: dict[str, BadBody] = {
    "nothing": BadBody(b"", 400, "unparsable-body"),
    "blanks": BadBody(b" \n ", 400, "unparsable-body"),
    "not JSON": BadBody(b"hello", 400, "unparsable-body"),
    "cut short": BadBody(clip()[:-9], 400, "unparsable-body"),
    "two documents": BadBody(clip() + clip(), 400, "unparsable-body"),
    "not UTF-8": BadBody(b'{"action": "\xff\xfe", "clip": {}}', 400, "unparsable-body"),
    "UTF-16": BadBody(clip().decode().encode("utf-16"), 400, "unparsable-body"),
    "NaN literal": BadBody(_text("NaN"), 400, "unparsable-body"),
    "Infinity literal": BadBody(_text("-Infinity"), 400, "unparsable-body"),
    "a lone surrogate": BadBody(clip().replace(b'"x"', b'"\\ud800"'), 400, "unparsable-body"),
    "100 000 brackets": BadBody(b"[" * 100_000, 400, "unparsable-body"),
    "100 000 closed brackets": BadBody(
        raw_clip("[" * 100_000 + "]" * 100_000), 400, "unparsable-body"
    ),
    "900 closed brackets": BadBody(raw_clip("[" * 900 + "]" * 900), 422, "unusable-clip"),
    "100 brackets around a number": BadBody(
        raw_clip("[" * 100 + "1" + "]" * 100), 422, "unusable-clip"
    ),
    "a list": BadBody(b"[]", 422, "invalid-request", says="clip"),
    "a number": BadBody(b"1", 422, "invalid-request", says="clip"),
    "null": BadBody(b"null", 422, "invalid-request", says="clip"),
    "no clip": BadBody(b'{"action": "x"}', 422, "invalid-request", says="clip"),
    "a clip that is a list": BadBody(b'{"action": "x", "clip": []}', 422, "invalid-request"),
    "no joints": BadBody(
        b'{"action": "x", "clip": {"layout": "coco"}}', 422, "invalid-request", says="joints"
    ),
    "no layout": BadBody(clip(layout=None), 422, "invalid-request", says="layout"),
    "no action": BadBody(
        clip().replace(b'"action": "x", ', b""), 422, "invalid-request", says="action"
    ),
    "an unknown field": BadBody(clip(speed=3), 422, "invalid-request", says="speed"),
    "an unknown field beside the clip": BadBody(
        clip().replace(b'"action"', b'"actoin": "y", "action"'), 422, "invalid-request"
    ),
    "unknown layout": BadBody(clip(layout="kinect_v9"), 422, "unknown-layout", says="kinect_v2"),
    "unknown joint": BadBody(clip(layout=["head", "tail"]), 422, "unusable-clip", says="tail"),
    "a joint named twice": BadBody(
        clip(layout=["head"] * 25), 422, "unusable-clip", says="second time"
    ),
    "no joint names": BadBody(clip(layout=[]), 422, "unusable-clip"),
    "a layout that is a number": BadBody(clip(layout=25), 422, "invalid-request"),
    "a million joint names": BadBody(clip(layout=["neck"] * 1_000_000), 422, "invalid-request"),
    "a joint's name of a megabyte": BadBody(
        clip(layout=[" " * 1_000_000 + "head"]), 422, "invalid-request"
    ),
    "joints missing in the layout": BadBody(
        clip(layout="coco"), 422, "unusable-clip", says="coco has 17"
    ),
    "joints that are a string": BadBody(clip("abc"), 422, "unusable-clip"),
    "joints that are an object": BadBody(clip({}), 422, "unusable-clip"),
    "joints that are null": BadBody(raw_clip("null"), 422, "unusable-clip"),
    "joints that are a number": BadBody(clip(7), 422, "unusable-clip"),
    "no frame": BadBody(clip([]), 422, "unusable-clip"),
    "empty frames": BadBody(clip([[], []]), 422, "unusable-clip"),
    "empty joints": BadBody(clip([[[]] * 25] * 4), 422, "unusable-clip"),
    "one frame without the list of frames": BadBody(clip(LISTS[0]), 422, "unusable-clip"),
    "five levels": BadBody(clip([[LISTS]]), 422, "unusable-clip"),
    "a frame with fewer joints": BadBody(
        clip([*LISTS[:5], LISTS[5][:-1], *LISTS[6:]]), 422, "unusable-clip", says="frame 5"
    ),
    "a joint with two numbers": BadBody(
        clip([[*LISTS[0][:-1], [1.0, 2.0]], *LISTS[1:]]), 422, "unusable-clip"
    ),
    "frames that are null": BadBody(clip([None] * 9), 422, "unusable-clip"),
    "a frame that is a number": BadBody(clip([*LISTS, 3]), 422, "unusable-clip"),
    "a coordinate that is a word": BadBody(clip(_with("up")), 422, "unusable-clip"),
    "a coordinate that is a number in quotes": BadBody(clip(_with("1.5")), 422, "unusable-clip"),
    "coordinates that are all in quotes": BadBody(
        clip([[[str(c) for c in joint] for joint in frame] for frame in LISTS]),
        422,
        "unusable-clip",
    ),
    "a coordinate that is true": BadBody(clip(_with(True)), 422, "unusable-clip"),
    "coordinates that are all false": BadBody(clip([[[False] * 3] * 25] * 6), 422, "unusable-clip"),
    "a coordinate that is an object": BadBody(clip(_with({"y": 1})), 422, "unusable-clip"),
    "a coordinate that is a list": BadBody(clip(_with([1])), 422, "unusable-clip"),
    "a coordinate that is a word of a megabyte": BadBody(
        clip(_with("y" * 1_000_000)), 422, "unusable-clip"
    ),
    "1e400": BadBody(_text("1e400"), 400, "unparsable-body"),
    "a huge number": BadBody(_text("1e300"), 422, "unusable-clip"),
    "a huge number beside an unseen joint": BadBody(
        clip([[None, *frame[1:]] for frame in _with(1e20)]), 422, "unusable-clip"
    ),
    "a huge integer": BadBody(_text("1" + "0" * 400), 400, "unparsable-body"),
    "an integer of 64 bits": BadBody(_text(str(2**64 - 1)), 422, "unusable-clip"),
    "an integer of 5000 digits": BadBody(_text("7" * 5000), 400, "unparsable-body"),
    "all null": BadBody(clip([[None] * 25] * 6), 422, "unusable-clip"),
    "all nulls": BadBody(clip([[[None] * 3] * 25] * 6), 422, "unusable-clip", says="no joint"),
    "all zero": BadBody(clip([[[0, 0, 0]] * 25] * 6), 422, "unusable-clip", says="no joint"),
    "two-dimensional": BadBody(
        clip([[joint[:2] for joint in frame] for frame in LISTS]), 422, "unusable-clip", says="3D"
    ),
    "two-dimensional with a zero": BadBody(
        clip(_FLAT.astype(float).round(3).tolist()), 422, "unusable-clip", says="two-dimensional"
    ),
    "fps 0": BadBody(clip(fps=0), 422, "invalid-request", says="fps"),
    "fps negative": BadBody(clip(fps=-30), 422, "invalid-request", says="fps"),
    "fps in quotes": BadBody(clip(fps="30"), 422, "invalid-request", says="fps"),
    "fps true": BadBody(clip(fps=True), 422, "invalid-request", says="fps"),
    "fps huge": BadBody(clip(fps=1e9), 422, "invalid-request", says="fps"),
    "axes nonsense": BadBody(clip(axes="up,down"), 422, "unusable-clip", says="axes"),
    "axes twice the same": BadBody(clip(axes="x,x,z"), 422, "unusable-clip", says="axes"),
    "axes empty": BadBody(clip(axes=""), 422, "unusable-clip", says="axes"),
    "axes a list": BadBody(clip(axes=["x", "y", "z"]), 422, "invalid-request", says="axes"),
    "axes endless": BadBody(clip(axes="x" * 10_000), 422, "invalid-request", says="axes"),
    "person not there": BadBody(clip(person=1), 422, "unusable-clip", says="person 1"),
    "person negative": BadBody(clip(person=-1), 422, "invalid-request", says="person"),
    "person a half": BadBody(clip(person=0.5), 422, "invalid-request", says="person"),
    "layout in the address": BadBody(
        clip(), 422, "invalid-request", query={"layout": "kinect_v2"}, says="layout"
    ),
    "action in the address": BadBody(
        clip(), 422, "invalid-request", query={"action": "y"}, says="action"
    ),
}


def _npy(data: bytes, status: int, kind: str, *, says: str = "", **query: Any) -> BadBody:
    described = {"action": "x", "layout": "kinect_v2", "fps": 30} | query
    kept = {name: value for name, value in described.items() if value is not None}
    return BadBody(data, status, kind, dict(NPY), kept, says)


_GOOD = npy(JOINTS)
_HEAD = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"

NPY_BODIES: dict[str, BadBody] = {
    "npy: nothing": _npy(b"", 400, "unparsable-body"),
    "npy: JSON": _npy(clip(), 400, "unparsable-body"),
    "npy: only the magic": _npy(b"\x93NUMPY", 400, "unparsable-body"),
    "npy: cut in the header": _npy(_GOOD[:40], 400, "unparsable-body"),
    "npy: cut in the data": _npy(_GOOD[:-100], 400, "unparsable-body", says="bytes"),
    "npy: too long": _npy(_GOOD + b"more", 400, "unparsable-body"),
    "npy: an .npz": _npy(b"PK\x03\x04" + bytes(200), 400, "unparsable-body"),
    "npy: version 9": _npy(npy_header(_HEAD % "(1,)", version=b"\x09\x00"), 400, "unparsable-body"),
    "npy: objects": _npy(
        npy(np.array([{"a": 1}, None], dtype=object), pickled=True), 400, "unparsable-body"
    ),
    "npy: 10^12 elements": _npy(
        npy_header(_HEAD % "(1000000, 1000000, 3)"), 400, "unparsable-body"
    ),
    "npy: 10^12 elements without length": _npy(
        npy_header(_HEAD % "(0, 1000000000000000000000000000000, 3)"), 400, "unparsable-body"
    ),
    "npy: truths for lengths": _npy(
        npy_header(_HEAD % "(True, 25, 3)", bytes(300)), 400, "unparsable-body"
    ),
    "npy: a negative length": _npy(npy_header(_HEAD % "(-1, 25, 3)"), 400, "unparsable-body"),
    "npy: 1000 dimensions": _npy(
        npy_header(_HEAD % ("(" + "1," * 1000 + ")"), bytes(4)), 400, "unparsable-body"
    ),
    "npy: a header out of form": _npy(npy_header("{'descr': (((('<f4'"), 400, "unparsable-body"),
    "npy: a header of brackets": _npy(npy_header("(" * 9000), 400, "unparsable-body"),
    "npy: a header of 60 000 bytes": _npy(npy_header(" " * 60_000), 400, "unparsable-body"),
    "npy: a header that calls": _npy(
        npy_header("__import__('os').system('true')"), 400, "unparsable-body"
    ),
    "npy: a header that is a list": _npy(npy_header("[1, 2]"), 400, "unparsable-body"),
    "npy: a type out of form": _npy(
        npy_header("{'descr': 'Q9z', 'fortran_order': False, 'shape': (1,), }"),
        400,
        "unparsable-body",
    ),
    "npy: a type that is a list": _npy(
        npy_header("{'descr': [('a', '<f4', (10000,))], 'fortran_order': 0, 'shape': (), }"),
        400,
        "unparsable-body",
    ),
    "npy: true and false": _npy(npy(np.ones((4, 25, 3), dtype=bool)), 400, "unparsable-body"),
    "npy: complex numbers": _npy(npy(np.ones((4, 25, 3), dtype=complex)), 400, "unparsable-body"),
    "npy: texts": _npy(npy(np.full((4, 25, 3), "1")), 400, "unparsable-body"),
    "npy: zero frames": _npy(npy(JOINTS[:0]), 422, "unusable-clip", says="a clip needs a frame"),
    "npy: zero joints": _npy(npy(JOINTS[:, :0]), 422, "unusable-clip"),
    "npy: a scalar": _npy(npy(np.float32(1)), 422, "unusable-clip"),
    "npy: one dimension": _npy(npy(JOINTS.ravel()), 422, "unusable-clip"),
    "npy: two dimensions": _npy(npy(JOINTS[0]), 422, "unusable-clip"),
    "npy: five dimensions": _npy(npy(JOINTS[None, None]), 422, "unusable-clip"),
    "npy: joints and coordinates swapped": _npy(
        npy(JOINTS.transpose(0, 2, 1)), 422, "unusable-clip"
    ),
    "npy: coordinates of four": _npy(npy(np.ones((4, 25, 4), dtype="f4")), 422, "unusable-clip"),
    "npy: two-dimensional": _npy(npy(JOINTS[..., :2]), 422, "unusable-clip", says="3D"),
    "npy: two-dimensional with a zero": _npy(
        npy(_FLAT), 422, "unusable-clip", says="two-dimensional"
    ),
    "npy: NaN everywhere": _npy(npy(_nans((6, 25, 3))), 422, "unusable-clip", says="no joint"),
    "npy: zero everywhere": _npy(
        npy(np.zeros((6, 25, 3), dtype="f4")), 422, "unusable-clip", says="no joint"
    ),
    "npy: infinite": _npy(npy(np.where(JOINTS > 1, np.inf, JOINTS)), 422, "unusable-clip"),
    "npy: far away, beside an unseen joint": _npy(npy(_FAR), 422, "unusable-clip"),
    "npy: float64 beyond float32": _npy(npy(JOINTS.astype(float) * 1e300), 422, "unusable-clip"),
    "npy: no layout": _npy(_GOOD, 422, "invalid-request", layout=None, says="layout"),
    "npy: no action": _npy(_GOOD, 422, "invalid-request", action=None, says="action"),
    "npy: unknown layout": _npy(_GOOD, 422, "unknown-layout", layout="nobody"),
    "npy: unknown joint": _npy(_GOOD, 422, "unusable-clip", layout="head,tail"),
    "npy: fps 0": _npy(_GOOD, 422, "invalid-request", fps=0),
    "npy: fps NaN": _npy(_GOOD, 422, "invalid-request", fps="nan"),
    "npy: fps infinite": _npy(_GOOD, 422, "invalid-request", fps="inf"),
    "npy: fps negative": _npy(_GOOD, 422, "invalid-request", fps=-1),
    "npy: fps a word": _npy(_GOOD, 422, "invalid-request", fps="fast"),
    "npy: axes nonsense": _npy(_GOOD, 422, "unusable-clip", axes="a,b,c"),
    "npy: person not there": _npy(_GOOD, 422, "unusable-clip", person=1),
    "npy: person a word": _npy(_GOOD, 422, "invalid-request", person="me"),
    "npy: an unknown key": _npy(_GOOD, 422, "invalid-request", speed=3, says="speed"),
    "npy: a key twice": _npy(_GOOD, 422, "invalid-request", fps=[30, 60], says="fps"),
    "npy: the collection twice": _npy(
        _GOOD, 422, "invalid-request", collection=["default", "default"], says="collection"
    ),
}

BODIES = JSON_BODIES | NPY_BODIES

"""Files and forms that no reader can take, and the answer each must get."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.service.bodies import JOINTS, BadBody, clip, npy
from tests.service.forms import FORM, closed, form, part

OCTETS = {"content-type": "application/octet-stream"}
GOOD = npy(JOINTS)
DESCRIBED = {"action": "x", "layout": "kinect_v2", "fps": 30}


def _form(data: bytes, status: int, kind: str, *, says: str = "", **query: Any) -> BadBody:
    return BadBody(data, status, kind, dict(FORM), {"action": "x"} | query, says)


def _file(format: str, data: bytes, status: int, kind: str, *, says: str = "") -> BadBody:
    return BadBody(data, status, kind, dict(OCTETS), {"action": "x", "format": format}, says)


def ntu_without_a_body(frames: int = 3) -> bytes:
    """An NTU file of a room that nobody is in."""
    return f"{frames}\n".encode() + b"0\n" * frames


def openpose(frames: int = 6) -> bytes:
    """A Kinetics-skeleton file: one person, 18 joints, x and y."""
    people = [[{"pose": _pose(frame), "score": [0.9] * 18}] for frame in range(1, frames + 1)]
    data = [{"frame_index": i + 1, "skeleton": skeleton} for i, skeleton in enumerate(people)]
    return json.dumps({"data": data, "label": "waving", "label_index": 3}).encode()


def _pose(frame: int) -> list[float]:
    xy = np.linspace(0.2, 0.8, 36) + 0.01 * frame * np.sin(np.arange(36))
    return [round(float(value), 4) for value in xy]


ASF = b""":version 1.10
:name someone
:units
  mass 1.0
  length 0.45
  angle deg
:documentation
  bones alone
:root
  order TX TY TZ RX RY RZ
  axis XYZ
  position 0 0 0
  orientation 0 0 0
:bonedata
:hierarchy
  begin
  end
"""

FILE_BODIES: dict[str, BadBody] = {
    "form: no boundary": BadBody(
        form({"file": ("a.npy", GOOD)}),
        400,
        "unparsable-body",
        {"content-type": "multipart/form-data"},
        says="curl -F file=@FILE",
    ),
    "form: another boundary": BadBody(
        form({"file": ("a.npy", GOOD)}),
        400,
        "unparsable-body",
        {"content-type": "multipart/form-data; boundary=other"},
    ),
    "form: a boundary of 1000 characters": BadBody(
        form({"file": ("a.npy", GOOD)}),
        400,
        "unparsable-body",
        {"content-type": f"multipart/form-data; boundary={'b' * 1000}"},
    ),
    "form: nothing": _form(b"", 400, "unparsable-body"),
    "form: no form": _form(b"hello", 400, "unparsable-body", says="-F file=@FILE"),
    "form: cut in the file": _form(
        form({"file": ("a.npy", GOOD)})[:-500], 400, "unparsable-body", says="cut short"
    ),
    "form: cut in a header": _form(
        form({"file": ("a.npy", GOOD)})[:60], 400, "unparsable-body", says="cut short"
    ),
    "form: a part without a name": _form(
        closed(part('filename="a.npy"', GOOD)), 400, "unparsable-body", says="name"
    ),
    "form: a header of 10 000 bytes": _form(
        closed(part(f'name="{"n" * 10_000}"', GOOD)), 400, "unparsable-body"
    ),
    "form: no part": _form(closed(), 422, "invalid-request", says="no file"),
    "form: no file": _form(
        form({}, {"layout": "kinect_v2"}), 422, "invalid-request", says="no file"
    ),
    "form: an empty file": _form(
        form({"file": ("a.bvh", b"")}), 400, "unparsable-body", says="empty"
    ),
    "form: two clips": _form(
        form({"file": ("a.npy", GOOD), "other": ("b.npy", GOOD)}, {"layout": "kinect_v2"}),
        422,
        "invalid-request",
        says="-F skeleton=@FILE.asf -F motion=@FILE.amc",
    ),
    "form: bones and a clip": _form(
        form({"skeleton": ("a.asf", ASF), "file": ("b.amc", b"1\n")}),
        422,
        "invalid-request",
        says="motion",
    ),
    "form: a part twice": _form(
        closed(part('name="file"', GOOD), part('name="file"', GOOD)),
        422,
        "invalid-request",
        says="more than once",
    ),
    "form: the name of a file for the file": _form(
        form({}, {"file": "wave.npz"}), 400, "unparsable-body", says="-F file=@wave.npz"
    ),
    "form: nine parts": _form(
        form({}, {f"field {n}": "1" for n in range(9)}), 422, "invalid-request", says="8 parts"
    ),
    "form: a million parts": _form(
        part('name="a"', b"") * 100_000, 422, "invalid-request", says="8 parts"
    ),
    "form: a field of 9000 bytes": _form(
        form({"file": ("a.npy", GOOD)}, {"layout": "h" * 9000}),
        422,
        "invalid-request",
        says="too long",
    ),
    "form: a clip sent as a field": _form(
        form({}, {"clip": clip().decode()}), 422, "invalid-request", says="-F file=@FILE"
    ),
    "form: an unknown field": _form(
        form({"file": ("a.npy", GOOD)}, {"layuot": "kinect_v2"}),
        422,
        "invalid-request",
        says="layuot",
    ),
    "form: a key in the address and in the form": _form(
        form({"file": ("a.npy", GOOD)}, {"fps": "30"}),
        422,
        "invalid-request",
        fps=30,
        says="fps: given in the address and in the form",
    ),
    "form: fps a word": _form(
        form({"file": ("a.npy", GOOD)}, {"layout": "kinect_v2", "fps": "fast"}),
        422,
        "invalid-request",
        says="fps",
    ),
    "form: a collection that is none": _form(
        form({"file": ("a.npy", GOOD)}, {"layout": "kinect_v2", "person": "-1"}),
        422,
        "invalid-request",
        says="person",
    ),
    "form: a field that is no UTF-8": _form(
        closed(part('name="file"', GOOD), part('name="layout"', b"\xff\xfe")),
        422,
        "unknown-layout",
    ),
    "form: npy without a layout": _form(
        form({"file": ("a.npy", GOOD)}), 422, "unusable-clip", says="layout"
    ),
    "form: an unknown layout": _form(
        form({"file": ("a.npy", GOOD)}, {"layout": "nobody"}), 422, "unknown-layout"
    ),
    "form: noise": _form(
        form({"file": ("a.dat", bytes(range(256)) * 40)}), 400, "unparsable-body", says="format="
    ),
    "form: bones alone": _form(
        form({"file": ("a.asf", ASF)}), 400, "unparsable-body", says="motion"
    ),
    "form: no action": BadBody(
        form({"file": ("a.npy", GOOD)}, {"layout": "kinect_v2"}),
        422,
        "invalid-request",
        dict(FORM),
        says="action",
    ),
    "an unknown format": BadBody(
        GOOD, 422, "invalid-request", dict(OCTETS), DESCRIBED | {"format": "fbx"}, "bvh"
    ),
    "a format twice": BadBody(
        GOOD, 422, "invalid-request", dict(OCTETS), DESCRIBED | {"format": ["npy", "npy"]}, "format"
    ),
    "octets: nothing": BadBody(b"", 400, "unparsable-body", dict(OCTETS), {"action": "x"}, "empty"),
    "octets: noise": BadBody(
        bytes(range(256)) * 40, 400, "unparsable-body", dict(OCTETS), {"action": "x"}, "format="
    ),
    "npy as a format, without a layout": BadBody(
        GOOD,
        422,
        "invalid-request",
        dict(OCTETS),
        {"action": "x", "format": "npy"},
        "layout",
    ),
    "JSON as a format, cut short": BadBody(
        clip()[:-9], 400, "unparsable-body", dict(OCTETS), {"format": "json"}
    ),
    "JSON as a format, of wrong types": BadBody(
        clip(fps="30"), 422, "unusable-clip", dict(OCTETS), {"format": "json"}, "fps"
    ),
    "JSON as a format, without joints": BadBody(
        b'{"layout": "coco"}',
        422,
        "unusable-clip",
        dict(OCTETS),
        {"action": "x", "format": "json"},
        "joints",
    ),
    "a layout for a file that names its joints": BadBody(
        ntu_without_a_body(),
        422,
        "unusable-clip",
        dict(OCTETS),
        {"action": "x", "format": "skeleton", "layout": "kinect_v2"},
        "leave it out",
    ),
    "bones as a motion": _file("amc", ASF, 400, "unparsable-body", says="ASF"),
    "nobody in an NTU file": _file("skeleton", ntu_without_a_body(), 422, "unusable-clip"),
    "OpenPose is two-dimensional": _file(
        "openpose", openpose(), 422, "unusable-clip", says="two-dimensional"
    ),
} | {
    f"{format}: {name}": _file(format, data, 400, "unparsable-body")
    for format in ("npz", "mat", "bvh", "amc", "skeleton", "openpose", "mediapipe", "csv", "txt")
    for name, data in (("nothing", b""), ("noise", bytes(range(256)) * 40), ("an npy", GOOD))
}

"""Cases: good files of every format, damaged; each case again from its seed and number alone."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import numpy as np

from skeleton import Recording, record
from skeleton.animator import animate
from skeleton.readers import FORMATS
from skeleton.writers import write_bvh, write_json, write_npy, write_npz
from tests.skeleton.readers import pose_files, sensor_files
from tests.skeleton.readers.mocap_files import ASF, amc, amc_frame
from tests.skeleton.readers.mutation import damage

_SWOLLEN = 0.001  # share of the cases that are large


@dataclass(frozen=True)
class Case:
    """One body: the `format` it is handed in as, None where that is left to its bytes; the ASF
    beside an AMC; and the layout that a format needs which does not name its joints."""

    number: int
    of: str
    format: str | None
    data: bytes
    skeleton: bytes | None = None
    layout: str | None = None


class Cases:
    """Every case of a seed by its number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._good = good_cases()
        self._formats = tuple(self._good)

    def __getitem__(self, number: int) -> Case:
        chance = random.Random(f"{self._seed}:{number}")
        of = self._formats[number % len(self._formats)]
        case = chance.choice(self._good[of])
        if chance.random() < 0.98:  # a few stay whole: they must be read
            case = _damaged(case, chance)
        name = case.format
        if chance.random() < 0.2:
            name = None
        elif chance.random() < 0.05:
            name = chance.choice(self._formats)
        layout = case.layout
        if chance.random() < 0.05:
            layout = chance.choice((None, "kinect_v2", "coco", "head,neck", "nobody", "tail"))
        return replace(case, number=number, format=name, layout=layout)


def good_cases() -> Mapping[str, Sequence[Case]]:
    """Whole files by the name of their format: at least one of each."""
    files = {**_written(), **_poses(), **sensor_files.good_files()}
    cases = {
        name: [Case(0, name, name, data, layout=_layout_of(name)) for data in files[name]]
        for name in files
    }
    cases["amc"] = [Case(0, "amc", "amc", _motion(), ASF.encode())]
    assert cases.keys() == FORMATS.keys(), "a format has no good file to be damaged"
    return cases


def _layout_of(name: str) -> str | None:
    return "kinect_v2" if name == "npy" else None


def _recording(action: str) -> Recording:
    clip = animate(action, speed=4, fps=15, missing=0.02)
    return record(clip.joints, clip.layout, fps=clip.fps)


def _written() -> dict[str, list[bytes]]:
    recordings = [_recording("wave"), _recording("squat")]
    bare = BytesIO()
    np.savez(bare, joints=recordings[0].joints, layout=np.array("kinect_v2"), fps=np.array(15.0))
    return {
        "npy": [write_npy(recording) for recording in recordings],
        "npz": [*(write_npz(recording) for recording in recordings), bare.getvalue()],
        "bvh": [write_bvh(recording) for recording in recordings],
        "json": [write_json(recording) for recording in recordings],
    }


def _poses() -> dict[str, list[bytes]]:
    body = pose_files.camera(pose_files.BODY_25)[:6]
    flat = pose_files.camera(pose_files.COCO_18)[:6, None, :, :2]
    people = [[pose_files.frame(pose_files.person(j[:, :n])) for j in body] for n in (2, 3)]
    return {
        "mediapipe": [pose_files.text(pose_files.poses(6))],
        "openpose": [
            *(pose_files.text(frames) for frames in people),
            pose_files.text(people[1][0]),
            pose_files.text(pose_files.kinetics(flat)),
        ],
    }


def _motion() -> bytes:
    frames = (amc_frame(i, thorax=f"{9 * i} {i}", lhumerus=f"0 {i} 0") for i in range(1, 9))
    return amc(*frames).encode()


def _damaged(case: Case, chance: random.Random) -> Case:
    if chance.random() < _SWOLLEN:
        return replace(case, data=_swollen(case.data, chance))
    if case.skeleton is not None and chance.random() < 0.5:
        return replace(case, skeleton=damage(case.skeleton, chance))
    if case.of == "npz" and chance.random() < 0.6:
        return replace(case, data=_damaged_member(case.data, chance))
    if case.of == "mat" and chance.random() < 0.5:
        return replace(case, data=_damaged_element(case.data, chance))
    return replace(case, data=damage(case.data, chance))


def _swollen(data: bytes, chance: random.Random) -> bytes:
    """With millions of bytes of one kind, or of one of the file's own lines, put in."""
    lines = data.splitlines(keepends=True)
    unit = chance.choice(
        (b"1", b"1 ", b"\n", b",", b"[", b'{"a":', b"0 0 0\n", chance.choice(lines))
    )
    at = chance.choice((0, len(data), chance.randint(0, len(data))))
    return data[:at] + unit * (chance.randint(10**6, 10**7) // len(unit)) + data[at:]


def _damaged_member(data: bytes, chance: random.Random) -> bytes:
    """A zip that is whole, one of its members not: no checksum keeps the damage out."""
    try:
        with ZipFile(BytesIO(data)) as whole:
            members = {name: whole.read(name) for name in whole.namelist()}
    except BadZipFile:
        return damage(data, chance)
    name = chance.choice(list(members))
    members[name] = damage(members[name], chance)
    buffer = BytesIO()
    with ZipFile(buffer, "w", compression=chance.choice((0, 8))) as damaged:
        for member, content in members.items():
            damaged.writestr(member, content)
    return buffer.getvalue()


def _damaged_element(data: bytes, chance: random.Random) -> bytes:
    """A MATLAB file whose first variable is damaged and then compressed."""
    element = data[128:]
    if data[128:129] == b"\x0f":
        element = zlib.decompress(data[136 : 136 + int.from_bytes(data[132:136], "little")])
    packed = zlib.compress(damage(element, chance), 1)
    return data[:128] + b"\x0f\0\0\0" + len(packed).to_bytes(4, "little") + packed

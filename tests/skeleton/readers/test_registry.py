"""The registry: which format a file is of, and who is believed when file and caller differ."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from skeleton import LAYOUTS, Clip, UnreadableClip, UnusableClip, record
from skeleton.animator import animate
from skeleton.errors import UnknownFormat
from skeleton.readers import FORMATS, Source, find_format, read_path, read_source
from skeleton.writers import write_bvh, write_json, write_npy, write_npz
from tests.skeleton.readers.pose_files import (
    BODY_25,
    COCO_18,
    camera,
    frame,
    kinetics,
    person,
    poses,
    text,
)

CLIP = animate("wave")
RECORDING = record(CLIP.joints[:8], CLIP.layout, fps=CLIP.fps)
CHAINS = (
    ("root", "lhipjoint", "lfemur", "ltibia", "lfoot"),
    ("root", "rhipjoint", "rfemur", "rtibia", "rfoot"),
    ("root", "lowerback", "upperback", "thorax", "lowerneck", "upperneck", "head"),
    ("thorax", "lclavicle", "lhumerus", "lradius", "lwrist", "lhand"),
    ("thorax", "rclavicle", "rhumerus", "rradius", "rwrist", "rhand"),
)
BONES = [bone for chain in CHAINS for bone in chain[1:]]


def asf() -> bytes:
    """A skeleton with the bones of CMU's, whose limbs turn about one axis."""
    lines = [":version 1.10", ":units", "length 0.45", "angle deg", ":root"]
    lines += ["order TX TY TZ RX RY RZ", "axis XYZ", "position 0 0 0", "orientation 0 0 0"]
    lines.append(":bonedata")
    for number, bone in enumerate(BONES, 1):
        way = "0 -1 0" if bone[1:] in ("femur", "tibia", "foot") else "0 1 0"
        if bone[1:] in ("hipjoint", "clavicle"):
            way = "1 0 0" if bone[0] == "l" else "-1 0 0"
        lines += ["begin", f"id {number}", f"name {bone}", f"direction {way}", "length 4.0"]
        lines += ["axis 0 0 0 XYZ", "dof rx", "limits (-90 90)", "end"]
    lines += [
        ":hierarchy",
        "begin",
        *(" ".join(pair) for chain in CHAINS for pair in pairwise(chain)),
    ]
    return "\n".join([*lines, "end", ""]).encode()


def kinect_csv() -> bytes:
    """A file with a header that names joints and coordinates."""
    names = [f"{joint}_{axis}" for joint in CLIP.layout.joints for axis in "xyz"]
    rows = [",".join(names)]
    rows += [",".join(f"{value:.4f}" for value in row.ravel()) for row in CLIP.joints[:8, 0]]
    return "\n".join(rows).encode()


def ntu() -> bytes:
    """One body in every frame, in NTU's own words."""
    lines = ["8"]
    for body in CLIP.joints[:8, 0]:
        lines += ["1", "72057594037931101 0 1 1 1 1 0 0.02 -0.18 2", "25"]
        lines += [f"{x:.4f} {y:.4f} {z:.4f} 0 0 0 0 0 0 0 1 2" for x, y, z in body - [0, 0, -6]]
    return "\n".join(lines).encode()


def mat() -> bytes:
    """As UTD-MHAD keeps a clip: `d_skel` (20, 3, T)."""
    from scipy.io import savemat

    clip = animate("wave", layout="kinect_v1")
    buffer = BytesIO()
    savemat(buffer, {"d_skel": clip.joints[:8, 0].transpose(1, 2, 0).astype(np.float64)})
    return buffer.getvalue()


def msr() -> bytes:
    """As MSR-Action3D keeps a clip: 20 rows of x, y, z, confidence a frame."""
    joints = animate("wave", layout="kinect_v1").joints[:8, 0]
    return "\n".join(
        f"{x:.4f} {y:.4f} {z + 6:.4f} 1.0" for x, y, z in joints.reshape(-1, 3)
    ).encode()


def amc() -> bytes:
    """Movement for the bones of `asf`."""
    rows = [":FULLY-SPECIFIED", ":DEGREES"]
    for number in range(1, 5):
        rows += [str(number), "root 0 17 0 0 0 0", *(f"{bone} {5 * number}" for bone in BONES)]
    return "\n".join(rows).encode()


FILES = {
    "npy": write_npy(RECORDING),
    "npz": write_npz(RECORDING),
    "bvh": write_bvh(RECORDING),
    "json": write_json(RECORDING),
    "mediapipe": text({"fps": 30, "frames": [{"landmarks": pose} for pose in poses(8)]}),
    "openpose": text([frame(person(body)) for body in camera(BODY_25)[:8]]),
    "skeleton": ntu(),
    "csv": kinect_csv(),
    "txt": msr(),
    "amc": amc(),
}


@pytest.fixture(params=[*FILES, "mat"])
def good(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A format's name, and a good file of it."""
    name = request.param
    return name, mat() if name == "mat" else FILES[name]


def test_every_format_has_a_good_file_here() -> None:
    assert {*FILES, "mat"} == set(FORMATS)


def test_a_file_is_found_by_its_content_alone(good: tuple[str, bytes]) -> None:
    name, data = good
    assert find_format(None, data).name == name
    claims = [format.name for format in FORMATS.values() if format.looks_like(data[:65_536])]
    assert claims == [name]


def test_a_name_and_a_suffix_do_not_hide_what_a_file_is(good: tuple[str, bytes]) -> None:
    name, data = good
    assert find_format(None, data, "wave.bvh").name == name
    assert find_format(name, b"whatever").name == name


@pytest.mark.parametrize(
    ("suffix", "name"), [(suffix, f.name) for f in FORMATS.values() for suffix in f.suffixes]
)
def test_what_cannot_be_told_by_content_is_told_by_the_suffix(suffix: str, name: str) -> None:
    assert find_format(None, b"\0\0\0", "wave" + suffix).name == name
    assert find_format(None, b"\0\0\0", "WAVE" + suffix.upper()).name == name


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"hello", b"[]", b"{}", b"\xff\xd8\xff\xe0"])
def test_unknown_bytes_are_answered_with_the_formats_there_are(data: bytes) -> None:
    with pytest.raises(UnknownFormat) as refusal:
        find_format(None, data)
    assert all(name in str(refusal.value) for name in FORMATS)


def test_an_unknown_format_is_answered_with_the_formats_there_are() -> None:
    with pytest.raises(UnknownFormat, match="unknown format 'fbx'") as refusal:
        find_format("fbx", FILES["bvh"])
    assert all(name in str(refusal.value) for name in FORMATS)


def test_every_good_file_is_read(good: tuple[str, bytes]) -> None:
    name, data = good
    format = FORMATS[name]
    layout = None if format.names_joints else CLIP.layout
    bones = asf() if name == "amc" else None
    clip = read_source(Source(data, "", bones, layout), format).clip()
    assert isinstance(clip, Clip)
    assert len(clip.joints) >= 4


def test_the_caller_goes_before_the_file() -> None:
    one = record(CLIP.joints[:8], CLIP.layout, fps=25, axes="x,z,-y", person=0)
    for writer in (write_json, write_npz):
        data = writer(one)
        source, format = Source(data), find_format(None, data)
        said = read_source(source, format)
        assert (said.fps, said.axes, said.person) == (25, "x,z,-y", 0)
        given = read_source(source, format, fps=50, axes="x,-y,-z", person=3)
        assert (given.fps, given.axes, given.person) == (50, "x,-y,-z", 3)


def test_a_layout_is_refused_for_files_that_name_their_joints(good: tuple[str, bytes]) -> None:
    name, data = good
    if FORMATS[name].names_joints:
        with pytest.raises(UnusableClip, match=r"^layout: .*leave it out$"):
            read_source(Source(data, layout=LAYOUTS["coco"]), FORMATS[name])
    else:
        with pytest.raises((UnusableClip, UnreadableClip)):
            read_source(Source(data, layout=LAYOUTS["coco"]), FORMATS[name])


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "anything.at.all"
    path.write_bytes(FILES["json"])
    np.testing.assert_array_equal(read_path(path).joints, RECORDING.joints)
    path.write_bytes(FILES["npy"])
    given = read_path(path, layout=CLIP.layout, fps=20)
    np.testing.assert_array_equal(given.joints, RECORDING.joints)
    assert given.fps == 20
    with pytest.raises(FileNotFoundError):
        read_path(tmp_path / "nothing.json")


def test_a_movement_finds_the_bones_beside_it(tmp_path: Path) -> None:
    (tmp_path / "02_01.amc").write_bytes(FILES["amc"])
    with pytest.raises(UnreadableClip):
        read_path(tmp_path / "02_01.amc")
    (tmp_path / "02.asf").write_bytes(asf())
    (tmp_path / "03.asf").write_bytes(b"another's")
    assert len(read_path(tmp_path / "02_01.amc").joints) == 4
    (tmp_path / "other.asf").write_bytes(asf())
    given = read_path(tmp_path / "02_01.amc", skeleton=tmp_path / "other.asf")
    assert len(given.joints) == 4


KINETICS = kinetics(camera(COCO_18)[:8, None, :, :2])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (text(KINETICS), "openpose"),
        (text({"label": "x", "label_index": 1, "data": KINETICS["data"]}), "openpose"),
        (text(frame()), "openpose"),
        (text(frame()) + b"\n" + text(frame()), "openpose"),
        (b" \r\n" + text([None, None, {"landmarks": None}]), "mediapipe"),
        (b"\xef\xbb\xbf" + text(poses(3)), "mediapipe"),
        (text({"action": "landmarks", "clip": {"layout": "coco", "joints": [None]}}), "json"),
        (text({"joints": [[[1, 2, 3]]], "layout": ["nose"]}), "json"),
        (text({"clip": {"joints": [], "layout": "people"}}), "json"),
    ],
)
def test_the_json_formats_are_told_apart(data: bytes, name: str) -> None:
    claims = [f.name for f in FORMATS.values() if f.looks_like(data[:65_536])]
    assert claims == [name]


def test_a_long_file_is_told_by_its_beginning() -> None:
    long = record(np.tile(CLIP.joints, (20, 1, 1, 1)), CLIP.layout)
    data = write_json(long)
    assert len(data) > 10 * 65_536
    assert find_format(None, data).name == "json"


def test_a_zip_of_something_else_is_no_npz() -> None:
    assert not FORMATS["npz"].looks_like(b"PK\3\4" + bytes(22) + b"\x08\0\0\0wave.bvh")

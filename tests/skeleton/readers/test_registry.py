"""The registry: which format a file is of, and who is believed when file and caller differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skeleton import LAYOUTS, Clip, Layout, UnreadableClip, UnusableClip, record
from skeleton.animator import animate
from skeleton.errors import UnknownFormat
from skeleton.readers import FORMATS, Source, find_format, read_path, read_source, source_of
from skeleton.writers import write_json, write_npy, write_npz
from tests.fuzz.cases import good_cases
from tests.skeleton.readers.mocap_files import ASF, amc, amc_frame
from tests.skeleton.readers.pose_files import (
    COCO_18,
    camera,
    frame,
    kinetics,
    poses,
    text,
)

CLIP = animate("wave")
RECORDING = record(CLIP.joints[:8], CLIP.layout, fps=CLIP.fps)
FILES = {name: cases[-1] for name, cases in good_cases().items()}


@pytest.fixture(params=sorted(FILES))
def good(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A format's name, and a good file of it."""
    return request.param, FILES[request.param].data


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
        find_format("fbx", FILES["bvh"].data)
    assert all(name in str(refusal.value) for name in FORMATS)


def test_every_good_file_is_read(good: tuple[str, bytes]) -> None:
    name, data = good
    layout = None if FORMATS[name].names_joints else CLIP.layout
    source = Source(data, "", FILES[name].skeleton, layout)
    clip = read_source(source, FORMATS[name]).clip(flat=True)
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


def test_what_the_caller_says_is_not_remarked_on() -> None:
    source = Source(amc(amc_frame(1), amc_frame(2)).encode(), skeleton=ASF.encode())

    def codes(**said: Any) -> set[str]:
        remarks = read_source(source, FORMATS["amc"], **said).remarks
        return {remark.partition(":")[0] for remark in remarks}

    assert "fps_assumed" in codes()
    assert "fps_assumed" not in codes(fps=60)


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
    path.write_bytes(write_json(RECORDING))
    np.testing.assert_array_equal(read_path(path).joints, RECORDING.joints)
    path.write_bytes(write_npy(RECORDING))
    given = read_path(path, layout=CLIP.layout, fps=20)
    np.testing.assert_array_equal(given.joints, RECORDING.joints)
    assert given.fps == 20
    with pytest.raises(FileNotFoundError):
        read_path(tmp_path / "nothing.json")


def test_a_file_is_read_with_the_callers_own_layouts(tmp_path: Path) -> None:
    own = Layout("mine", CLIP.layout.joints, CLIP.layout.parents, "x,z,-y")
    path = tmp_path / "wave.json"
    path.write_bytes(write_json(RECORDING).replace(b'"kinect_v2"', b'"mine"'))
    with pytest.raises(UnusableClip, match="unknown layout 'mine'"):
        read_path(path)
    known = {**LAYOUTS, "mine": own}
    assert read_path(path, layouts=known).layout is own
    source, found = source_of(path, layouts=known)
    assert (found.name, source.name, source.layouts) == ("json", "wave.json", known)


def test_a_movement_finds_the_bones_beside_it(tmp_path: Path) -> None:
    (tmp_path / "02_01.amc").write_bytes(FILES["amc"].data)
    with pytest.raises(UnreadableClip):
        read_path(tmp_path / "02_01.amc")
    (tmp_path / "02.asf").write_bytes(ASF.encode())
    (tmp_path / "03.asf").write_bytes(b"another's")
    assert len(read_path(tmp_path / "02_01.amc").joints) == 8
    (tmp_path / "other.asf").write_bytes(ASF.encode())
    given = read_path(tmp_path / "02_01.amc", skeleton=tmp_path / "other.asf")
    assert len(given.joints) == 8


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

"""Text of MSR-Action3D and KARD: told apart by the numbers in a row, equal to their archives."""

from __future__ import annotations

import numpy as np
import pytest

from skeleton import Archive, UnreadableClip, UnusableClip
from skeleton.errors import NothingToSee
from skeleton.readers import read_path
from skeleton.readers.msr_action3d import LAYOUT
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.sensor_files import (
    clip_of,
    good_files,
    kard,
    msr_action3d,
    performed,
    read,
)
from training.data_folder import archive_path, data_folder

CLAP = performed("clap", layout=LAYOUT)
GOOD = msr_action3d(CLAP[:6]).decode().splitlines()


@pytest.mark.real_data
def test_a_file_of_the_set_equals_its_clip_in_the_archive() -> None:
    path = data_folder() / "originals" / "msraction3d_a01_s01_e01_skeleton3D.txt"
    archive = Archive.open(archive_path("msraction3d"))
    expected = archive.clip(archive.clip_names.index("a01_s01_e01_skeleton3D"))
    clip = read_path(path).clip()
    assert clip.layout.joints == expected.layout.joints
    assert (clip.fps, clip.warnings) == (15, ())
    # The archive's integers are steps of a quarter of a millimetre.
    np.testing.assert_allclose(clip.joints, expected.joints, rtol=0, atol=archive.scale * 0.51)


def test_joints_come_out_as_they_were_written() -> None:
    clip = clip_of(msr_action3d(CLAP))
    assert (clip.layout, clip.fps) == (LAYOUT, 15)
    np.testing.assert_allclose(clip.joints[:, 0], CLAP, atol=1e-6)


def test_a_joint_of_no_confidence_keeps_its_position() -> None:
    np.testing.assert_allclose(clip_of(msr_action3d(CLAP, 0.0)).joints[:, 0], CLAP, atol=1e-6)


def test_a_joint_in_the_origin_is_unseen() -> None:
    joints = CLAP.copy()
    joints[2, 5] = joints[3] = 0
    clip = clip_of(msr_action3d(joints))
    unseen = np.isnan(clip.joints[:, 0]).any(axis=-1)
    assert unseen[2, 5]
    assert unseen[3].all()
    assert unseen.sum() == 1 + len(LAYOUT)


def test_blank_lines_between_the_frames_do_not_matter() -> None:
    rows = [line + ("\r\n\r\n" if i % 20 == 19 else "\r\n") for i, line in enumerate(GOOD)]
    np.testing.assert_allclose(clip_of("".join(rows).encode()).joints[:, 0], CLAP[:6], atol=1e-6)


def test_pixels_are_refused() -> None:
    with pytest.raises(UnusableClip, match="pixels of the image; take those with skeleton3D"):
        read("txt", msr_action3d(CLAP * 200))


@pytest.mark.parametrize("data", [b"", b"\n\n \n"])
def test_an_empty_file_says_so(data: bytes) -> None:
    with pytest.raises(NothingToSee, match="the file is empty"):
        read("txt", data)


def changed(line: int, text: str) -> bytes:
    return "\n".join([*GOOD[: line - 1], text, *GOOD[line:]]).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("\n".join(GOOD[:-1]).encode(), "line 119: the file ends within a frame: 119 rows"),
        (kard(CLAP[:, :15])[:-30], "line 1[0-9]*: .* expected, not|ends within a frame"),
        (changed(7, "1 2 3"), "line 7: 4 numbers are expected, but there are 3"),
        (changed(7, "1 2 3 4 5"), "line 7: 4 numbers are expected, but there are 5"),
        (changed(7, "1 2 up 4"), "line 7: 'up' is not a number"),
        (changed(7, "1 2 1_0 4"), "line 7: '1_0' is not a number"),
        (changed(1, "1 2"), r"line 1: a row is x y z confidence \(MSR-Action3D, 20 rows a frame\)"),
        (changed(1, "1 " * 9), "line 1: .* not more than 4$"),
        (
            b"1 2 3\n" + b"x" * 10_000_000,
            "line 2: 3 numbers .* has 10000000 characters",
        ),
        (b"\0" * 100, "not text"),
        (b"\x93NUMPY\xff\xfe garbage", "line 1: .*not 2 values"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_malformed_is_refused_with_the_line(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says) as refusal:
        read("txt", data)
    assert len(str(refusal.value)) < 300


def test_a_file_of_hours_is_refused() -> None:
    with pytest.raises(UnusableClip, match="a clip is one action"):
        read("txt", b"0 1 2\n" * 800_000)


def test_infinite_and_huge_numbers_are_refused_as_coordinates() -> None:
    with pytest.raises(UnusableClip, match="coordinate is infinite"):
        clip_of(changed(7, "1 1e400 3 1"))


def test_no_damage_makes_it_fail_otherwise_than_by_a_refusal() -> None:
    outcomes = endures("txt", damaged(good_files()["txt"], seed=3, cases=6000))
    assert min(outcomes.values()) > 100

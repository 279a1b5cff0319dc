"""Files that the animator writes and the readers read, neither knowing the other: what comes back
is the clip that was written, to the format's rounding."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import scipy.io
from numpy.typing import NDArray

from skeleton import LAYOUTS, Clip, Recording
from skeleton.animator import ACTIONS, animate
from skeleton.animator.acclaim import ACCLAIM, as_asf_amc
from skeleton.animator.files import (
    KARD_ROWS,
    MSR_ROWS,
    UTD_MHAD_ROWS,
    as_kard_text,
    as_kinect_csv,
    as_kinetics,
    as_mat,
    as_mediapipe,
    as_msr_text,
    as_ntu,
    as_openpose,
)
from skeleton.readers import FORMATS, Source, find_format, read_source
from training.data_folder import data_folder

Writer = Callable[[Clip], bytes]
Joints = NDArray[np.float64]

WRITERS: dict[str, tuple[Writer, str, float | None]] = {
    "skeleton": (as_ntu, "kinect_v2", 30),
    "csv of v1": (as_kinect_csv, "kinect_v1", 20),
    "csv of v2": (as_kinect_csv, "kinect_v2", 20),
    "msr": (as_msr_text, "kinect_v1", 15),
    "kard": (as_kard_text, "openni", 30),
    "mat": (as_mat, "kinect_v1", 30),
    "mediapipe": (as_mediapipe, "mediapipe", 20),
    "openpose 18": (as_openpose, "openpose18", None),
    "openpose 25": (as_openpose, "openpose25", None),
    "kinetics": (as_kinetics, "openpose18", 30),
}
IN_METRES = ("skeleton", "csv of v1", "csv of v2", "msr", "kard", "mat")
ROUNDING = 0.00006  # metres: the tenth of a millimetre, and float32


def performed(layout: str, **how: float) -> Clip:
    return animate("throw", seed=4, fps=20, layout=layout, yaw=20, **how)


def read(data: bytes) -> Recording:
    """As a file whose format nobody names."""
    return read_source(Source(data), find_format(None, data))


def by_name(joints: NDArray[np.float32], clip: Recording | Clip, names: tuple[str, ...]) -> Joints:
    return joints[..., [clip.layout.index[name] for name in names], :].astype(np.float64)


def from_the_front(clip: Clip, names: tuple[str, ...]) -> Joints:
    """As a Kinect has it: its x to its own left, its z away, from 1.2 metres above the floor."""
    joints = by_name(clip.joints, clip, names)
    return (joints - (0, 1.2, 0)) * (-1, 1, -1)


def same(one: Joints, other: Joints, within: float) -> bool:
    return np.allclose(one, other, rtol=0, atol=within, equal_nan=True)


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("name", IN_METRES)
def test_a_sensors_file_gives_the_clip_back(name: str, missing: float) -> None:
    write, layout, fps = WRITERS[name]
    clip = performed(layout, missing=missing)
    recording = read(write(clip))
    found = recording.clip()
    names = found.layout.joints
    assert sorted(names) == sorted(clip.layout.joints)
    assert same(by_name(found.joints, found, names), from_the_front(clip, names), ROUNDING)
    assert recording.fps == fps


def test_mediapipe_gives_the_clip_back_around_the_hips() -> None:
    clip = performed("mediapipe")
    recording = read(as_mediapipe(clip))
    assert (recording.layout, recording.fps) == (LAYOUTS["mediapipe"], 20)
    hips = by_name(clip.joints, clip, ("left_hip", "right_hip")).mean(axis=2, keepdims=True)
    assert same(recording.clip().joints, clip.joints - hips, ROUNDING)


def test_mediapipe_gives_back_what_was_seen_where_the_hips_were_not() -> None:
    clip = performed("mediapipe", missing=0.2)
    found = read(as_mediapipe(clip)).clip()
    np.testing.assert_array_equal(np.isnan(found.joints), np.isnan(clip.joints))
    # A guess at the hips moves all of a frame's joints alike.
    moved = (found.joints - clip.joints.astype(np.float64))[:, 0]
    assert (np.nanmax(moved, axis=1) - np.nanmin(moved, axis=1)).max() < 2 * ROUNDING


@pytest.mark.parametrize("name", ["openpose 18", "openpose 25"])
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_openpose_gives_the_picture_back(name: str, missing: float) -> None:
    write, layout, _ = WRITERS[name]
    clip = performed(layout, missing=missing)
    recording = read(write(clip))
    assert recording.layout == LAYOUTS[layout]
    x, y, z = np.moveaxis(clip.joints.astype(np.float64), -1, 0)
    picture = np.stack([640 + 900 * x / -z, 360 - 900 * (y - 1.2) / -z, 0 * x], axis=-1)
    assert same(recording.joints, picture, 0.03)


def test_kinetics_gives_the_picture_back_in_shares() -> None:
    clip = performed("openpose18", missing=0.1)
    recording = read(as_kinetics(clip))
    x, y, z = np.moveaxis(clip.joints.astype(np.float64), -1, 0)
    shares = np.stack([0.5 + 300 * x / -z / 340, 0.5 - 300 * (y - 1.2) / -z / 256, 0 * x], axis=-1)
    assert same(recording.joints, shares, 0.0006)
    assert recording.fps == 30


@pytest.mark.parametrize("action", ACTIONS)
def test_asf_and_amc_give_the_movement_back(action: str) -> None:
    clip = animate(action, seed=3, layout=ACCLAIM, yaw=130, body="tall")
    bones, motion = as_asf_amc(clip)
    amc = FORMATS["amc"]
    recording = read_source(Source(motion, "a.amc", bones), amc, fps=30)
    names = recording.layout.joints
    assert set(names) == set(ACCLAIM.joints)
    assert same(recording.joints, by_name(clip.joints, clip, names), 0.00001)


def test_two_people_come_back_from_the_formats_that_hold_them() -> None:
    for name in ("skeleton", "openpose 25", "kinetics"):
        write, layout, _ = WRITERS[name]
        left, right = animate("wave", layout=layout, seed=1), animate("kick", layout=layout, seed=2)
        frames = min(len(left.joints), len(right.joints))
        apart = np.array([0.7, 0, 0], dtype=np.float32)
        pair = [left.joints[:frames] - apart, right.joints[:frames] + apart]
        pair[1][:5] = np.nan  # comes in later
        both = Clip(np.concatenate(pair, axis=1), left.layout, 30)
        found = read(write(both)).joints
        assert found.shape == both.joints.shape
        alone = [read(write(Clip(one, left.layout, 30))).joints for one in pair]
        assert same(found, np.concatenate(alone, axis=1), 1e-6)


@pytest.mark.parametrize("name", WRITERS)
def test_the_person_faces_the_sensor_with_the_left_hand_on_its_own_left(name: str) -> None:
    """Turned into the project's axes, every format shows the same, unmirrored person."""
    write, layout, _ = WRITERS[name]
    clip = read(write(animate("wave", seed=3, layout=layout))).clip(flat=True)
    left, right, head, foot = (
        by_name(clip.joints, clip, (joint,))[:, 0, 0].mean(axis=0)
        for joint in ("left_shoulder", "right_shoulder", "nose" if "nose" in clip.layout.index
                      else "head", "left_knee")
    )  # fmt: skip
    assert head[1] > foot[1]
    if name in IN_METRES:
        assert left[0] < right[0]
        assert 2 < abs(head[2]) < 4
    else:
        assert left[0] > right[0]


def test_matlabs_own_reader_finds_the_matrix() -> None:
    clip = performed("kinect_v1")
    variables = scipy.io.loadmat(BytesIO(as_mat(clip)))
    matrix = variables["d_skel"]
    assert (matrix.shape, matrix.dtype) == ((20, 3, len(clip.joints)), np.float64)
    expected = from_the_front(clip, UTD_MHAD_ROWS)[:, 0].transpose(1, 2, 0)
    assert same(matrix, expected, ROUNDING)


@pytest.mark.parametrize("name", WRITERS)
def test_a_clip_in_another_layout_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"layout|takes clips in"):
        WRITERS[name][0](animate("wave", layout="coco"))


def test_bones_are_refused_where_a_joint_is_unseen() -> None:
    with pytest.raises(ValueError, match="every joint seen"):
        as_asf_amc(animate("wave", layout=ACCLAIM, missing=0.01))


@pytest.mark.real_data
def test_the_files_look_like_the_published_ones() -> None:
    """As many numbers in a row, as many rows a frame, the same joints in them, the same axes."""
    folder = data_folder() / "originals"
    msr, kard = (
        (folder / "msraction3d_a01_s01_e01_skeleton3D.txt").read_bytes(),
        (folder / "kard_a02_s02_e02_realworld.txt").read_bytes(),
    )
    made = animate("wave", layout="kinect_v1"), animate("wave", layout="openni")
    for real, ours, columns, rows, left in (
        (msr, as_msr_text(made[0]), 4, MSR_ROWS, -1),
        (kard, as_kard_text(made[1]), 3, KARD_ROWS, 1),  # KARD's x is the picture's
    ):
        for text in (real, ours):
            frames = np.loadtxt(BytesIO(text)).reshape(-1, len(rows), columns)
            place = dict(zip(rows, np.median(frames, axis=0)[:, :3], strict=True))
            for upper, lower in (("head", "neck"), ("neck", "spine"), ("spine", "left_foot")):
                assert place[upper][1] > place[lower][1]
            for part in ("shoulder", "hip"):
                across = (place[f"left_{part}"] - place[f"right_{part}"]) * left
                assert across[0] > 3 * np.abs(across[1:]).max()
            assert frames[..., 2].min() > 0
    header = (folder / "kindergator_p565_03_wave_your_hand.csv").read_text().partition("\n")[0]
    assert header.startswith(as_kinect_csv(made[0]).decode().partition("\n")[0])


def test_json_files_are_strict_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for write, layout in ((as_mediapipe, "mediapipe"), (as_kinetics, "openpose18")):
        json.loads(write(performed(layout, missing=0.2)), parse_constant=refuse)
    for line in as_openpose(performed("openpose25", missing=0.2)).splitlines():
        assert json.loads(line, parse_constant=refuse)["version"] == 1.3

"""Writing BVH: what is written is read again as it was, and means the same to other tools."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from skeleton import LAYOUTS, Layout, Recording, custom_layout, mapping, record
from skeleton.errors import FlatData, NothingToSee, UnknownPerson
from skeleton.joint_names import BODY
from skeleton.readers.bvh import BVH
from skeleton.readers.format import Source
from skeleton.readers.registry import read_source
from skeleton.writers.bvh import write_bvh
from skeleton.writers.rest_pose import REST_POSE


def moving(layout: Layout, frames: int = 7, seed: int = 0) -> NDArray[np.float32]:
    """A body of 1.75 m whose joints all move by themselves, `(T, 1, V, 3)`."""
    noise = np.random.default_rng(seed).normal(scale=0.02, size=(frames, 1, len(layout), 3))
    path = np.linspace(0, 1, frames)[:, None, None, None] * [3.0, 0.0, -1.0]
    body = np.array([REST_POSE[joint] for joint in layout.joints])
    return (body + noise.cumsum(axis=0) + path).astype(np.float32)


def again(recording: Recording) -> Recording:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_source(Source(write_bvh(recording)), BVH)


def in_order(recording: Recording, layout: Layout) -> NDArray[np.float32]:
    order = [recording.layout.index[joint] for joint in layout.joints]
    return recording.clip().joints[:, 0, order]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_read_again_as_it_was(name: str) -> None:
    layout = LAYOUTS[name]
    joints = moving(layout)
    recording = record(joints, layout, fps=25, axes="x,y,z")
    back = again(recording)
    assert set(back.layout.joints) == set(layout.joints)
    assert back.fps == 25
    np.testing.assert_allclose(in_order(back, layout), joints[:, 0], atol=2e-6)


@settings(deadline=None, max_examples=150)
@given(st.sets(st.sampled_from(sorted(BODY)), min_size=6), st.integers(0, 10))
def test_any_joints_are_read_again_as_they_were(names: set[str], seed: int) -> None:
    layout = custom_layout(sorted(names))
    joints = moving(layout, 4, seed)
    back = again(record(joints, layout, fps=30))
    assert set(back.layout.joints) == names
    # The unit is guessed from limbs and trunk; where there are neither it may be another.
    if {"left_knee", "left_ankle"} <= names:
        np.testing.assert_allclose(in_order(back, layout), joints[:, 0], atol=2e-6)


def test_axes_are_the_projects() -> None:
    layout = LAYOUTS["body16"]
    joints = moving(layout)
    turned = joints[..., [0, 2, 1]] * np.float32([1, -1, 1])  # z up
    back = again(record(turned, layout, fps=30, axes="x,z,-y"))
    np.testing.assert_allclose(in_order(back, layout), joints[:, 0], atol=2e-6)


@pytest.mark.parametrize("fps", [5.0, 15.0, 23.976, 29.97, 59.94, 120.0, 240.0])
def test_the_frame_rate_stays(fps: float) -> None:
    layout = LAYOUTS["body16"]
    back = again(record(moving(layout), layout, fps=fps))
    assert back.fps == pytest.approx(fps, rel=2e-3)


def without_positions(data: bytes) -> bytes:
    """The file as a tool sees it that takes the root's position alone."""
    text = data.decode()
    head, _, body = text.partition("Frame Time")
    six = "CHANNELS 6 Xposition Yposition Zposition"
    first, rest = head.split(six, 1)
    head = first + six + rest.replace(six, "CHANNELS 3")
    time, *rows = body.strip("\n").split("\n")
    kept = []
    for row in rows:
        numbers = row.split()
        numbers = numbers[:6] + [n for i, n in enumerate(numbers[6:]) if i % 6 >= 3]
        kept.append(" ".join(numbers))
    return "\n".join([head + "Frame Time" + time, *kept]).encode()


def test_rotations_alone_show_the_pose() -> None:
    """A rigid body bends its joints: from rotations and constant bones it is the same."""
    layout = custom_layout(
        ["pelvis", "spine", "neck", "head", "left_shoulder", "left_elbow", "left_wrist",
         "right_shoulder", "right_elbow", "right_wrist", "left_hip", "left_knee", "left_ankle",
         "right_hip", "right_knee", "right_ankle"]
    )  # fmt: skip
    rest = np.array([REST_POSE[joint] for joint in layout.joints])
    joints = np.repeat(rest[None], 9, axis=0)
    at = layout.index
    for frame in range(9):
        bend = np.radians(frame * 20)  # past straight up, down to 160 degrees
        joints[frame, at["left_elbow"]] = joints[frame, at["left_shoulder"]] + [
            0, 0.29 * np.sin(bend), 0.29 * np.cos(bend)
        ]  # fmt: skip
        joints[frame, at["left_wrist"]] = joints[frame, at["left_elbow"]] + [0, 0.25, 0]
        joints[frame] += [0.1 * frame, 0, 0]
    recording = record(joints, layout, fps=30)
    seen = read_source(Source(without_positions(write_bvh(recording))), BVH)
    np.testing.assert_allclose(in_order(seen, layout), joints, atol=2e-5)


def test_bones_are_called_as_animation_tools_call_them() -> None:
    text = write_bvh(record(moving(LAYOUTS["smpl"]), LAYOUTS["smpl"], fps=30)).decode()
    names = re.findall(r"(?:ROOT|JOINT) (\S+)", text)
    assert names[0] == "Hips"
    assert {"LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand", "RightUpLeg", "RightLeg",
            "RightFoot", "RightToeBase", "Neck", "Head"} <= set(names)  # fmt: skip
    assert len(names) == 24


def test_a_joint_that_is_unseen_for_a_while_moves_straight_and_one_never_seen_is_left_out() -> None:
    layout = LAYOUTS["body16"]
    joints = moving(layout, 9)
    wrist, knee = layout.index["left_wrist"], layout.index["left_knee"]
    joints[:2, 0, wrist] = np.nan
    joints[4:7, 0, wrist] = np.nan
    joints[:, 0, knee] = np.nan
    back = again(record(joints, layout, fps=30))
    assert set(back.layout.joints) == set(layout.joints) - {"left_knee"}
    path = back.clip().joints[:, 0, back.layout.index["left_wrist"]]
    seen = joints[:, 0, wrist]
    np.testing.assert_allclose(path[0], seen[2], atol=2e-6)
    np.testing.assert_allclose(path[5], (seen[3] + seen[7]) / 2, atol=2e-6)


def test_the_person_who_was_chosen_or_who_moves_most_is_written() -> None:
    layout = LAYOUTS["body16"]
    still = np.repeat(moving(layout, 1), 7, axis=0)
    two = np.concatenate([still, moving(layout)], axis=1)
    for person, expected in ((None, two[:, 1]), (0, two[:, 0]), (1, two[:, 1])):
        back = again(record(two, layout, fps=30, person=person))
        np.testing.assert_allclose(in_order(back, layout), expected, atol=2e-6)
    with pytest.raises(UnknownPerson):
        write_bvh(record(two, layout, fps=30, person=2))


def test_what_cannot_be_written_is_refused() -> None:
    layout = LAYOUTS["body16"]
    with pytest.raises(NothingToSee):
        write_bvh(record(np.full((3, 16, 3), np.nan), layout))
    with pytest.raises(FlatData):
        write_bvh(record(moving(layout) * np.float32([1, 1, 0]), layout))


def test_a_clip_in_any_layout_is_the_same_body_after_it_went_round() -> None:
    source, target = LAYOUTS["kinect_v2"], LAYOUTS["body16"]
    recording = record(moving(source), source, fps=30)
    back = again(recording)
    np.testing.assert_allclose(
        mapping(back.layout, target).apply(back.clip().joints),
        mapping(source, target).apply(recording.clip().joints),
        atol=2e-6,
    )


def test_every_joint_has_a_place_at_rest_of_its_own() -> None:
    assert set(REST_POSE) == set(BODY)
    assert len(set(REST_POSE.values())) == len(BODY)


def test_a_joint_of_no_known_meaning_is_written_too() -> None:
    body = ["pelvis", "neck", "head", "left_shoulder", "right_shoulder"]
    layout = custom_layout([*body, "other:Bat"])
    joints = np.random.default_rng(0).normal(size=(4, 6, 3))
    assert b"Bat" in write_bvh(record(joints, layout, fps=30))


@pytest.mark.parametrize("name", ["LeftArm", "left elbow", "a{b", "Bat 1\u00df/\u2264", "}{"])
def test_a_name_of_no_known_meaning_is_taken_for_no_joint_and_breaks_no_file(name: str) -> None:
    body = ("pelvis", "neck", "head", "right_shoulder", "right_elbow", "right_wrist")
    layout = custom_layout([*body, f"other:{name}"])
    joints = np.random.default_rng(0).normal(size=(4, 7, 3))
    assert again(record(joints, layout, fps=30)).layout.joints == body


def test_names_that_become_alike_are_numbered() -> None:
    body = ["pelvis", "neck", "head", "left_shoulder", "right_shoulder"]
    layout = custom_layout([*body, "other:a/b", "other:a:b"])
    written = write_bvh(record(np.random.default_rng(0).normal(size=(4, 7, 3)), layout, fps=30))
    assert b"a_b\n" in written
    assert b"a_b_2\n" in written


def test_a_joint_that_lies_on_its_parent_is_written_too() -> None:
    body = ("pelvis", "neck", "head", "left_shoulder", "right_shoulder")
    joints = moving(custom_layout(body))[:, 0]
    held = joints[:, 3] + np.linspace(0, 0.1, len(joints))[:, None].astype(np.float32)
    layout = Layout("held", (*body, "other:Bat"), (-1, 0, 1, 1, 1, 3))
    written = write_bvh(record(np.concatenate([joints, held[:, None]], 1), layout, fps=30))
    assert b"Bat" in written
    assert b"nan" not in written
    again = BVH.read(Source(written))
    assert again.layout.joints == body
    np.testing.assert_allclose(again.joints.reshape(joints.shape), joints, atol=1e-4)

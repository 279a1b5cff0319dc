"""Inspection: a newcomer is told what was understood, and what to send instead."""

import numpy as np
import pytest

from skeleton import LAYOUTS, Recording, custom_layout, record
from skeleton.animator import BODIES, animate
from skeleton.inspection import Inspection, inspect
from training.data_folder import archive_path

BODY16 = LAYOUTS["body16"]
# What reads as our x, y and z the data of a body that stands along another axis.
WRONG = {
    "z up": ([0, 2, 1], [1, -1, 1], "x,z,-y"),
    "z down": ([0, 2, 1], [1, 1, -1], "x,-z,y"),
    "y down": ([0, 1, 2], [1, -1, -1], "x,-y,-z"),
    "x up": ([1, 0, 2], [1, -1, 1], "-y,x,z"),
}


def inspected(recording: Recording) -> Inspection:
    return inspect(recording, "npy", BODY16, 32)


def performed(action: str = "squat", **how: object) -> Recording:
    clip = animate(action, **how)  # type: ignore[arg-type]
    return record(clip.joints, clip.layout, fps=clip.fps)


def seen_in(recording: Recording, columns: list[int], signs: list[int]) -> np.ndarray:
    return recording.joints[..., columns] * np.array(signs, dtype=np.float32)


def hint(found: Inspection) -> str | None:
    told = [warning for warning in found.warnings if warning.startswith("axes_hint: ")]
    return told[0].partition("axes=")[2].split()[0] if told else None


def test_a_joint_that_was_never_seen_is_measured_by_what_stands_in_for_it() -> None:
    """As the model sees the body."""
    clip = animate("squat", layout="kinect_v2")
    joints = clip.joints.copy()
    whole = inspected(record(joints, clip.layout, fps=clip.fps)).height
    for joint in ("neck", "left_ankle", "right_ankle"):
        joints[:, :, clip.layout.index[joint]] = np.nan
    partly = inspected(record(joints, clip.layout, fps=clip.fps)).height
    assert whole is not None
    assert partly == pytest.approx(whole, abs=0.15)


def test_it_tells_what_came_and_how_it_was_understood() -> None:
    found = inspected(performed("wave", layout="mediapipe"))
    assert (found.format, found.layout, found.axes) == ("npy", "mediapipe", "x,-y,-z")
    assert found.joints == LAYOUTS["mediapipe"].joints
    assert (found.fps, found.fps_given) == (30.0, True)
    assert found.seconds == pytest.approx(found.frames / 30)
    assert (found.persons, found.person) == (1, 0)
    assert found.usable
    assert found.reason is None
    assert found.seen == 1.0
    assert found.motion is not None
    assert found.motion > 0.3


def test_every_joint_of_the_model_is_mapped_derived_or_missing() -> None:
    joints = LAYOUTS["openni"].joints[:9]
    clip = animate("wave", layout=custom_layout(joints))
    found = inspected(record(clip.joints, clip.layout, fps=30))
    assert found.derived == {"left_wrist": ("left_hand",), "right_wrist": ("right_hand",)}
    assert "left_knee" in found.missing
    assert sorted([*found.mapped, *found.derived, *found.missing]) == sorted(BODY16.joints)
    assert found.never_seen == ()


def test_joints_that_the_layout_has_and_the_data_never_shows_are_named() -> None:
    recording = performed("wave", layout="kinect_v1")
    names = recording.layout.joints
    joints = recording.joints.copy()
    for name in ("left_knee", "right_hand", "right_wrist"):
        joints[:, :, names.index(name)] = np.nan
    found = inspected(record(joints, recording.layout, fps=30))
    assert set(found.never_seen) == {"left_knee", "right_wrist"}
    assert found.missing == ()
    assert {*found.mapped, *found.derived, *found.never_seen} == set(BODY16.joints)
    assert found.seen == pytest.approx(14 / 16, abs=0.01)


def test_an_assumed_frame_rate_is_not_a_given_one() -> None:
    found = inspected(record(animate("wave").joints, LAYOUTS["kinect_v2"]))
    assert (found.fps, found.fps_given) == (30.0, False)
    assert found.warnings[0].startswith("fps_missing")


@pytest.mark.parametrize("body", sorted(BODIES))
@pytest.mark.parametrize("layout", ["kinect_v2", "smpl", "body16"])
def test_the_height_is_the_bodys(body: str, layout: str) -> None:
    found = inspected(performed("sit_down", body=body, layout=layout))
    assert found.height == pytest.approx(BODIES[body].height, rel=0.06)


def test_the_height_of_half_a_body_is_not_known() -> None:
    joints = LAYOUTS["openni"].joints[:9]
    clip = animate("wave", layout=custom_layout(joints))
    assert inspected(record(clip.joints, clip.layout, fps=30)).height is None


@pytest.mark.parametrize("action", ["bow", "sit_down", "pick_up", "kick", "lunge", "walk"])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_who_moves_upright_is_not_told_to_change_axes(action: str, layout: str) -> None:
    clip = animate(action, layout=layout, yaw=70)
    found = inspected(record(clip.joints, clip.layout, fps=30, axes="x,y,z"))
    assert found.warnings == ()


@pytest.mark.parametrize("which", list(WRONG))
@pytest.mark.parametrize("action", ["wave", "squat", "throw"])
def test_the_hint_names_the_axes_in_which_the_body_stands(which: str, action: str) -> None:
    columns, signs, right = WRONG[which]
    clip = performed(action, yaw=30)
    data = seen_in(clip, columns, signs)
    assert hint(inspected(record(data, clip.layout, fps=30))) == right
    mended = record(data, clip.layout, fps=30, axes=right)
    assert inspected(mended).warnings == ()


def test_the_hint_keeps_left_and_right() -> None:
    clip = performed("wave")
    data = seen_in(clip, [0, 2, 1], [-1, -1, 1])  # left-handed, z up
    told = hint(inspected(record(data, clip.layout, fps=30, axes="-x,y,z")))
    assert told is not None
    upright = record(data, clip.layout, fps=30, axes=told).clip()
    turned = upright.joints - clip.joints
    assert np.allclose(turned, 0, atol=1e-4)


def test_a_flat_clip_is_refused_with_the_reason() -> None:
    flat = performed("wave").joints * np.array([1, 1, 0], dtype=np.float32)
    found = inspected(record(flat, LAYOUTS["kinect_v2"], fps=30))
    assert not found.usable
    assert found.reason is not None
    assert "two-dimensional" in found.reason
    assert (found.seen, found.motion, found.height) == (None, None, None)
    assert found.persons == 1


def test_a_clip_with_nothing_to_see_is_refused_with_the_reason() -> None:
    for empty in (np.full((4, 25, 3), np.nan), np.zeros((4, 25, 3))):
        found = inspected(record(empty, LAYOUTS["kinect_v2"], fps=30))
        assert not found.usable
        assert found.reason is not None
        assert "no joint was seen" in found.reason
        assert (found.persons, found.person) == (0, None)


def test_joints_that_the_model_does_not_know_are_refused_with_the_reason() -> None:
    found = inspected(record(np.ones((4, 1, 3)), custom_layout(["left_thumb"]), fps=30))
    assert found.reason is not None
    assert "no joint that the model knows" in found.reason


def test_of_several_persons_the_one_that_is_used_is_named() -> None:
    still = np.repeat(performed("wave").joints[:1], 20, axis=0)
    moving = performed("kick").joints[:20]
    nobody = np.full_like(still, np.nan)
    crowd = record(np.concatenate([still, nobody, moving], axis=1), LAYOUTS["kinect_v2"], fps=30)
    found = inspected(crowd)
    assert (found.persons, found.person) == (2, 2)
    assert any(warning.startswith("more_persons") for warning in found.warnings)
    chosen = Recording(crowd.joints, crowd.layout, crowd.axes, crowd.fps, person=0)
    assert inspected(chosen).person == 0
    absent = Recording(crowd.joints, crowd.layout, crowd.axes, crowd.fps, person=5)
    assert inspected(absent).person is None
    assert "person 5 is not in the clip" in str(inspected(absent).reason)


def test_remarks_of_the_reader_come_first() -> None:
    clip = animate("wave")
    remarks = ("ghosts: two bodies were left out",)
    found = inspected(record(clip.joints, clip.layout, remarks=remarks))
    assert found.warnings[0] == remarks[0]
    flat = clip.joints * np.array([1, 1, 0], dtype=np.float32)
    assert inspected(record(flat, clip.layout, remarks=remarks)).warnings == remarks


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "kard", "cmu_part", "precog16", "msraction3d"])
def test_real_people_stand_and_have_a_human_height(name: str) -> None:
    archive = np.load(archive_path(name))
    layout = custom_layout([str(joint) for joint in archive["joint_names"]])
    ends = archive["offsets"]
    for clip in np.random.default_rng(0).choice(len(ends) - 1, 20, replace=False):
        joints = archive["joints"][ends[clip] : ends[clip + 1]] * archive["scale"]
        found = inspected(record(joints, layout, fps=float(archive["fps"])))
        assert hint(found) is None
        assert found.height is not None
        assert 1.2 < found.height < 2.2

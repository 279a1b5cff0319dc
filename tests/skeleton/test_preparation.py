"""Preparation: what a model gets of a clip, and what its owner is told."""

import numpy as np
import pytest

from skeleton import LAYOUTS, PREPARATION, Clip, Prepared, prepare, resolve_layout
from skeleton.animator import animate
from skeleton.errors import NothingToSee, UnknownPerson

BODY16 = LAYOUTS["body16"]
WAVE = animate("wave", seed=0, layout="body16")


def changed(joints: np.ndarray, fps: float = 30.0) -> Clip:  # type: ignore[type-arg]
    return Clip(joints.astype(np.float32), BODY16, fps)


def codes(prepared: Prepared) -> list[str]:
    return [warning.partition(":")[0] for warning in prepared.quality.warnings]


def persons(*actions: str) -> np.ndarray:  # type: ignore[type-arg]
    """Several persons of equal length: `still` does not move."""
    found = []
    for action in actions:
        joints = animate("wave" if action == "still" else action, layout="body16").joints[:40]
        found.append(np.repeat(joints[:1], 40, axis=0) if action == "still" else joints)
    return np.concatenate(found, axis=1)


@pytest.mark.parametrize("frames", [1, 16, 32, 64])
@pytest.mark.parametrize("length", [1, 2, 5, 32, 200])
def test_every_clip_gets_the_models_frames(frames: int, length: int) -> None:
    joints = np.concatenate([WAVE.joints] * 5)[:length]
    prepared = prepare(changed(joints), BODY16, frames)
    assert prepared.joints.shape == (frames, 1, 16, 3)
    assert prepared.seen.shape == (frames, 1, 16)
    assert prepared.joints.dtype == prepared.seen.dtype == np.float32
    assert (prepared.seen == 1).all()
    assert prepared.quality.frames == length


def test_what_was_not_seen_is_zero_and_said() -> None:
    joints = WAVE.joints.copy()
    joints[:, 0, 3] = np.nan
    joints[10:40, 0, 7] = np.nan
    prepared = prepare(changed(joints), BODY16, len(joints))
    assert np.isfinite(prepared.joints).all()
    assert (prepared.joints[prepared.seen == 0] == 0).all()
    expected = 1 - np.isnan(joints).any(axis=-1)
    np.testing.assert_array_equal(prepared.seen, expected)
    assert prepared.quality.seen == pytest.approx(expected.mean())


def test_a_bridged_gap_counts_as_seen() -> None:
    joints = WAVE.joints.copy()
    joints[10:16, 0, 3] = np.nan
    assert (prepare(changed(joints, 30), BODY16, 32).seen == 1).all()
    assert (prepare(changed(joints, 15), BODY16, 32).seen == 0).any()


def test_a_derived_joint_counts_as_seen() -> None:
    clip = animate("wave", layout="openni")
    prepared = prepare(clip, BODY16, 32)
    assert (prepared.seen == 1).all()


@pytest.mark.parametrize(("unseen", "told"), [(1, []), (3, ["partly_seen"])])
def test_less_than_nine_tenths_seen_is_told_to_be_a_weak_exemplar(
    unseen: int, told: list[str]
) -> None:
    joints = WAVE.joints.copy()
    joints[:, :, -unseen:] = np.nan
    assert codes(prepare(changed(joints), BODY16, 32)) == told


def test_a_layout_that_lacks_joints_is_half_seen_and_still_taken() -> None:
    layout = resolve_layout("head,left_elbow,left_wrist,right_elbow,right_wrist")
    columns = [BODY16.index[name] for name in layout.joints]
    prepared = prepare(Clip(WAVE.joints[:, :, columns], layout, 30.0), BODY16, 32)
    assert prepared.quality.seen == pytest.approx(5 / 16)
    assert codes(prepared) == ["half_seen"]


def test_a_good_clip_gets_no_warning() -> None:
    quality = prepare(WAVE, BODY16, 32).quality
    assert quality.warnings == ()
    assert quality.seen == 1
    assert quality.seconds == pytest.approx(len(WAVE.joints) / 30)
    assert 0.3 < quality.motion < 2


def test_five_frames_are_enough_and_fewer_are_warned_of() -> None:
    pace = WAVE.joints[::8]
    assert "short" not in codes(prepare(changed(pace[:5]), BODY16, 32))
    assert "short" in codes(prepare(changed(pace[:4]), BODY16, 32))


def test_a_still_clip_is_warned_of() -> None:
    still = np.repeat(WAVE.joints[:1], 30, axis=0)
    prepared = prepare(changed(still), BODY16, 32)
    assert codes(prepared) == ["still"]
    assert prepared.quality.motion == 0


@pytest.mark.parametrize("turn", [(0, 0, -1), (2, 2, 1)])
def test_heads_below_hips_are_warned_of(turn: tuple[int, int, int]) -> None:
    joints = WAVE.joints.copy()
    if turn[2] == -1:
        joints[..., 1:] *= -1
        assert codes(prepare(changed(joints), BODY16, 32)) == ["upside_down"]
    else:
        assert codes(prepare(changed(joints), BODY16, 32)) == []


def test_millimetres_are_warned_of() -> None:
    assert codes(prepare(changed(WAVE.joints * 1000), BODY16, 32)) == ["large_units"]


@pytest.mark.parametrize("away", [3.0, 1e5])
@pytest.mark.parametrize("scale", [1, 1000])
def test_a_joint_that_is_elsewhere_for_one_frame_is_warned_of(away: float, scale: int) -> None:
    joints = WAVE.joints.copy()
    joints[20, 0, BODY16.index["left_wrist"], 0] += away
    told = prepare(changed(joints * scale), BODY16, 32).quality.warnings
    (jump,) = [warning for warning in told if warning.startswith("jump: ")]
    assert "left_wrist" in jump
    assert "from frame 19" in jump or "from frame 20" in jump


@pytest.mark.parametrize("beside", [18, 21])
def test_a_jump_beside_an_unseen_frame_is_warned_of(beside: int) -> None:
    joints = WAVE.joints.copy()
    joints[20, 0, 5, 2] -= 10
    joints[beside, 0, 5] = np.nan
    assert codes(prepare(changed(joints), BODY16, 32)) == ["jump"]


def test_the_fastest_of_people_do_not_jump() -> None:
    for action, fps in (("throw", 10.0), ("jumping_jack", 1000.0)):
        joints = animate(action, seed=3, layout="body16", speed=1.5).joints
        noise = np.random.default_rng(0).normal(0, 0.05, joints.shape)
        assert "jump" not in codes(prepare(changed(joints + noise, fps), BODY16, 32))


def test_the_person_who_moves_most_is_used_and_said() -> None:
    joints = persons("still", "jumping_jack", "still")
    prepared = prepare(changed(joints), BODY16, 40)
    np.testing.assert_array_equal(prepared.joints[:, 0], joints[:, 1])
    assert codes(prepared) == ["more_persons"]
    assert "person 1" in prepared.quality.warnings[0]


def test_a_chosen_person_is_used_without_a_warning() -> None:
    joints = persons("jumping_jack", "kick")
    prepared = prepare(changed(joints), BODY16, 40, person=1)
    np.testing.assert_array_equal(prepared.joints[:, 0], joints[:, 1])
    assert codes(prepared) == []


def test_a_person_never_seen_is_nobody() -> None:
    joints = persons("still", "jumping_jack")
    joints[:, 1] = np.nan
    prepared = prepare(changed(joints), BODY16, 40)
    np.testing.assert_array_equal(prepared.joints[:, 0], joints[:, 0])
    assert codes(prepared) == ["still"]


@pytest.mark.parametrize("person", [-1, 2, 1000])
def test_a_person_who_is_not_there_is_refused(person: int) -> None:
    with pytest.raises(UnknownPerson, match="has 2"):
        prepare(changed(persons("kick", "wave")), BODY16, 32, person=person)


@pytest.mark.parametrize("joint", ["left_wrist", "right_ankle", "pelvis", "neck", "left_elbow"])
@pytest.mark.parametrize("layout", ["kinect_v2", "kinect_v1", "body16"])
def test_a_joint_that_the_clip_never_shows_is_as_good_as_lacking(layout: str, joint: str) -> None:
    """Its nearest stands in, as where the layout does not tell it."""
    clip = animate("wave", seed=1, layout=layout)
    at = clip.layout.index[joint]
    joints = clip.joints.copy()
    joints[:, :, at] = np.nan
    never = prepare(Clip(joints, clip.layout, clip.fps), BODY16, 40)
    names = [name for name in clip.layout.joints if name != joint]
    lacking = Clip(np.delete(joints, at, axis=2), resolve_layout(names), clip.fps)
    without = prepare(lacking, BODY16, 40)
    np.testing.assert_array_equal(never.joints, without.joints)
    np.testing.assert_array_equal(never.seen, without.seen)


def test_a_joint_that_is_unseen_for_a_while_has_no_stand_in() -> None:
    clip = animate("wave", seed=1, layout="kinect_v2")
    joints = clip.joints.copy()
    joints[10:-1, :, clip.layout.index["left_wrist"]] = np.nan
    prepared = prepare(Clip(joints, clip.layout, clip.fps), BODY16, len(joints))
    assert prepared.seen[10:-1, 0, BODY16.index["left_wrist"]].max() == 0


def test_nothing_to_see_is_refused() -> None:
    layout = resolve_layout("left_eye,nose,left_thumb")
    joints = np.random.default_rng(0).normal(size=(9, 1, 3, 3)).astype(np.float32)
    joints[:, :, 1] = np.nan
    with pytest.raises(NothingToSee, match="head"):
        prepare(Clip(joints, layout, 30.0), resolve_layout("left_elbow,head"), 32)
    with pytest.raises(NothingToSee):
        prepare(changed(np.full((9, 1, 16, 3), np.nan)), BODY16, 32)


def test_the_clip_is_never_changed() -> None:
    joints = WAVE.joints.copy()
    joints[10:13, 0, 4] = np.nan
    before = joints.copy()
    prepare(changed(joints), BODY16, len(joints))
    np.testing.assert_array_equal(joints, before)


def test_preparation_has_a_version() -> None:
    assert isinstance(PREPARATION, int)
    assert PREPARATION >= 1

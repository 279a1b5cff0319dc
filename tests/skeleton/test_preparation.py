"""Preparation: what a model gets of a clip, and what its owner is told."""

from dataclasses import replace

import numpy as np
import pytest

from skeleton import LAYOUTS, PREPARATION, Clip, Prepared, prepare, resolve_layout
from skeleton.animator import animate
from skeleton.axes import parse_axes
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


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        ("x,y,z", []), ("x,z,-y", ["lying"]), ("x,-z,y", ["upside_down"]), ("-y,x,z", ["lying"]),
        ("x,-y,-z", ["upside_down"]),
    ],
)  # fmt: skip
def test_a_body_that_lies_is_warned_of_as_of_wrong_axes(turn: str, told: list[str]) -> None:
    # People lean forward a little: turned the one way their heads come to lie below their hips.
    joints = parse_axes(turn).apply(WAVE.joints)
    assert codes(prepare(changed(joints), BODY16, 32)) == told


def test_joints_at_the_origin_are_warned_of_unless_it_is_one_that_the_others_are_told_from() -> (
    None
):
    pelvis = BODY16.index["pelvis"]
    joints = WAVE.joints - WAVE.joints[:, :, pelvis, None]
    assert codes(prepare(changed(joints), BODY16, 32)) == []
    joints[2:4, :, 5:8] = 0
    told = [w for w in prepare(changed(joints), BODY16, 32).quality.warnings if "at_origin" in w]
    assert told[0].startswith(f"at_origin: in 2 of {len(joints)} frames ")
    nobody = np.full_like(joints, np.nan)
    one_of_two = np.concatenate([WAVE.joints, np.where(joints == 0, joints, nobody)], axis=1)
    assert "at_origin" not in codes(prepare(changed(one_of_two), BODY16, 32, person=0))


def test_joints_of_a_file_of_bones_may_coincide_at_the_origin() -> None:
    joints = WAVE.joints - WAVE.joints[:, :, BODY16.index["pelvis"], None]
    joints[:, :, BODY16.index["left_hip"]] = 0
    clip = replace(changed(joints), warnings=("joints_coincide: pelvis and left_hip",))
    assert "at_origin" in codes(prepare(changed(joints), BODY16, 32))
    assert "at_origin" not in codes(prepare(clip, BODY16, 32))


def test_millimetres_are_warned_of() -> None:
    assert codes(prepare(changed(WAVE.joints * 1000), BODY16, 32)) == ["large_units"]


def test_a_wrong_order_of_joints_is_told_beside_wrong_axes() -> None:
    joints = animate("wave", layout="h36m").joints
    (told,) = prepare(Clip(joints, LAYOUTS["coco"], 30.0), BODY16, 32).quality.warnings
    assert told.startswith("upside_down: ")
    assert "axes=" in told
    assert "layout= names your joints in their order" in told


@pytest.mark.parametrize("action", ["wave", "kick", "squat"])
@pytest.mark.parametrize("divisor", [5, 100, 1000])
def test_a_body_too_small_for_a_person_is_warned_of_and_not_called_still(
    action: str, divisor: float
) -> None:
    joints = animate(action, seed=1, layout="body16").joints / divisor
    assert codes(prepare(changed(joints), BODY16, 32)) == ["small_units"]
    joints[..., 1:] *= -1
    assert codes(prepare(changed(joints), BODY16, 32)) == ["small_units", "upside_down"]


def test_the_smallest_of_people_are_not_too_small() -> None:
    newborn = WAVE.joints * np.float32(0.3)  # half a metre
    assert codes(prepare(changed(newborn), BODY16, 32)) == []


def test_a_head_named_beside_the_hips_makes_no_body_small() -> None:
    joints = WAVE.joints.copy()
    joints[:, :, BODY16.index["head"]] = joints[:, :, BODY16.index["left_hip"]]
    assert "small_units" not in codes(prepare(changed(joints), BODY16, 32))


@pytest.mark.parametrize(("divisor", "told"), [(1, "still"), (1000, "small_units")])
def test_a_body_without_hips_is_too_small_where_all_of_it_is_in_one_place(
    divisor: float, told: str
) -> None:
    names = ["head", "neck", "left_shoulder", "right_shoulder"]
    joints = np.repeat(WAVE.joints[:1], 30, axis=0)[:, :, [BODY16.index[name] for name in names]]
    prepared = prepare(Clip(joints / np.float32(divisor), resolve_layout(names), 30.0), BODY16, 32)
    assert codes(prepared) == [told, "half_seen"]


def test_one_still_hand_is_no_small_body() -> None:
    joints = np.repeat(WAVE.joints[:1, :, :3], 30, axis=0) / np.float32(100)
    prepared = prepare(Clip(joints, resolve_layout("left_wrist,left_hand,left_thumb"), 30.0),
                       BODY16, 32)  # fmt: skip
    assert codes(prepared) == ["still", "half_seen"]


@pytest.mark.parametrize(("seconds", "told"), [(29, []), (31, ["long"]), (224, ["long"])])
def test_a_clip_too_long_for_one_action_is_warned_of(seconds: int, told: list[str]) -> None:
    joints = np.resize(WAVE.joints, (seconds * 30, *WAVE.joints.shape[1:]))
    assert codes(prepare(changed(joints, 30), BODY16, 32)) == told
    assert codes(prepare(changed(joints, 300), BODY16, 32)) == []


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

"""Clips and recordings: what an array must be to become one."""

import numpy as np
import pytest

from skeleton import LAYOUTS, UnusableClip, custom_layout, record
from skeleton.animator import animate
from skeleton.clip import LARGEST_COORDINATE, MOST_FRAMES
from skeleton.errors import BadShape, FlatData, NothingToSee

COCO = LAYOUTS["coco"]


def some(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(0).normal(size=shape)


def test_an_array_of_one_or_of_several_persons_becomes_a_clip() -> None:
    one = record(some(6, 17, 3), COCO, fps=25).clip()
    assert (one.joints.shape, one.joints.dtype, one.fps) == ((6, 1, 17, 3), np.float32, 25)
    assert record(some(6, 2, 17, 3), COCO).clip().joints.shape == (6, 2, 17, 3)


def test_a_recording_keeps_what_came_in() -> None:
    joints = some(6, 1, 17, 3).astype(np.float32)
    joints[2, 0, 3] = np.nan
    joints[4] = 0
    kept = record(joints, COCO, fps=25, axes="x,z,-y", person=0)
    np.testing.assert_array_equal(kept.joints, joints)
    assert (kept.axes, kept.fps, kept.person, kept.layout) == ("x,z,-y", 25, 0, COCO)


def test_a_recording_is_the_callers_no_more() -> None:
    joints = some(6, 17, 3).astype(np.float32)
    kept = record(joints, COCO)
    joints[:] = 7
    assert not (kept.joints == 7).any()


def test_a_missing_frame_rate_is_thirty_with_a_warning() -> None:
    clip = record(some(6, 17, 3), COCO).clip()
    assert clip.fps == 30
    assert [w.partition(":")[0] for w in clip.warnings] == ["fps_missing"]
    assert record(some(6, 17, 3), COCO, fps=30).clip().warnings == ()


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((17, 3), "not \\(17, 3\\)"),
        ((6,), "not \\(6\\)"),
        ((1, 1, 6, 17, 3), "\\(T, V, 3\\)"),
        ((0, 17, 3), "needs a frame"),
        ((6, 0, 17, 3), "hold nothing"),
        ((6, 16, 3), "16 joints, but the layout coco has 17"),
        ((6, 17, 4), "x, y and z"),
        ((6, 17, 1), "x, y and z"),
    ],
)
def test_a_wrong_shape_is_named(shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(BadShape, match=says):
        record(np.ones(shape), COCO)


@pytest.mark.parametrize(("columns", "joints"), [(51, 17), (75, 25), (60, 20)])
def test_rows_of_coordinates_are_told_how_to_become_joints(columns: int, joints: int) -> None:
    with pytest.raises(BadShape, match=rf"reshape to \(T, {joints}, 3\)"):
        record(np.ones((6, columns)), COCO)


@pytest.mark.parametrize("shape", [(6, 52), (6, 597), (51,), (17, 3)])
def test_rows_of_no_known_number_are_not(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadShape) as refusal:
        record(np.ones(shape), COCO)
    assert "reshape" not in str(refusal.value)


@pytest.mark.parametrize("dtype", [bool, complex, "U3", object])
def test_only_numbers_are_joints(dtype: object) -> None:
    with pytest.raises(BadShape, match="numbers"):
        record(np.ones((6, 17, 3)).astype(dtype), COCO)  # type: ignore[call-overload]


def test_two_dimensional_data_is_refused_with_the_reason() -> None:
    with pytest.raises(FlatData, match="camera"):
        record(some(6, 17, 2), COCO)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("value", [0, 2.5])
def test_a_constant_coordinate_is_two_dimensional_data(axis: int, value: float) -> None:
    joints = some(6, 1, 17, 3)
    joints[..., axis] = value
    joints[3, 0, 5] = np.nan
    with pytest.raises(FlatData, match=f"the same {'xyz'[axis]}"):
        record(joints, COCO).clip()


@pytest.mark.parametrize("axes", ["x,y,z", "x,z,-y"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_coordinate_that_no_joint_has_is_named(axis: int, axes: str) -> None:
    joints = some(6, 1, 17, 3)
    joints[..., axis] = np.nan
    with pytest.raises(FlatData, match=f"no joint has a coordinate {'xyz'[axis]} in any frame"):
        record(joints, COCO, axes=axes).clip()


@pytest.mark.parametrize("layout", ["coco", "openpose18", "openpose25"])
@pytest.mark.parametrize("size", [1, 640])
def test_key_points_with_a_confidence_are_two_dimensional_data(layout: str, size: int) -> None:
    points = np.random.default_rng(0).uniform(0.01, 0.99, (6, len(LAYOUTS[layout]), 3))
    points *= (size, size, 1)
    points[2, 3] = np.nan
    for same in (LAYOUTS[layout], custom_layout(LAYOUTS[layout].joints)):
        with pytest.raises(FlatData, match="as a confidence does"):
            record(points, same).clip()


def test_a_body_between_0_and_1_metre_away_is_no_confidence() -> None:
    joints = animate("wave", layout="coco").joints
    joints = joints - joints.min(axis=(0, 1, 2)) + np.float32(0.001)  # every axis from nought
    joints[..., 2] *= np.float32(0.9) / joints[..., 2].max()
    record(joints, COCO).clip()


def test_a_person_who_stands_still_is_not_two_dimensional() -> None:
    record(np.repeat(some(1, 17, 3), 6, axis=0), COCO).clip()


@pytest.mark.parametrize("value", [np.nan, 0])
@pytest.mark.parametrize("of_one", [np.nan, 0])
def test_a_clip_with_nothing_to_see_is_refused(value: float, of_one: float) -> None:
    joints = np.full((6, 17, 3), value, dtype=np.float32)
    joints[:, 5] = of_one
    with pytest.raises(NothingToSee, match="no joint"):
        record(joints, COCO).clip()


@pytest.mark.parametrize("of_one", [0, np.nan])
def test_a_frame_of_zeros_is_an_unseen_person_and_not_one_at_the_origin(of_one: float) -> None:
    joints = some(6, 2, 17, 3)
    joints[2, 1] = 0
    joints[2, 1, 5] = of_one
    joints[4, 0, 3] = 0
    clip = record(joints, COCO).clip()
    assert np.isnan(clip.joints[2, 1]).all()
    assert (clip.joints[4, 0, 3] == 0).all()
    assert np.isnan(clip.joints).sum() == 17 * 3


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, LARGEST_COORDINATE * 1.01, -1e20])
@pytest.mark.parametrize("beside", [0.0, np.nan])
def test_a_coordinate_that_is_no_bodys_is_refused(value: float, beside: float) -> None:
    joints = some(6, 17, 3)
    joints[0, 0] = beside
    joints[3, 4, 1] = value
    with pytest.raises(BadShape, match="coordinate"):
        record(joints, COCO)


@pytest.mark.parametrize("fps", [0, -30, 0.5, 1001, float("nan"), float("inf")])
def test_a_frame_rate_out_of_range_is_refused(fps: float) -> None:
    with pytest.raises(BadShape, match="fps"):
        record(some(6, 17, 3), COCO, fps=fps)


def test_whatever_is_wrong_is_an_unusable_clip() -> None:
    for error in (BadShape, FlatData, NothingToSee):
        assert issubclass(error, UnusableClip)


def test_more_frames_than_any_action_has_are_refused() -> None:
    one_joint = np.zeros((MOST_FRAMES + 1, 1, 3), dtype=np.float16)
    with pytest.raises(BadShape, match="cut it"):
        record(one_joint, LAYOUTS["coco"])

"""Time: short gaps are bridged, the whole clip is resampled."""

import numpy as np
import pytest
from numpy.typing import NDArray

from skeleton.resampling import bridge_gaps, resample


def line(frames: int, joints: int = 2) -> NDArray[np.float32]:
    """A movement at constant speed: x is the frame's number."""
    out = np.zeros((frames, joints, 3), dtype=np.float32)
    out[..., 0] = np.arange(frames)[:, None]
    return out


def gap(frames: int, start: int, length: int) -> NDArray[np.float32]:
    joints = line(frames)
    joints[start : start + length, 0] = np.nan
    return joints


@pytest.mark.parametrize("frames", [1, 2, 5, 31, 32, 33, 64, 300])
def test_a_clip_is_resampled_over_its_whole_length_linearly_in_time(frames: int) -> None:
    out = resample(line(frames), 32)
    assert out.shape == (32, 2, 3)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out[:, 0, 0], np.linspace(0, frames - 1, 32), atol=1e-4)


def test_a_clip_of_the_right_length_is_left_as_it_is() -> None:
    joints = gap(32, 3, 2)
    np.testing.assert_array_equal(resample(joints, 32), joints)


def test_between_seen_and_unseen_the_nearer_frame_decides() -> None:
    joints = gap(3, 2, 1)
    out = resample(joints, 9)[:, 0, 0]  # at 0, 0.25, 0.5 … 2
    assert np.isnan(out).tolist() == [False] * 6 + [True] * 3
    np.testing.assert_allclose(out[:6], [0, 0.25, 0.5, 0.75, 1, 1])


@pytest.mark.parametrize(("fps", "longest"), [(30, 6), (15, 3), (10, 2), (60, 12), (4, 0), (5, 1)])
def test_gaps_of_up_to_a_fifth_of_a_second_are_bridged(fps: float, longest: int) -> None:
    if longest:
        np.testing.assert_allclose(bridge_gaps(gap(40, 10, longest), fps), line(40), atol=1e-4)
    too_long = gap(40, 10, longest + 1)
    np.testing.assert_array_equal(bridge_gaps(too_long, fps), too_long)


def test_a_gap_at_either_end_is_not_made_up() -> None:
    for joints in (gap(40, 0, 2), gap(40, 38, 2), gap(40, 0, 40)):
        np.testing.assert_array_equal(bridge_gaps(joints, 30), joints)


def test_gaps_of_joints_are_bridged_apart_from_each_other() -> None:
    joints = line(40)
    joints[5:8, 0] = np.nan
    joints[6:30, 1] = np.nan
    out = bridge_gaps(joints, 30)
    np.testing.assert_allclose(out[:, 0], line(40)[:, 0], atol=1e-4)
    np.testing.assert_array_equal(out[:, 1], joints[:, 1])


def test_a_joint_without_one_coordinate_is_an_unseen_joint() -> None:
    joints = line(40)
    joints[10, 0, 2] = np.nan
    np.testing.assert_allclose(bridge_gaps(joints, 30), line(40), atol=1e-4)


def test_the_source_is_never_changed() -> None:
    joints = gap(40, 10, 3)
    before = joints.copy()
    bridge_gaps(joints, 30)
    resample(joints, 16)
    np.testing.assert_array_equal(joints, before)

"""Each degradation does what it says."""

import numpy as np
import pytest

from skeleton import Clip
from skeleton.animator import animate
from training.evaluation import degradations as degrade


def _chance() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return animate("walk", seed=3, yaw=20)


IDENTITIES = {
    "its own frame rate": lambda c: degrade.at_rate(c, c.fps),
    "speed 1": lambda c: degrade.faster(c, 1),
    "no joint lost": lambda c: degrade.without_joints(c, 0, _chance()),
    "no gap": lambda c: degrade.with_gaps(c, 0, _chance()),
    "yaw 0": lambda c: degrade.yawed(c, 0),
    "yaw 360": lambda c: degrade.yawed(c, 360),
    "pitch 0": lambda c: degrade.pitched(c, 0),
    "scale 1": lambda c: degrade.scaled(c, 1),
    "no noise": lambda c: degrade.noisy(c, 0, _chance()),
    "nothing cut at the beginning": lambda c: degrade.without_beginning(c, 0),
    "nothing cut at the end": lambda c: degrade.without_end(c, 0),
    "no waiting": lambda c: degrade.with_waiting(c, 0),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_degree_that_changes_nothing_changes_nothing(name: str, clip: Clip) -> None:
    same = IDENTITIES[name](clip)
    assert np.array_equal(same.joints, clip.joints)
    assert same.fps == clip.fps


def test_the_same_draw_gives_the_same_clip_and_the_original_stays(clip: Clip) -> None:
    before = clip.joints.copy()
    for how in (degrade.noisy, degrade.without_joints, degrade.with_gaps):
        one, two = (how(clip, 0.1, _chance()).joints for _ in range(2))
        other = how(clip, 0.1, np.random.default_rng(6)).joints
        assert np.array_equal(one, two, equal_nan=True)
        assert not np.array_equal(one, other, equal_nan=True)
    assert np.array_equal(clip.joints, before)


@pytest.mark.parametrize("fps", [60, 15, 10, 7.5, 5])
def test_a_frame_rate_shows_the_same_places_at_the_same_times(clip: Clip, fps: float) -> None:
    other = degrade.at_rate(clip, fps)
    assert other.fps == fps
    times = np.arange(len(other.joints)) / fps
    source = np.arange(len(clip.joints)) / clip.fps
    assert 0 <= source[-1] - times[-1] < 1 / fps
    head = clip.joints[:, 0, clip.layout.index["head"], 0]
    assert np.allclose(
        other.joints[:, 0, clip.layout.index["head"], 0], np.interp(times, source, head), atol=1e-5
    )


def test_twice_as_fast_takes_half_the_time_and_ends_alike(clip: Clip) -> None:
    fast = degrade.faster(clip, 2)
    assert len(fast.joints) == round((len(clip.joints) - 1) / 2) + 1
    assert fast.fps == clip.fps
    assert np.array_equal(fast.joints[[0, -1]], clip.joints[[0, -1]])


def test_a_misstated_frame_rate_leaves_the_frames(clip: Clip) -> None:
    wrong = degrade.misstated_fps(clip, 2)
    assert wrong.fps == 2 * clip.fps
    assert wrong.joints is clip.joints


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_lost_joints_are_lost_throughout_and_stay_lost_at_worse_levels(
    clip: Clip, share: float
) -> None:
    lost = np.isnan(degrade.without_joints(clip, share, _chance()).joints).all(axis=-1)[:, 0]
    assert (lost.all(axis=0) == lost.any(axis=0)).all()
    assert lost[0].sum() == round(share * len(clip.layout))
    worse = np.isnan(degrade.without_joints(clip, 0.5, _chance()).joints).all(axis=-1)[:, 0]
    assert (worse | ~lost).all()


def test_gaps_lose_exactly_their_share_and_no_joint_for_ever(clip: Clip) -> None:
    joints = degrade.with_gaps(clip, 0.3, _chance()).joints
    unseen = np.isnan(joints).all(axis=-1)[:, 0]
    assert unseen.sum() == round(0.3 * unseen.size)
    assert not unseen.all(axis=0).any()
    assert len(np.unique(unseen.sum(axis=0))) > 2
    assert np.array_equal(joints[:, 0][~unseen], clip.joints[:, 0][~unseen])


@pytest.mark.parametrize("degrees", [15, 90, 200])
def test_yaw_turns_about_the_vertical_and_back(clip: Clip, degrees: float) -> None:
    turned = degrade.yawed(clip, degrees)
    assert np.array_equal(turned.joints[..., 1], clip.joints[..., 1])
    start, end = (np.arctan2(c.joints[0, 0, 0, 2], c.joints[0, 0, 0, 0]) for c in (clip, turned))
    moved = np.degrees(start - end) % 360
    assert moved == pytest.approx(degrees, abs=1e-3)
    assert np.allclose(degrade.yawed(turned, -degrees).joints, clip.joints, atol=1e-5)


def test_pitch_leans_the_vertical_by_its_angle(clip: Clip) -> None:
    up = (
        degrade.pitched(clip, 30).joints
        - degrade.pitched(
            Clip(clip.joints - np.float32((0, 1, 0)), clip.layout, clip.fps), 30
        ).joints
    )
    assert np.allclose(up @ np.array((0, 1, 0)), np.cos(np.radians(30)), atol=1e-5)
    assert np.allclose(up[..., 0], 0, atol=1e-6)


@pytest.mark.parametrize("camera", [0, 70])
def test_from_the_side_the_far_arm_is_hidden_wherever_the_body_faced(camera: float) -> None:
    standing = degrade.yawed(animate("point_left", seed=1, body="broad"), camera)
    at = standing.layout.index

    def unseen(degrees: float, joint: str) -> float:
        joints = degrade.seen_from(standing, degrees).joints[:, 0, at[joint]]
        return float(np.isnan(joints).any(axis=-1).mean())

    # From its left the body hides its right side, and the other way round.
    assert unseen(90, "right_shoulder") > 0.9
    assert unseen(90, "left_shoulder") == 0
    assert unseen(-90, "left_shoulder") > 0.9
    assert unseen(-90, "right_shoulder") == 0
    assert unseen(0, "left_shoulder") == unseen(0, "right_shoulder") == 0
    assert 0.01 < np.isnan(degrade.seen_from(standing, 90).joints).mean() < 0.5


def test_a_camera_at_the_side_turns_the_body_as_yaw_does(clip: Clip) -> None:
    seen = degrade.seen_from(clip, 40).joints
    turned = degrade.yawed(clip, -40).joints
    known = ~np.isnan(seen)
    assert np.array_equal(seen[known], turned[known])


@pytest.mark.parametrize("factor", [0.5, 2, 1000])
def test_scale_is_of_every_coordinate(clip: Clip, factor: float) -> None:
    assert np.allclose(degrade.scaled(clip, factor).joints, clip.joints * factor, rtol=1e-6)


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_limbs_change_by_their_factor_and_the_trunk_does_not(clip: Clip, factor: float) -> None:
    def lengths(c: Clip) -> dict[str, np.ndarray]:
        joints = c.joints[:, 0]
        return {
            c.layout.joints[child]: np.linalg.norm(joints[:, child] - joints[:, parent], axis=-1)
            for child, parent in c.layout.bones
        }

    before, after = lengths(clip), lengths(degrade.with_limbs(clip, factor))
    for joint in ("left_elbow", "right_wrist", "left_knee", "right_ankle", "left_foot"):
        assert np.allclose(after[joint] / before[joint], factor, atol=1e-3), joint
    for joint in ("spine", "neck", "head", "left_shoulder", "right_hip"):
        assert np.allclose(after[joint], before[joint], atol=1e-5), joint
    changed = degrade.with_limbs(clip, factor)
    root = clip.layout.parents.index(-1)
    assert np.array_equal(changed.joints[:, :, root], clip.joints[:, :, root])


def test_noise_has_the_stated_deviation_in_every_coordinate(clip: Clip) -> None:
    error = degrade.noisy(clip, 0.03, _chance()).joints - clip.joints
    assert error.std(axis=(0, 1, 2)) == pytest.approx([0.03] * 3, rel=0.1)
    assert error.mean() == pytest.approx(0, abs=0.002)


def test_cuts_keep_the_other_end(clip: Clip) -> None:
    frames = len(clip.joints)
    for share in (0.1, 0.4):
        late, early = degrade.without_beginning(clip, share), degrade.without_end(clip, share)
        kept = frames - round(share * frames)
        assert np.array_equal(late.joints, clip.joints[-kept:])
        assert np.array_equal(early.joints, clip.joints[:kept])
    assert len(degrade.without_end(clip, 1).joints) == 2


def test_waiting_stands_in_the_first_and_the_last_pose(clip: Clip) -> None:
    frames = len(clip.joints)
    longer = degrade.with_waiting(clip, 0.5).joints
    added = round(0.5 * frames)
    before = round(0.25 * frames)
    assert len(longer) == frames + added
    assert (longer[:before] == clip.joints[0]).all()
    assert np.array_equal(longer[before : before + frames], clip.joints)
    assert (longer[before + frames :] == clip.joints[-1]).all()

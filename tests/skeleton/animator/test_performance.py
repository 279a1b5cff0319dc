"""The animator's promises: real-looking people who do what the action says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from skeleton import LAYOUTS, Clip
from skeleton.animator import ACTIONS, BODIES, Body, Style, UnknownAction, UnknownBody, animate

Joints = NDArray[np.float64]
SEEDS = (0, 1, 2, 3)
FEET_STAY = {
    "wave", "point", "drink", "clap", "push", "raise_arms", "lower_arms", "squat", "bow",
    "sit_down", "stand_up", "pick_up", "put_down", "draw_circle", "swipe_out", "side_bend",
}  # fmt: skip


def joints(clip: Clip) -> Joints:
    return clip.joints[:, 0].astype(np.float64)


def place(clip: Clip, name: str) -> Joints:
    return joints(clip)[:, clip.layout.index[name]]


def resampled(clip: Clip, frames: int = 48) -> Joints:
    """Body-sized, centred, facing front: what is left is the movement."""
    all_joints = joints(clip)
    at = np.linspace(0, len(all_joints) - 1, frames)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(all_joints) - 1)
    share = (at - low)[:, None, None]
    moved = all_joints[low] * (1 - share) + all_joints[high] * share
    index = clip.layout.index
    left = (moved[:, index["left_hip"]] - moved[:, index["right_hip"]]).mean(axis=0)
    angle = np.arctan2(left[2], left[0])
    c, s = np.cos(angle), np.sin(angle)
    x, z = moved[..., 0].copy(), moved[..., 2].copy()
    moved[..., 0], moved[..., 2] = c * x + s * z, c * z - s * x
    moved -= moved[0, index["pelvis"]]
    bone = moved[0, index["neck"]] - moved[0, index["pelvis"]]
    return np.asarray(moved / np.sqrt((bone * bone).sum()))


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_done_by_a_finite_human_sized_upright_person(action: str) -> None:
    for seed, (name, body) in enumerate(BODIES.items()):
        clip = animate(action, seed=seed, body=name)
        assert clip.joints.dtype == np.float32
        assert clip.joints.shape[1:] == (1, 25, 3)
        assert clip.layout is LAYOUTS["kinect_v2"]
        assert np.isfinite(clip.joints).all()
        assert 1.0 < len(clip.joints) / clip.fps < 3.5
        head, pelvis = place(clip, "head"), place(clip, "pelvis")
        assert (head[:, 1] > pelvis[:, 1]).mean() > 0.5
        assert head[:, 1].max() < body.height * 1.1
        extent = np.ptp(joints(clip), axis=1).max(axis=1)
        assert (extent < body.height * 1.35).all()
        assert extent.max() > body.height * 0.6


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_bones_keep_their_length(layout: str) -> None:
    for action in ACTIONS:
        clip = animate(action, seed=5, body="tall", layout=layout, yaw=30)
        names = clip.layout.joints
        for child, parent in clip.layout.bones:
            if "elbow" in names[parent] and "hand" in names[child]:
                continue  # OpenNI has no wrist, so this "bone" bends
            if "knee" in names[parent] and "foot" in names[child]:
                continue  # nor an ankle
            if (names[child], names[parent]) == ("neck", "pelvis"):
                continue  # nor BODY_25 a spine
            bone = joints(clip)[:, child] - joints(clip)[:, parent]
            assert np.ptp(np.sqrt((bone * bone).sum(axis=-1))) < 1e-5, (action, child, parent)


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_sinks_into_the_floor(action: str) -> None:
    for seed in range(12):
        body = list(BODIES)[seed % len(BODIES)]
        clip = animate(action, seed=seed, body=body)
        assert clip.joints[..., 1].min() > -0.03


@pytest.mark.parametrize("action", sorted(FEET_STAY))
def test_feet_stay_where_they_stand(action: str) -> None:
    for seed in SEEDS:
        clip = animate(action, seed=seed)
        for joint in ("left_ankle", "right_ankle", "left_foot", "right_foot"):
            assert np.ptp(place(clip, joint), axis=0).max() < 0.01


@pytest.mark.parametrize("action", [name for name in ACTIONS if f"{name}_left" in ACTIONS])
def test_the_left_action_is_the_mirror_image_of_the_right_one(action: str) -> None:
    right = animate(action, seed=7, yaw=25)
    left = animate(f"{action}_left", seed=7, yaw=-25)
    mirrored = joints(right)[:, list(right.layout.mirror)] * np.array([-1.0, 1.0, 1.0])
    np.testing.assert_allclose(joints(left), mirrored, atol=5e-6)
    assert np.abs(joints(left) - joints(right)).max() > 0.2


def test_left_is_the_persons_own_left_and_the_camera_sees_the_front() -> None:
    clip = animate("wave", style=Style())
    assert place(clip, "left_shoulder")[0, 0] > 0.1 > place(clip, "right_shoulder")[0, 0]
    assert (place(clip, "right_foot") - place(clip, "right_ankle"))[0, 2] > 0.05
    assert np.allclose(
        place(clip, "pelvis")[
            0,
            (0, 2),
        ],
        (0, -3),
        atol=0.05,
    )
    assert np.ptp(place(clip, "right_wrist")[:, 1]) > 0.4 > np.ptp(place(clip, "left_wrist")[:, 1])


def test_yaw_turns_the_person_to_their_left() -> None:
    clip = animate("wave", style=Style(), yaw=90)
    assert (place(clip, "right_foot") - place(clip, "right_ankle"))[0, 0] > 0.05


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("sit_down", "stand_up"),
        ("raise_arms", "lower_arms"),
        ("pick_up", "put_down"),
        ("draw_circle", "draw_circle_back"),
        ("swipe_out", "swipe_in"),
    ],
)
def test_order_pairs_are_each_other_run_backwards(there: str, back: str) -> None:
    plain = Style()
    forward, backward = animate(there, style=plain), animate(back, style=plain)
    np.testing.assert_allclose(joints(backward), joints(forward)[::-1], atol=5e-6)
    assert np.abs(joints(backward) - joints(forward)).max() > 0.2


def test_sitting_down_ends_low_and_standing_up_ends_high() -> None:
    for seed in SEEDS:
        sitting, standing = animate("sit_down", seed=seed), animate("stand_up", seed=seed)
        assert place(sitting, "pelvis")[-1, 1] < 0.65 * place(sitting, "pelvis")[0, 1]
        assert place(standing, "pelvis")[0, 1] < 0.65 * place(standing, "pelvis")[-1, 1]


def test_hands_meet_when_clapping_and_reach_overhead_when_raised() -> None:
    for seed in SEEDS:
        clap, raised = animate("clap", seed=seed), animate("raise_arms", seed=seed)
        gap = place(clap, "left_hand") - place(clap, "right_hand")
        assert 0.0 <= np.sqrt((gap * gap).sum(axis=-1)).min() < 0.12
        assert place(raised, "left_wrist")[-1, 1] > place(raised, "head")[-1, 1]


def test_another_seed_is_nearer_to_its_own_action_than_to_any_other() -> None:
    """Each other seed, body, speed and view against one exemplar an action, by mean distance."""
    exemplars = {action: resampled(animate(action, seed=100)) for action in ACTIONS}
    right = total = 0
    for action in ACTIONS:
        for seed, (body, speed, yaw) in enumerate(
            [("child", 0.8, 30), ("tall", 1.2, -30), ("broad", 1.0, 15), ("short", 1.4, -60)]
        ):
            query = resampled(animate(action, seed=seed, body=body, speed=speed, yaw=yaw))
            distance = {
                name: np.sqrt(((query - other) ** 2).sum(axis=-1)).mean()
                for name, other in exemplars.items()
            }
            own = distance.pop(action)
            right += sum(own < other for other in distance.values())
            total += len(distance)
    assert right / total >= 0.95


def test_seeds_differ_and_the_same_call_gives_the_same_clip() -> None:
    for action in ACTIONS:
        once = animate(action, seed=3, noise=0.01, missing=0.1)
        np.testing.assert_array_equal(
            once.joints, animate(action, seed=3, noise=0.01, missing=0.1).joints
        )
        other = resampled(animate(action, seed=4))
        assert np.abs(other - resampled(animate(action, seed=3))).max() > 0.03


def test_noise_is_as_large_as_asked() -> None:
    plain = animate("walk", seed=2)
    noisy = animate("walk", seed=2, noise=0.02)
    assert (noisy.joints - plain.joints).std() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_as_many_joints_are_missing_as_asked(share: float) -> None:
    clip = animate("walk", seed=2, missing=share)
    unseen = np.isnan(clip.joints)
    assert unseen.any(axis=-1).mean() == pytest.approx(share, abs=1e-3)
    assert (unseen.any(axis=-1) == unseen.all(axis=-1)).all()


def test_speed_and_fps_set_the_number_of_frames() -> None:
    plain = Style()
    usual = animate("wave", style=plain)
    assert len(animate("wave", style=plain, speed=2).joints) == pytest.approx(
        len(usual.joints) / 2, abs=1
    )
    twice = animate("wave", style=plain, fps=60)
    assert twice.fps == 60
    np.testing.assert_allclose(joints(twice)[::2], joints(usual), atol=5e-6)


def test_a_body_has_its_height_and_proportions() -> None:
    plain = Style()
    for body in (Body(1.2), Body(1.9, legs=1.05)):
        clip = animate("bow", body=body, style=plain, layout="head_top,head")
        assert clip.joints[0, 0, 0, 1] == pytest.approx(body.height, rel=0.02)


def test_a_joint_that_no_body_has_is_unseen() -> None:
    clip = animate("wave", layout="head,other:Prop_1,left_small_toe")
    np.testing.assert_array_equal(np.isnan(clip.joints).all(axis=(0, 1, 3)), [False, True, False])
    assert np.isfinite(clip.joints[:, :, [0, 2]]).all()


def test_an_unknown_action_or_body_names_the_known_ones() -> None:
    with pytest.raises(UnknownAction, match=r"'moonwalk'.*jumping_jack.*wave"):
        animate("moonwalk")
    with pytest.raises(UnknownBody, match=r"'giant'.*adult.*child"):
        animate("wave", body="giant")


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        animate("wave", speed=0)
    with pytest.raises(ValueError, match="must be positive"):
        animate("wave", fps=-1)
    with pytest.raises(ValueError, match="noise must be 0 or more"):
        animate("wave", noise=-0.1)
    with pytest.raises(ValueError, match="missing 0 to 1"):
        animate("wave", missing=1.5)

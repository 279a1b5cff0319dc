"""The moving part: standing still around an action, and a loose cut, change little or nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skeleton import LAYOUTS, Clip, prepare, resolve_layout
from skeleton.animator import ACTIONS, animate
from training.config import BadConfig, MovingPartConfig
from training.encoder.moving_part import MovingPart, ends_of

BODY = LAYOUTS["body16"]
CONFIG = MovingPartConfig(frames=64, share=0.03, floor=0.1, margin=0.07, reach=2)
PART = MovingPart(BODY, CONFIG, 32)
ONE = torch.ones(1, 1, 1, 1)


def part_of(clip: Clip) -> np.ndarray:  # type: ignore[type-arg]
    prepared = prepare(clip, BODY, CONFIG.frames)
    joints, seen = PART(
        torch.from_numpy(prepared.joints[None, :, 0]),
        torch.from_numpy(prepared.seen[None, :, 0, :, None]),
        ONE,
    )
    assert joints.shape == (1, 32, 16, 3)
    assert seen.shape == (1, 32, 16, 1)
    return np.asarray(joints[0])


def waiting(clip: Clip, before: float, after: float) -> Clip:
    """Standing still for a share of the clip's length more."""
    length = len(clip.joints)
    first = np.repeat(clip.joints[:1], int(before * length), axis=0)
    last = np.repeat(clip.joints[-1:], int(after * length), axis=0)
    return Clip(np.concatenate([first, clip.joints, last]), clip.layout, clip.fps)


@pytest.mark.parametrize("action", ["wave", "kick", "throw", "squat"])
@pytest.mark.parametrize(("before", "after"), [(0.5, 0.0), (0.0, 0.5), (1.0, 1.0)])
def test_standing_still_around_an_action_is_left_out(
    action: str, before: float, after: float
) -> None:
    assert action in ACTIONS
    clip = animate(action, seed=1, layout="body16", noise=0.0)
    whole = prepare(waiting(clip, before, after), BODY, 32).joints[:, 0]
    plain = part_of(clip)
    kept = np.abs(part_of(waiting(clip, before, after)) - plain).mean()
    assert kept < 0.25 * np.abs(whole - plain).mean()


def test_a_clip_that_moves_throughout_is_kept_whole() -> None:
    t = torch.linspace(0, 1, 64)
    joints = torch.zeros(1, 64, 16, 3)
    joints[0, :, BODY.index["left_wrist"], 0] = t
    moved, seen = PART(joints, torch.ones(1, 64, 16, 1), ONE)
    np.testing.assert_allclose(
        moved[0, :, BODY.index["left_wrist"], 0], np.linspace(0, 1, 32), atol=0.01
    )
    assert (seen == 1).all()


def test_a_still_clip_is_kept_whole_and_finite() -> None:
    joints = torch.randn(1, 1, 16, 3).repeat(1, 64, 1, 1)
    moved, _ = PART(joints, torch.ones(1, 64, 16, 1), ONE)
    torch.testing.assert_close(moved, joints[:, :32], atol=1e-5, rtol=0)


def test_a_tracking_error_of_one_frame_is_not_taken_for_the_action() -> None:
    clip = animate("wave", seed=1, layout="body16")
    joints = clip.joints.copy()
    joints[5, 0, BODY.index["right_ankle"]] += 50
    plain, jumped = part_of(clip), part_of(Clip(joints, clip.layout, clip.fps))
    wrist = BODY.index["right_wrist"]
    way = np.ptp(plain[:, wrist], axis=0).max()
    assert np.ptp(jumped[:, wrist], axis=0).max() > 0.8 * way


def test_what_was_not_seen_has_no_influence() -> None:
    joints, weight = torch.randn(2, 64, 16, 3), torch.ones(2, 64, 16, 1)
    weight[:, 20:50, BODY.index["head"]] = 0
    joints[:, 20:50, BODY.index["head"]] = 0
    moved, seen = PART(joints, weight, ONE)
    head = BODY.index["head"]
    assert 0 < seen[0, :, head].sum() < 32
    assert (moved[0, :, head][seen[0, :, head, 0] == 0] == 0).all()
    nothing, none = PART(torch.zeros(1, 64, 16, 3), torch.zeros(1, 64, 16, 1), ONE)
    assert (nothing == 0).all()
    assert (none == 0).all()


def test_a_little_noise_moves_the_part_a_little() -> None:
    clip = animate("throw", seed=2, layout="body16")
    noise = np.random.default_rng(0).normal(0, 1e-4, clip.joints.shape).astype(np.float32)
    other = Clip(clip.joints + noise, clip.layout, clip.fps)
    assert np.abs(part_of(other) - part_of(clip)).max() < 0.01


def test_a_clip_is_taken_alike_alone_and_among_others() -> None:
    joints = torch.stack(
        [
            torch.from_numpy(prepare(animate(action, seed=3), BODY, CONFIG.frames).joints[:, 0])
            for action in ("wave", "kick", "throw")
        ]
    )
    together, _ = PART(joints, torch.ones(3, 64, 16, 1), torch.ones(3, 1, 1, 1))
    for number in range(3):
        alone, _ = PART(joints[number : number + 1], torch.ones(1, 64, 16, 1), ONE)
        torch.testing.assert_close(together[number], alone[0], atol=1e-5, rtol=0)


def test_the_part_does_not_depend_on_the_bodys_size() -> None:
    clip = prepare(animate("throw", seed=3), BODY, CONFIG.frames).joints[None, :, 0]
    joints, weight = torch.from_numpy(clip), torch.ones(1, 64, 16, 1)
    moved, _ = PART(joints, weight, ONE)
    larger, _ = PART(joints * 1000, weight, ONE / 1000)
    torch.testing.assert_close(larger / 1000, moved, atol=1e-4, rtol=0)


def test_without_its_ends_a_clip_is_kept_whole() -> None:
    joints, weight = torch.randn(1, 64, 16, 3), torch.ones(1, 64, 16, 1)
    for name in ("left_wrist", "right_wrist", "left_ankle", "right_ankle", "head"):
        joints[:, :, BODY.index[name]] = 0
        weight[:, :, BODY.index[name]] = 0
    moved, _ = PART(joints, weight, ONE)
    torch.testing.assert_close(moved[:, 0], joints[:, 0], atol=1e-5, rtol=0)
    torch.testing.assert_close(moved[:, -1], joints[:, -1], atol=1e-5, rtol=0)


def test_hands_and_feet_stand_in_where_a_layout_lacks_wrists_and_ankles() -> None:
    names = {LAYOUTS["openni"].joints[end] for end in ends_of(LAYOUTS["openni"])}
    assert names == {"left_hand", "right_hand", "left_foot", "right_foot", "head"}


def test_a_layout_without_any_end_is_refused() -> None:
    with pytest.raises(BadConfig, match="no hand, foot or head"):
        MovingPart(resolve_layout("left_hip,right_hip,left_shoulder,right_shoulder"), CONFIG, 32)

import pytest
import torch
from torch import Tensor

from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.augmentation import Augmentation, mirrored, sidedness
from training.config import load_config

BODY = LAYOUTS["body16"]
CONFIG = load_config().augmentation
NOTHING = CONFIG.model_copy(
    update=dict.fromkeys(
        ("cut", "warp", "slow_frames", "yaw", "tilt", "proportions", "hand_for_wrist", "bias",
         "noise", "unseen", "missing"), 0.0,
    )
)  # fmt: skip


def batch(*actions: str, frames: int = 96) -> tuple[Tensor, Tensor]:
    clips = [prepare(animate(a, seed=i), BODY, frames) for i, a in enumerate(actions)]
    joints = torch.stack([torch.from_numpy(p.joints[:, 0]) for p in clips])
    return joints, torch.ones(joints.shape[:3])


def bone_lengths(joints: Tensor) -> Tensor:
    child = [c for c, _ in BODY.bones]
    parent = [p for _, p in BODY.bones]
    return (joints[:, :, child] - joints[:, :, parent]).norm(dim=-1)


def test_with_every_amount_at_zero_the_clip_is_only_resampled() -> None:
    joints, seen = batch("wave", "squat")
    out, out_seen = Augmentation(NOTHING, BODY, 32)(joints, seen)
    assert out.shape == (2, 32, 16, 3)
    assert torch.allclose(out[:, 0], joints[:, 0], atol=1e-5)
    assert torch.allclose(out[:, -1], joints[:, -1], atol=1e-4)
    assert bool((out_seen == 1).all())


def test_bones_change_alike_on_both_sides_and_stay_constant_over_time() -> None:
    joints, seen = batch("wave", "squat")
    changed = NOTHING.model_copy(update={"proportions": 0.2})
    torch.manual_seed(0)
    out, _ = Augmentation(changed, BODY, 96)(joints, seen)
    ratio = (bone_lengths(out) / bone_lengths(joints)).median(dim=1).values
    at = {BODY.joints[c]: i for i, (c, _) in enumerate(BODY.bones)}
    assert torch.allclose(ratio[:, at["left_elbow"]], ratio[:, at["right_elbow"]], atol=1e-3)
    assert ratio.std() > 0.03


def test_unseen_joints_are_marked_and_never_all_of_a_batch() -> None:
    joints, seen = batch(*["wave"] * 64)
    lossy = NOTHING.model_copy(update={"unseen": 1.0})
    _, kept = Augmentation(lossy, BODY, 32)(joints, seen)
    assert set(kept.unique().tolist()) == {0.0, 1.0}
    assert 0.6 < float(kept.mean()) < 0.99


def test_clips_that_lack_joints_lack_them_throughout() -> None:
    joints, seen = batch(*["wave"] * 64)
    _, kept = Augmentation(NOTHING.model_copy(update={"missing": 1.0}), BODY, 32)(joints, seen)
    assert torch.equal(kept, kept[:, :1].expand_as(kept))
    lacking = 1 - kept[:, 0].mean(1)
    assert 0.1 < float(lacking.mean()) < 0.3
    assert float(lacking.max()) > 0.3


@pytest.mark.parametrize("frames", [32, 64])
def test_a_low_frame_rate_leaves_a_few_moments_however_many_frames_go_in(frames: int) -> None:
    joints, seen = batch(*["wave"] * 32)
    slow = NOTHING.model_copy(update={"slow_frames": 1.0})
    torch.manual_seed(0)
    out, _ = Augmentation(slow, BODY, frames)(joints, seen)
    changes = ((out[:, 1:] - out[:, :-1]).flatten(2).abs().amax(2) > 1e-6).sum(1)
    assert int(changes.min()) >= 5
    assert int(changes.max()) <= 24


def test_mirroring_twice_gives_the_clip_back() -> None:
    joints, seen = batch("wave")
    twice = mirrored(*mirrored(joints, seen, BODY), BODY)
    assert torch.equal(twice[0], joints)
    assert torch.equal(twice[1], seen)


@pytest.mark.parametrize(("action", "sign"), [("wave", -1), ("wave_left", 1)])
def test_the_side_that_moves_more_is_known(action: str, sign: int) -> None:
    joints, _ = batch(action)
    assert float(sidedness(joints, torch.ones(joints.shape[:3]), BODY)[0]) * sign > 0.25


def test_the_same_seed_gives_the_same_batch() -> None:
    joints, seen = batch("kick", "bow")
    augment = Augmentation(CONFIG, BODY, 32)
    torch.manual_seed(3)
    first = augment(joints, seen)
    torch.manual_seed(3)
    second = augment(joints, seen)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])

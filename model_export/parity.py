"""Parity: the file computes what the trained branch computes (contract 2; ours)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from model_export.errors import ParityFailed
from model_export.session import Session
from skeleton import Clip, Layout, prepare_persons
from skeleton.animator import ACTIONS, BODIES, animate
from training.dataset import SkeletonDataset
from training.encoder import SkeletonBranch

LARGEST = 1e-4
BATCHES = (1, 2, 3, 7, 32)
_REAL_CLIPS = 96

Floats = NDArray[np.float32]
#: `joints` `(n, T, M, V, 3)`, NaN where unseen, and `seen` `(n, T, M, V)`.
Clips = tuple[Floats, Floats]


@dataclass(frozen=True)
class Parity:
    """The largest absolute difference of any output, by kind of clip, and how many clips."""

    differences: dict[str, float]
    clips: int


def check_parity(
    session: Session, branch: SkeletonBranch, real: SkeletonDataset | None = None
) -> Parity:
    """Compare the file with the branch on random, animated and real clips, in batches of 1 to 32.

    Raises `ParityFailed` beyond 1e-4, for an output that is not finite, and when a coordinate
    that was not seen has any influence.
    """
    encoder = branch.encoder
    kinds = {
        "random": _random(encoder.frames, encoder.persons, len(encoder.layout)),
        "animated": _animated(encoder.layout, encoder.frames, encoder.persons),
    }
    if real is not None:
        kinds["real"] = _real(real, encoder.frames)
    differences: dict[str, float] = {}
    for kind, clips in kinds.items():
        differences[kind] = max(_differences(session, branch, clips))
        if not differences[kind] <= LARGEST:  # NaN is no parity either
            raise ParityFailed(
                f"on {kind} clips the file differs from the trained branch by "
                f"{differences[kind]:.2g}, beyond {LARGEST:g}"
            )
        _check_unseen(session, clips, kind)
    return Parity(differences, sum(len(joints) for joints, _ in kinds.values()))


def _differences(session: Session, branch: SkeletonBranch, clips: Clips) -> Iterator[float]:
    for joints, seen in _batches(clips):
        given = session.run(joints, seen)
        with torch.no_grad():
            wanted = branch(torch.from_numpy(joints), torch.from_numpy(seen))
        for name, tensor in wanted._asdict().items():
            yield float(np.abs(given[name] - tensor.numpy()).max())
        if not all(np.isfinite(values).all() for values in given.values()):
            raise ParityFailed("an output is not finite")


def _check_unseen(session: Session, clips: Clips, kind: str) -> None:
    joints, seen = clips
    plain = session.run(np.nan_to_num(joints), seen)
    noisy = session.run(np.where(seen[..., None] > 0, joints, np.float32(1e4)), seen)
    for name, values in session.run(joints, seen).items():
        if not (np.array_equal(values, plain[name]) and np.array_equal(values, noisy[name])):
            raise ParityFailed(f"on {kind} clips coordinates that were not seen change {name}")


def _batches(clips: Clips) -> Iterator[Clips]:
    """Every size of `BATCHES`, then the rest in the largest."""
    joints, seen = clips
    start, turn = 0, 0
    while start < len(joints):
        size = BATCHES[min(turn, len(BATCHES) - 1)]
        yield joints[start : start + size], seen[start : start + size]
        start, turn = start + size, turn + 1


def _random(frames: int, persons: int, joints: int) -> Clips:
    """Points without a body, from nothing unseen to nothing seen at all."""
    rng = np.random.default_rng(0)
    number = sum(BATCHES)
    points = rng.standard_normal((number, frames, persons, joints, 3)).astype(np.float32)
    points += rng.normal(0, 3, (number, 1, 1, 1, 3)).astype(np.float32)
    share = np.linspace(0, 1, number)[:, None, None, None]
    seen = (rng.random((number, frames, persons, joints)) >= share).astype(np.float32)
    seen[0], seen[-1], seen[-2] = 1, 0, 0
    seen[-2, 0, 0, 0] = 1  # one joint in one frame
    order = rng.permutation(number)
    points, seen = points[order], seen[order]
    return np.where(seen[..., None] > 0, points, np.float32(np.nan)), seen


def _animated(layout: Layout, frames: int, persons: int) -> Clips:
    """For a model of several persons every other clip has two, doing the same."""
    clips = [_performed(action, number) for number, action in enumerate(sorted(ACTIONS) * 2)]
    if persons > 1:
        clips[::2] = [_and_another(clip) for clip in clips[::2]]
    prepared = [prepare_persons(clip, layout, frames, persons) for clip in clips]
    joints, seen = np.stack([p.joints for p in prepared]), np.stack([p.seen for p in prepared])
    return np.where(seen[..., None] > 0, joints, np.float32(np.nan)), seen


def _performed(action: str, number: int) -> Clip:
    bodies = sorted(BODIES)
    return animate(
        action,
        seed=number,
        body=bodies[number % len(bodies)],
        yaw=40.0 * (number % 9),
        noise=0.005,
        missing=0.1 * (number % 3),
    )


def _and_another(clip: Clip) -> Clip:
    """The clip with the person a second time, aside and in reverse."""
    aside = clip.joints[::-1] + np.array([1.0, 0.0, 0.0], dtype=np.float32)
    return Clip(np.concatenate([clip.joints, aside], axis=1), clip.layout, clip.fps)


def _real(data: SkeletonDataset, frames: int) -> Clips:
    clips = np.unique(np.linspace(0, len(data) - 1, _REAL_CLIPS).astype(np.int64))
    if data.joints.shape[1] != frames:
        raise ValueError(f"the clips have {data.joints.shape[1]} frames, the model {frames}")
    joints, seen = data.batch(clips)
    return joints.numpy(), seen.numpy()

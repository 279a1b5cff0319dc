"""Time warping under the same degradations: what the model adds to it (ours)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skeleton import LAYOUTS, Archive, Clip, mapping
from skeleton.mapping import absent_joints
from training.evaluation.distances import dtw_between
from training.evaluation.features import floor_features
from training.evaluation.metrics import Spread, paired_difference, spread
from training.evaluation.protocol import Episode
from training.evaluation.robustness_curves import (
    Curve,
    Level,
    MeasuredCurve,
    Series,
    accuracies,
    degraded,
)

_CLEAN = Level("clean", lambda clip, chance: clip)
_JOINTS = LAYOUTS["openni"]


@dataclass(frozen=True)
class Against:
    """Time warping and the model at one level, queries degraded, on the same few episodes;
    the `differences` are each method's own from its clean accuracy."""

    curve: str
    label: str
    warping: Spread
    warping_difference: Spread
    model: Spread
    model_difference: Spread


def measure_floor(
    curves: Sequence[Curve],
    measured: Sequence[MeasuredCurve],
    clean: Series,
    archive: Archive,
    drawn: Sequence[Episode],
    *,
    episodes: int,
    seed: int,
    tick: Callable[[], object],
) -> tuple[Against, ...]:
    """Measure time warping where a level asks for it, on the first `episodes` of those drawn;
    the first row is clean. The model was `measured` before, `clean` is its clean accuracy.

    Time warping knows no unseen joints: for it gaps are bridged over any length, and for a joint
    never seen stands what does so for the model, else its nearest seen neighbour in the skeleton.
    """
    few = drawn[:episodes]
    enrolled = np.unique(np.concatenate([episode.exemplars for episode in few]))
    exemplars = floor_features([whole(archive.clip(int(i))) for i in enrolled])

    def by_warping(level: Level) -> Series:
        queries = floor_features([whole(clip) for clip in degraded(level, archive, seed)])
        similarity = np.full((len(archive), len(archive)), -np.inf, dtype=np.float32)
        similarity[:, enrolled] = -dtw_between(exemplars, queries).T
        tick()
        return accuracies(similarity, archive, few)

    warped, modelled = by_warping(_CLEAN), clean[:episodes]

    def row(curve: str, label: str, theirs: Series, ours: Series) -> Against:
        return Against(
            curve,
            label,
            spread(theirs),
            paired_difference(theirs, warped),
            spread(ours),
            paired_difference(ours, modelled),
        )

    rows = [
        row(curve.name, level.label, by_warping(level), point.series[:episodes])
        for curve, found in zip(curves, measured, strict=True)
        for level, point in zip(curve.levels, found.points, strict=True)
        if level.floor
    ]
    return (row("clean", "", warped, modelled), *rows)


def whole(clip: Clip) -> Clip:
    """Return the clip on the floor's joints with nothing unseen."""
    never_seen = absent_joints(clip.joints[:, 0], clip.layout)
    joints = mapping(clip.layout, _JOINTS, never_seen).apply(clip.joints)
    if not np.isnan(joints).any():
        return replace(clip, joints=joints, layout=_JOINTS)
    joints = joints.copy()
    frames = np.arange(len(joints))
    never = []
    for joint in range(len(_JOINTS)):
        seen = np.flatnonzero(~np.isnan(joints[:, 0, joint]).any(axis=-1))
        if len(seen) == 0:
            never.append(joint)
            continue
        for axis in range(3):
            joints[:, 0, joint, axis] = np.interp(frames, seen, joints[seen, 0, joint, axis])
    for joint in never:
        joints[:, :, joint] = joints[:, :, _neighbour(joint, never)]
    return replace(clip, joints=joints, layout=_JOINTS)


def _neighbour(joint: int, never: Sequence[int]) -> int:
    """The nearest joint along the bones that is not among `never`; the joint itself if none is."""
    reached = [joint]
    for here in reached:
        if here not in never:
            return here
        ends = [bone for bone in _JOINTS.bones if here in bone]
        reached += [end for bone in ends for end in bone if end not in reached]
    return joint

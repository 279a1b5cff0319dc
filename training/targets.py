"""Targets: class numbers of clips and of their mirror images (ours)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from skeleton import Layout
from training.augmentation import sidedness
from training.dataset import SkeletonDataset, TrainingClass


@dataclass(frozen=True, eq=False)
class Targets:
    """`names` of all C targets; `mirror_of` `(base classes,)` is the target of a mirrored clip:
    the class itself where both sides move alike, else a target of its own, for a wave of the
    left hand is not one of the right. `same` `(C, C)` as in `CosineClassifier`."""

    names: tuple[str, ...]
    mirror_of: Tensor
    same: Tensor


def targets(data: SkeletonDataset, layout: Layout, one_sided: float) -> Targets:
    """Decide from the clips themselves which classes are one-sided."""
    ratio = sidedness(data.joints, layout).numpy()
    names = [c.name for c in data.classes]
    mirror_of = list(range(len(names)))
    for label, known in enumerate(data.classes):
        if abs(float(np.median(ratio[data.labels == label]))) > one_sided:
            mirror_of[label] = len(names)
            names.append(f"{known.name} (mirrored)")
    return Targets(tuple(names), torch.tensor(mirror_of), _same(data.classes, np.array(mirror_of)))


def _same(classes: tuple[TrainingClass, ...], mirror_of: NDArray[np.int64]) -> Tensor:
    count = int(mirror_of.max()) + 1
    same = torch.zeros(count, count, dtype=torch.bool)
    for i, a in enumerate(classes):
        for j, b in enumerate(classes):
            if i == j or not a.canonical or a.canonical != b.canonical:
                continue
            mirror_i, mirror_j = int(mirror_of[i]), int(mirror_of[j])
            # Within a set, classes differ as they are; but the mirror image of its left punch
            # may well be its right punch.
            same[i, mirror_j] = same[mirror_i, j] = True
            if a.set_name != b.set_name:
                same[i, j] = same[mirror_i, mirror_j] = True
    # A symmetric class is its own mirror image, and must stay in the contest of its set.
    for i, a in enumerate(classes):
        for j, b in enumerate(classes):
            if a.set_name == b.set_name and mirror_of[i] == i and mirror_of[j] == j:
                same[i, j] = False
    return same

"""Targets: class numbers of clips and of their mirror images (ours).

Few base classes are what a one-shot encoder suffers from most. A one-sided movement mirrored is
another movement: it makes another class, for nothing.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from skeleton import Layout
from training.augmentation import sidedness
from training.bodies import Bodies
from training.dataset import SkeletonDataset, TrainingClass

_CLIPS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Targets:
    """C targets. `number[mirrored, class]` (2, base classes) is the target of a clip.

    A class whose sides move alike is its own mirror image; a wave of the left hand is not one of
    the right. `same` `(C, C)` and `sets` `(C,)` as in `CosineClassifier`. `sidedness` `(n,)` is the
    log ratio of left to right motion of each clip.
    """

    number: Tensor
    same: Tensor
    sets: Tensor
    sidedness: Tensor

    @property
    def count(self) -> int:
        """C, the number of targets."""
        return len(self.same)


def targets(data: SkeletonDataset, layout: Layout, one_sided: float) -> Targets:
    """Decide from the clips themselves which classes are one-sided."""
    ratio, labels, sides = _sidedness(data, layout)
    bases = list(range(len(data.classes)))
    sided = [base for base in bases if abs(float(np.median(ratio[labels == base]))) > one_sided]
    number = torch.tensor([bases, bases])
    number[1, sided] = torch.arange(len(bases), len(bases) + len(sided))
    shown = [data.classes[base] for base in bases + sided]
    names = sorted({known.set_name for known in shown})
    sets = torch.tensor([names.index(known.set_name) for known in shown])
    return Targets(number, _same(data.classes, bases + sided), sets, sides)


def _sidedness(
    data: SkeletonDataset, layout: Layout
) -> tuple[NDArray[np.float32], NDArray[np.int64], Tensor]:
    """The sidedness of every body `(B,)`, its class, and the mean of each clip's bodies `(n,)`;
    by parts, so that large sets fit."""
    ratios, labels, clips_own = [], [], []
    for clips in torch.arange(len(data)).split(_CLIPS_AT_ONCE):
        bodies = Bodies.of(data.joints[clips], data.seen[clips])
        ratio = sidedness(bodies.joints, bodies.seen, layout)
        ratios.append(ratio.numpy())
        labels.append(data.labels[clips][bodies.owner.numpy()])
        clips_own.append(bodies.mean(ratio[:, None])[:, 0])
    return np.concatenate(ratios), np.concatenate(labels), torch.cat(clips_own)


def _same(classes: tuple[TrainingClass, ...], bases: list[int]) -> Tensor:
    """Pairs that are, or may be, the same action, and must not be told apart.

    `bases` `(C,)` are the classes of the targets: each class, then those of the mirror images.
    The same canonical action in different sets. Within a set classes differ as they are; but the
    mirror image of its left punch may well be its right punch.
    """

    def column(values: list[int]) -> NDArray[np.int64]:
        return np.array(values, dtype=np.int64)[:, None]

    actions = {c.canonical: i for i, c in enumerate(classes) if c.canonical}
    sets = {c.set_name: i for i, c in enumerate(classes)}
    base = column(bases)
    action = column([actions.get(classes[b].canonical or "", -1) for b in bases])
    source = column([sets[classes[b].set_name] for b in bases])
    mirrored = column([int(k >= len(classes)) for k in range(len(bases))])
    alike = (action == action.T) & (action >= 0) & (base != base.T)
    return torch.from_numpy(alike & ((source != source.T) | (mirrored != mirrored.T)))

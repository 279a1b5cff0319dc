"""Targets: class numbers of clips, of their mirror images and of their reversals (ours).

Few base classes are what a one-shot encoder suffers from most. A movement mirrored, or run
backwards, is another movement: it makes another class, for nothing.
"""

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
    """C targets. `number[mirrored, reversed, class]` (2, 2, base classes) is the target of a clip.

    A class whose sides move alike is its own mirror image; a wave of the left hand is not one of
    the right. `same` `(C, C)` as in `CosineClassifier`.
    """

    number: Tensor
    same: Tensor

    @property
    def count(self) -> int:
        """C, the number of targets."""
        return len(self.same)


@dataclass(frozen=True)
class _Target:
    base: int
    mirrored: bool
    reversed: bool


def targets(data: SkeletonDataset, layout: Layout, *, one_sided: float, reverse: bool) -> Targets:
    """Decide from the clips themselves which classes are one-sided."""
    ratio = sidedness(data.joints, layout).numpy()
    sided = [
        abs(float(np.median(ratio[data.labels == label]))) > one_sided
        for label in range(len(data.classes))
    ]
    known: dict[_Target, int] = {}
    number = torch.zeros(2, 2, len(data.classes), dtype=torch.long)
    for backwards in (False, True):
        for swapped in (False, True):
            for base in range(len(data.classes)):
                target = _Target(base, swapped and sided[base], backwards and reverse)
                number[int(swapped), int(backwards), base] = known.setdefault(target, len(known))
    return Targets(number, _same(data.classes, list(known)))


def _same(classes: tuple[TrainingClass, ...], known: list[_Target]) -> Tensor:
    """Pairs that are, or may be, the same action, and must not be told apart.

    The same canonical action in different sets. Within a set classes differ as they are; but the
    mirror image of its left punch may well be its right punch. A movement and its reversal: a
    wave runs the same both ways.
    """

    def column(values: list[int]) -> NDArray[np.int64]:
        return np.array(values, dtype=np.int64)[:, None]

    actions = {c.canonical: i for i, c in enumerate(classes) if c.canonical}
    sets = {c.set_name: i for i, c in enumerate(classes)}
    base = column([t.base for t in known])
    action = column([actions.get(classes[t.base].canonical or "", -1) for t in known])
    source = column([sets[classes[t.base].set_name] for t in known])
    mirrored = column([t.mirrored for t in known])
    backwards = column([t.reversed for t in known])
    alike = (action == action.T) & (action >= 0) & (base != base.T)
    differs = (source != source.T) | (mirrored != mirrored.T) | (backwards != backwards.T)
    reversal = (base == base.T) & (backwards != backwards.T)
    return torch.from_numpy((alike & differs) | reversal)

"""Importance: weights of joints as shades of one colour, and their legend (ours)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skeleton.drawing.colours import Palette, scale_of
from skeleton.layouts import Layout

#: Joints that are named in words.
NAMED = 3
#: The darkest shade is of at least so many times the mean: where all joints matter about alike,
#: the largest shall not look like a finding.
_OUTSTANDING = 3.0


class BadImportance(ValueError):
    """Weights that do not fit the joints to be drawn."""


class Importance:
    """How much each of a layout's V joints matters, told by the shade of what is drawn.

    `weights` `(V,)` are not negative; the darkest shade is that of `most`, the largest, or three
    times their mean where none is so large. Raises `BadImportance`.
    """

    def __init__(self, weights: ArrayLike, layout: Layout) -> None:
        given: NDArray[np.float64] = np.asarray(weights, dtype=np.float64)
        if given.shape != (len(layout),):
            raise BadImportance(f"{given.shape} weights for {len(layout)} joints")
        if not (np.isfinite(given).all() and (given >= 0).all()):
            raise BadImportance("weights of joints are finite and not negative")
        self.weights = given
        self.layout = layout
        self.most = max(float(given.max()), _OUTSTANDING * float(given.mean()))

    def share(self, *joints: int) -> float:
        """The mean weight of joints, the ends of a bone for instance, as a share of `most`."""
        return float(self.weights[list(joints)].mean()) / self.most if self.most > 0 else 0.0

    def shade(self, look: Palette, *joints: int) -> str:
        """The colour of a joint, or of a bone between joints."""
        shades = scale_of(look)
        return shades[self.level(len(shades), *joints)]

    def level(self, levels: int, *joints: int) -> int:
        """Which of so many levels, 0 the least, joints belong to."""
        return min(int(self.share(*joints) * levels), levels - 1)

    def leading(self, count: int = NAMED) -> list[tuple[str, float]]:
        """The most important joints by name with their weights, most important first."""
        order = np.argsort(-self.weights, kind="stable")[:count]
        return [(self.layout.joints[joint], float(self.weights[joint])) for joint in order]

    def words(self) -> str:
        """The most important joints in one line."""
        return ", ".join(f"{name.replace('_', ' ')} {w:.2f}" for name, w in self.leading())


def importance_of(weights: ArrayLike | None, layout: Layout) -> Importance | None:
    """Take weights where there are any. Raises `BadImportance`."""
    return None if weights is None else Importance(weights, layout)

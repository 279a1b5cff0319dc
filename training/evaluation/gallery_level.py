"""The gallery's level: how high a stranger scores in a gallery, told by the gallery itself (ours).

How near two different actions come depends on the sensor, on the people and on how many actions
are enrolled, and no training set knows a user's. But the exemplars are the user's own: how near the
enrolled actions come to each other is about how near a stranger's clip will come to the nearest of
them. The score is measured from there, so that one threshold serves small galleries and larger
ones, and sensors that were never trained on. (The idea of cohorts from the own domain is that of
speaker verification.) The service computes the same, a test holds the two together, and besides
lifts the prior by what further exemplars of the actions bring.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Actions whose exemplars are compared with all others'; of more, these evenly spread.
ASKED = 32


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, 0 for none."""

    score: float
    actions: float


@dataclass(frozen=True)
class GalleryNorm:
    """What a score leaves out besides the cohort's part: the gallery's level.

    `prior` is the level of a gallery that says nothing of its own, and counts as `worth` actions.
    Actions that score `same` or more with each other are one movement under two names, and say
    nothing of strangers.
    """

    prior: float
    worth: float
    same: float

    def nearness(self, between: NDArray[np.floating]) -> Nearness:
        """Return how near n actions come to each other, from the scores `(n, n)` between one
        exemplar of each: the mean of each action's best with another that is not the same."""
        count = len(between)
        if count < 2:
            return Nearness(0.0, 0)
        left_out = np.eye(count, dtype=np.bool_) | (between >= self.same)
        asked = np.unique(np.linspace(0, count - 1, min(count, ASKED)).astype(np.int64))
        best = np.where(left_out, -np.inf, between)[asked].max(axis=1)
        told = best[np.isfinite(best)]
        if len(told) == 0:
            return Nearness(0.0, 0)
        return Nearness(float(told.mean()), count * len(told) / len(asked))

    def level(self, near: Nearness) -> float:
        """Return the level of a gallery of this nearness."""
        return (self.worth * self.prior + near.actions * near.score) / (self.worth + near.actions)

    def of(self, between: NDArray[np.floating]) -> float:
        """Return the level of a gallery from the scores `(n, n)` between its n actions."""
        return self.level(self.nearness(between))

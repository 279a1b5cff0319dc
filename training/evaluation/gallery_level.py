"""The gallery's level: how high a stranger scores in a gallery, told by the gallery itself (ours).

How near two different actions come depends on the sensor, on the people and on how many actions
are enrolled, and no training set knows a user's. But the exemplars are the user's own: how near the
enrolled actions come to each other is how near a stranger's clip will come to the nearest of them.
The score is measured from there, so that one threshold fits galleries of 2 and of 20 actions, and
sensors that were never trained on. (The idea of cohorts from the own domain is that of speaker
verification.) The service computes the same; a test holds the two together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Actions whose exemplars are compared with all others'; of more, these evenly spread.
ASKED = 32


def nearness(between: NDArray[np.floating]) -> float:
    """Return the mean over n actions of their best score with another action, from the scores
    `(n, n)` between exemplars of n actions; 0 for fewer than two."""
    count = len(between)
    if count < 2:
        return 0.0
    others = np.where(np.eye(count, dtype=np.bool_), -np.inf, between)
    asked = np.unique(np.linspace(0, count - 1, min(count, ASKED)).astype(np.int64))
    return float(others[asked].max(axis=1).mean())


@dataclass(frozen=True)
class GalleryNorm:
    """What a score leaves out besides the cohort's part: the gallery's level.

    `prior` is the level of a gallery that says nothing of its own, and counts as `worth` actions.
    """

    prior: float
    worth: float

    def level(self, near: float, actions: int) -> float:
        """Return the level of a gallery of this `nearness`; one action alone says nothing."""
        counted = actions if actions > 1 else 0
        return (self.worth * self.prior + counted * near) / (self.worth + counted)

    def of(self, between: NDArray[np.floating]) -> float:
        """Return the level of a gallery from the scores `(n, n)` between its n actions."""
        return self.level(nearness(between), len(between))

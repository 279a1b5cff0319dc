"""The gallery's scale: scores are told by what is enrolled, so that one threshold serves galleries
of any size and sensors that were never trained on (ours).

How near two different actions come depends on the sensor, on the people and on how many actions
are enrolled, and no training set knows a user's. But the exemplars are the user's own: how near the
enrolled actions come to each other is about how near a stranger's clip will come to the nearest of
them, and how much they differ in it tells by how much it may come nearer. The score is the distance
from the one in units of the other. (The idea of cohorts from the own domain is that of speaker
verification.) Where the model wants it, what all that is enrolled has in common is first taken off
every clip: it is the sensor's more than the actions'.

The service computes the same, a test holds the two together, and besides lifts the level by what
further exemplars of the actions bring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Actions whose exemplars are compared with all others'; of more, these evenly spread.
ASKED = 32
#: Two actions of at least this cosine are one movement under two names, and tell nothing of
#: strangers.
SAME = 0.8
#: How far strangers come above the level, in spreads, falls with the number of actions: from 1 with
#: two of them by this power, and to this share. Chosen by whole sets kept out (RESULTS.md).
DECAY, LEAST = 0.7, 0.25


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, 0 for none, and the `spread` of the scores of all pairs."""

    score: float
    spread: float
    actions: float


class Scale(NamedTuple):
    """A gallery's score is measured from the `level`, in `unit`s."""

    level: float
    unit: float


@dataclass(frozen=True)
class GalleryNorm:
    """What scores are measured by.

    `prior` and `spread` are the nearness and its spread in galleries that say nothing of their own,
    and count as `worth` and `spread_worth` actions.
    """

    prior: float
    spread: float
    worth: float
    spread_worth: float

    def scale(self, near: Nearness) -> Scale:
        """Return the scale of a gallery of this nearness."""
        actions, further = near.actions, max(near.actions - 2, 0)
        level = (self.worth * self.prior + actions * near.score) / (self.worth + actions)
        squares = self.spread_worth * self.spread**2 + further * near.spread**2
        falling = LEAST + (1 - LEAST) * (2 / max(actions, 2)) ** DECAY
        return Scale(level, falling * (squares / (self.spread_worth + further)) ** 0.5)


def centred(
    asked: Matrix, between: Matrix, centre: float | None, actions: Labels | None = None
) -> tuple[Floats, Floats]:
    """Return the cosines `asked` `(Q, n)` of queries with the exemplars of C actions, and those
    `between` `(n, n)` them, after the actions' mean is taken off, C / (C + `centre`) of it.
    `actions` `(n,)` tell which exemplar is of which; without them each is of one of its own."""
    queries: Floats = np.asarray(asked, np.float64)
    exemplars: Floats = np.asarray(between, np.float64)
    if centre is None or len(exemplars) == 0:
        return queries, exemplars
    weights = _weights(np.arange(len(exemplars)) if actions is None else actions, centre)
    aside, along = queries @ weights, exemplars @ weights
    square = float(along @ weights)
    lengths = np.sqrt(1 - 2 * along + square)
    queries = (queries - aside[:, None] - along + square) / lengths
    queries = queries / np.sqrt(1 - 2 * aside + square)[:, None]
    exemplars = (exemplars - along[:, None] - along + square) / np.outer(lengths, lengths)
    return queries, exemplars


def _weights(actions: Labels, centre: float) -> Floats:
    """What each exemplar `(n,)` counts in the mean that is taken off: actions weigh the same."""
    _, of, counts = np.unique(actions, return_inverse=True, return_counts=True)
    weights: Floats = 1 / (counts[of] * (len(counts) + centre))
    return weights


def nearness(scores: Matrix, cosines: Matrix) -> Nearness:
    """Return how near C actions come to each other, from the scores and the plain cosines `(C, C)`
    between one exemplar of each: each action's best with another that is not the same."""
    count = len(scores)
    if count < 2:
        return Nearness(0.0, 0.0, 0)
    left_out = np.eye(count, dtype=np.bool_) | (cosines >= SAME)
    asked = np.unique(np.linspace(0, count - 1, min(count, ASKED)).astype(np.int64))
    others = np.where(left_out, -np.inf, scores)[asked]
    best = others.max(axis=1)
    told = np.isfinite(best)
    if not told.any():
        return Nearness(0.0, 0.0, 0)
    return Nearness(
        float(best[told].mean()),
        spread_of(others[np.isfinite(others)]),
        count * int(np.count_nonzero(told)) / len(asked),
    )


def spread_of(scores: Matrix) -> float:
    """The deviation of the scores of pairs, each of which stands twice in `(n,)`; 0 of one."""
    pairs = len(scores) / 2
    return float(scores.std()) * (pairs / (pairs - 1)) ** 0.5 if pairs > 1 else 0.0


@dataclass(frozen=True, eq=False)
class GalleryScores:
    """The scores of any queries with any exemplars, told by the gallery that these make.

    `cosine` `(q, e)` of all queries with all exemplars, `between` `(e, e)` of these; the mean
    similarities to the base classes are `asked` `(q,)` and `enrolled` `(e,)`. With a `centre` the
    mean of what is enrolled is taken off, as far as it is worth beside so many actions of the base
    classes' mean; without a `norm`, as of a checkpoint, which is not calibrated, all galleries have
    the level 0 and the unit 1.
    """

    cosine: Matrix
    between: Matrix
    asked: Matrix
    enrolled: Matrix
    centre: float | None
    norm: GalleryNorm | None

    @classmethod
    def of(
        cls,
        queries: Mapping[str, Matrix],
        exemplars: Mapping[str, Matrix],
        centre: float | None,
        norm: GalleryNorm | None,
    ) -> Self:
        """From a model's outputs `embedding` `(n, D)` and `cohort_mean` `(n,)`."""
        enrolled = exemplars["embedding"]
        return cls(
            queries["embedding"] @ enrolled.T,
            enrolled @ enrolled.T,
            queries["cohort_mean"],
            exemplars["cohort_mean"],
            centre,
            norm,
        )

    def table(self, queries: Labels, exemplars: Labels) -> Floats:
        """Return the scores `(Q, C)` of these queries `(Q,)` with one exemplar `(C,)` an action."""
        cosines = self.between[np.ix_(exemplars, exemplars)]
        asked, between = centred(self.cosine[np.ix_(queries, exemplars)], cosines, self.centre)
        enrolled = self.enrolled[exemplars]
        scores = less_cohort(asked, self.asked[queries], enrolled)
        if self.norm is None:
            return scores
        near = nearness(less_cohort(between, enrolled, enrolled), cosines)
        level, unit = self.norm.scale(near)
        return (scores - level) / unit

    def ranking(self, queries: Labels, exemplars: Labels, actions: Labels) -> Floats:
        """Return what ranks the exemplars `(n,)` of these `actions` `(n,)` for the queries `(Q,)`,
        `(Q, n)`: their scores but for level and unit."""
        cosines = self.cosine[np.ix_(queries, exemplars)]
        between = self.between[np.ix_(exemplars, exemplars)]
        asked, _ = centred(cosines, between, self.centre, actions)
        return less_cohort(asked, self.asked[queries], self.enrolled[exemplars])


def less_cohort(cosines: Matrix, queries: Matrix, exemplars: Matrix) -> Floats:
    """Take off cosines `(q, e)` the mean of what both clips, `(q,)` and `(e,)`, have with their
    nearest base classes (ours: AS-norm without the division by the cohort's deviations, which are
    unsteady for a sensor that the cohort does not know)."""
    return np.asarray(cosines - (queries[:, None] + exemplars) / 2, np.float64)

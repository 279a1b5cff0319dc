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

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Actions whose exemplars are compared with all others'; of more, these evenly spread.
ASKED = 32
#: Two actions whose exemplars have at least this cosine count as one movement under two names:
#: together they weigh what one does, and neither is near to the other. On a sensor that a model
#: does not know different actions reach it, too (RESULTS.md), so in the centre only those of one
#: clip do so: what different actions of a sensor have in common is what it is for.
SAME, ONE_CLIP = 0.8, 0.95
#: How far strangers come above the level, in spreads, falls with the number of movements: from 1
#: with two of them by this power, and to this share. Chosen by whole sets kept out (RESULTS.md).
DECAY, LEAST = 0.7, 0.25
#: Pairs of movements that tell how much they differ: two movements are one pair, three are three.
_FEWEST_PAIRS = 1.5
#: A clip that is nearly all centre has no less left than this, squared.
_REST = 1e-6


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, 0 for none, and the `spread` of the scores of all pairs. One movement
    under several names is one action."""

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
    and count as `worth` and `spread_worth` actions; `prior_spread` is how much the prior differs
    from set to set, by which strangers come nearer or less near as far as it is gone by.
    """

    prior: float
    prior_spread: float
    spread: float
    worth: float
    spread_worth: float

    def scale(self, near: Nearness) -> Scale:
        """Return the scale of a gallery of this nearness."""
        actions, further = near.actions, max(near.actions - 2, 0)
        share = self.worth / (self.worth + actions)
        level = share * self.prior + (1 - share) * near.score
        squares = self.spread_worth * self.spread**2 + further * near.spread**2
        falling = LEAST + (1 - LEAST) * (2 / max(actions, 2)) ** DECAY
        square = falling**2 * squares / (self.spread_worth + further)
        return Scale(level, (square + (share * self.prior_spread) ** 2) ** 0.5)


class Movements(NamedTuple):
    """Which of C actions are one movement: the `asked` `(A,)` are numbers of actions, of which
    `same` `(A, C)` tells which are the same; `weights` `(A,)` are one over how many. `shares`
    `(C,)` are those of all actions: where not all are asked, by those asked that are the same, and
    of the others the mean over the movements asked."""

    asked: Labels
    same: NDArray[np.bool_]
    weights: Floats
    shares: Floats


def movements(cosines: Matrix, least: float) -> Movements:
    """Take actions of at least this plain cosine, of those `(C, C)` between one exemplar of each,
    for one movement."""
    count = len(cosines)
    asked = np.linspace(0, max(count - 1, 0), min(count, ASKED)).astype(np.int64)
    same = (cosines[asked] >= least) | (asked[:, None] == np.arange(count))
    weights: Floats = 1 / same.sum(axis=1)
    if count <= ASKED:
        return Movements(asked, same, weights, weights)
    found = same.any(axis=0)
    shares = np.full(count, (weights @ weights) / weights.sum())
    shares[found] = (weights @ same)[found] / same.sum(axis=0)[found]
    return Movements(asked, same, weights, shares)


def centred(
    asked: Matrix, between: Matrix, centre: float | None, actions: Labels | None = None
) -> tuple[Floats, Floats]:
    """Return the cosines `asked` `(Q, n)` of queries with the exemplars of C actions, and those
    `between` `(n, n)` them, after the actions' mean is taken off, C / (C + `centre`) of it; actions
    of one clip count as one. `actions` `(n,)` tell which exemplar is of which; without them each is
    of one of its own."""
    queries: Floats = np.asarray(asked, np.float64)
    exemplars: Floats = np.asarray(between, np.float64)
    if centre is None or len(exemplars) == 0:
        return queries, exemplars
    weights = _weights(exemplars, np.arange(len(exemplars)) if actions is None else actions)
    weights /= weights.sum() + centre
    aside, along = queries @ weights, exemplars @ weights
    square = float(along @ weights)
    lengths = np.sqrt(np.maximum(1 - 2 * along + square, _REST))
    rest = np.sqrt(np.maximum(1 - 2 * aside + square, _REST))
    queries = (queries - aside[:, None] - along + square) / np.outer(rest, lengths)
    exemplars = (exemplars - along[:, None] - along + square) / np.outer(lengths, lengths)
    return queries, exemplars


def _weights(between: Floats, actions: Labels) -> Floats:
    """What each exemplar `(n,)` counts: its action's share, alike for all of the action's."""
    _, first, of, counts = np.unique(
        actions, return_index=True, return_inverse=True, return_counts=True
    )
    weights: Floats = (movements(between[np.ix_(first, first)], ONE_CLIP).shares / counts)[of]
    return weights


def nearness(scores: Matrix, cosines: Matrix) -> Nearness:
    """Return how near C actions come to each other, from the scores and the plain cosines `(C, C)`
    between one exemplar of each: each action's best with another that is not the same movement."""
    found = movements(cosines, SAME)
    others = np.where(found.same, -np.inf, scores[found.asked])
    best = others.max(axis=1, initial=-np.inf)
    told = np.isfinite(best)
    if not told.any():
        return Nearness(0.0, 0.0, 0)
    of_all = float(found.shares.sum() / found.weights.sum())  # 1 where all are asked
    return Nearness(
        float(np.average(best[told], weights=found.weights[told])),
        _spread(others, found.weights[:, None] * found.shares * np.isfinite(others), of_all),
        float(found.weights[told].sum()) * of_all,
    )


def _spread(scores: Matrix, weights: Floats, of_all: float) -> float:
    """The deviation of the scores of pairs `(A, C)`, which stand twice where all are asked, by
    their weights; 0 of so few that they tell none, which three movements do."""
    whole = float(weights.sum())
    pairs = whole * of_all / 2
    if pairs < _FEWEST_PAIRS:
        return 0.0
    values = np.where(weights > 0, scores, 0)
    mean = float((weights * values).sum()) / whole
    square = float((weights * (values - mean) ** 2).sum()) / whole
    return float((square * pairs / (pairs - 1)) ** 0.5)


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
    centre: float | None = None
    norm: GalleryNorm | None = None

    @property
    def plain(self) -> Matrix:
        """The scores `(q, e)` of all queries with all exemplars before a gallery tells them."""
        return less_cohort(self.cosine, self.asked, self.enrolled)

    def table(self, queries: Labels, exemplars: Labels) -> tuple[Floats, float]:
        """Return the scores `(Q, C)` of these queries `(Q,)` with one exemplar `(C,)` an action,
        and their unit, in cosines."""
        scores, between = self._centred(queries, exemplars)
        if self.norm is None:
            return scores, 1.0
        near = nearness(between, self.between[np.ix_(exemplars, exemplars)])
        level, unit = self.norm.scale(near)
        return (scores - level) / unit, unit

    def ranking(self, queries: Labels, exemplars: Labels, actions: Labels) -> Floats:
        """Return what ranks the exemplars `(n,)` of these `actions` `(n,)` for the queries `(Q,)`,
        `(Q, n)`: their scores but for level and unit."""
        return self._centred(queries, exemplars, actions)[0]

    def _centred(
        self, queries: Labels, exemplars: Labels, actions: Labels | None = None
    ) -> tuple[Floats, Floats]:
        """The scores of these queries with these exemplars, and of these with each other, before
        level and unit."""
        asked, between = centred(
            self.cosine[np.ix_(queries, exemplars)],
            self.between[np.ix_(exemplars, exemplars)],
            self.centre,
            actions,
        )
        enrolled = self.enrolled[exemplars]
        return (
            less_cohort(asked, self.asked[queries], enrolled),
            less_cohort(between, enrolled, enrolled),
        )


#: Of all queries with all exemplars: plain, or told by what is enrolled.
Similarity = Matrix | GalleryScores


def table(similarity: Similarity, queries: Labels, exemplars: Labels) -> tuple[Floats, float]:
    """Return the similarities `(Q, C)` of these queries `(Q,)` with one exemplar `(C,)` of each
    action, and their unit, 1 where no gallery tells them."""
    if isinstance(similarity, GalleryScores):
        return similarity.table(queries, exemplars)
    return np.asarray(similarity[np.ix_(queries, exemplars)], np.float64), 1.0


def ranking(similarity: Similarity, queries: Labels, exemplars: Labels, actions: Labels) -> Floats:
    """Return what ranks the exemplars `(n,)` of these `actions` `(n,)` for the queries `(Q,)`,
    `(Q, n)`."""
    if isinstance(similarity, GalleryScores):
        return similarity.ranking(queries, exemplars, actions)
    return np.asarray(similarity[np.ix_(queries, exemplars)], np.float64)


def less_cohort(cosines: Matrix, queries: Matrix, exemplars: Matrix) -> Floats:
    """Take off cosines `(q, e)` the mean of what both clips, `(q,)` and `(e,)`, have with their
    nearest base classes (ours: AS-norm without the division by the cohort's deviations, which are
    unsteady for a sensor that the cohort does not know)."""
    return np.asarray(cosines - (queries[:, None] + exemplars) / 2, np.float64)

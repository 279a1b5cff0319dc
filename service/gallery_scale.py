"""The gallery's scale: what is enrolled tells the scores, so that one threshold serves galleries of
any size and sensors that the model does not know (ours).

`training/evaluation/gallery_scale.py` measures the same, and says why; a test holds the two
together.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.model_file import GalleryNorm

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]
Weights = NDArray[np.float64]

#: Actions whose exemplar is compared with all others'; of more, these evenly spread.
ASKED = 32
#: Two actions whose first exemplars have at least this cosine count as one movement under two
#: names: together they weigh what one does, and neither is near to the other. In the centre do so
#: only those of one clip: what different actions of a sensor have in common is what it is for.
SAME, ONE_CLIP = 0.8, 0.95
#: How far strangers come above the level, in spreads, falls with the number of movements: from 1
#: with two of them by this power, and to this share.
DECAY, LEAST = 0.7, 0.25
#: Pairs of movements that tell how much they differ: two movements are one pair, three are three.
_FEWEST_PAIRS = 1.5
#: A clip that is nearly all centre has no less left than this, squared.
_REST = 1e-6


@dataclass(frozen=True, eq=False)
class Centre:
    """What all that is enrolled has in common, as far as it counts: its `mean` `(D,)`, of whose
    length this is the `square`; how far each exemplar goes `along` `(n,)` it, and how long the rest
    of them is, `lengths` `(n,)`."""

    mean: Floats
    square: float
    along: Floats
    lengths: Floats

    def cosines(self, cosines: Floats, query: Floats) -> Floats:
        """Return the cosines `(n,)` of a query `(D,)` with all exemplars, without it."""
        aside = float(self.mean @ query)
        rest = np.float32(max(1 - 2 * aside + self.square, _REST) ** 0.5)
        return (cosines - self.along - np.float32(aside - self.square)) / (self.lengths * rest)

    def between(self, cosines: Floats, rows: Numbers) -> Floats:
        """Return the cosines `(a, n)` of these rows' exemplars `(a,)` with all, without it."""
        rest = cosines - self.along[rows, None] - self.along + np.float32(self.square)
        return rest / np.outer(self.lengths[rows], self.lengths)


@dataclass(frozen=True, eq=False)
class Scale:
    """A gallery's scores are measured from the `level`, in `unit`s; the `centre`, where the model
    wants it, is taken off its cosines first."""

    level: float = 0.0
    unit: float = 1.0
    centre: Centre | None = None


#: Where no gallery tells them.
AS_THEY_ARE = Scale()


class Asked(NamedTuple):
    """The rows `first` `(C,)` of each action's first exemplar, the `rows` `(A,)` of those that are
    asked, their `places` `(A,)` among the first, and their `cosines` `(A, n)` with all exemplars.
    """

    first: Numbers
    rows: Numbers
    places: Numbers
    cosines: Floats


class Movements(NamedTuple):
    """Which actions are one movement: `same` `(A, C)` tells it of those asked; `weights` `(A,)` are
    one over how many. `shares` `(C,)` are those of all actions: where not all are asked, by those
    asked that are the same, and of the others the mean over the movements asked."""

    same: NDArray[np.bool_]
    weights: Weights
    shares: Weights


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, 0 for none, the `spread` of the scores of all pairs, and the `lift`,
    by how much the actions' further exemplars bring them nearer, the mean over those of which the
    first exemplars tell anything. One movement under several names is one action."""

    score: float
    spread: float
    actions: float
    lift: float = 0.0


def scale_of(embeddings: Floats, cohort_mean: Floats, actions: Numbers, norm: GalleryNorm) -> Scale:
    """Measure a gallery of n exemplars: `embeddings` `(n, D)`, `cohort_mean` `(n,)` and the numbers
    of their `actions` `(n,)`, in whose order the rows come. 1 ms with 1 000 exemplars, some 30 with
    10 000."""
    asked = asked_of(embeddings, actions)
    centre = None
    if norm.centre is not None and len(actions):
        shares = movements(asked, ONE_CLIP).shares
        centre = centre_of(embeddings, actions, shares, norm.centre)
    return scaled(nearness(asked, cohort_mean, actions, centre), norm, centre)


def firsts_of(actions: Numbers) -> Numbers:
    """Return the row `(C,)` where each action begins, of the numbers `(n,)` in their order."""
    return np.flatnonzero(np.diff(actions, prepend=-1))


def asked_of(embeddings: Floats, actions: Numbers) -> Asked:
    """Compare the first exemplar of each action, of more than `ASKED` actions those of as many,
    with all exemplars."""
    first = firsts_of(actions)
    places = np.linspace(0, max(len(first) - 1, 0), min(len(first), ASKED)).astype(np.intp)
    rows = first[places]
    return Asked(first, rows, places, embeddings[rows] @ embeddings.T)


def movements(asked: Asked, least: float) -> Movements:
    """Take actions whose first exemplars have at least this cosine for one movement."""
    same = asked.cosines[:, asked.first] >= least
    same[np.arange(len(asked.rows)), asked.places] = True
    weights = 1 / same.sum(axis=1)
    if len(asked.first) <= ASKED:
        return Movements(same, weights, weights)
    found = same.any(axis=0)
    shares = np.full(len(asked.first), (weights @ weights) / weights.sum())
    shares[found] = (weights @ same)[found] / same.sum(axis=0)[found]
    return Movements(same, weights, shares)


def centre_of(embeddings: Floats, actions: Numbers, shares: Weights, worth: float) -> Centre:
    """Return the mean of what is enrolled, in which each action has its share `(C,)` and its
    exemplars are alike, as far as it is worth beside `worth` actions of the base classes' mean."""
    weights = (shares / np.bincount(actions, minlength=len(shares)))[actions]
    weights = weights / (float(shares.sum()) + worth)
    mean: Floats = weights.astype(np.float32) @ embeddings
    square = float(mean @ mean)
    along: Floats = embeddings @ mean
    lengths = np.sqrt(np.maximum(1 - 2 * along + np.float32(square), np.float32(_REST)))
    return Centre(mean, square, along, lengths)


def nearness(
    asked: Asked, cohort_mean: Floats, actions: Numbers, centre: Centre | None = None
) -> Nearness:
    """Return how near the actions come to each other: each of those asked has the best score with
    another, by whichever of its exemplars, that is not the same movement."""
    found = movements(asked, SAME)
    cosines = asked.cosines if centre is None else centre.between(asked.cosines, asked.rows)
    scores = cosines - (cohort_mean[asked.rows, None] + cohort_mean) * np.float32(0.5)
    # A further exemplar is left out as its action's first is, and where it is as near itself.
    scores[found.same[:, actions] | (asked.cosines >= SAME)] = -np.inf
    of_firsts = scores[:, asked.first]
    best = scores.max(axis=1, initial=-np.inf)
    best_of_first = of_firsts.max(axis=1, initial=-np.inf)
    told, both = np.isfinite(best), np.isfinite(best_of_first)
    if not told.any():
        return Nearness(0.0, 0.0, 0)
    pairs = found.weights[:, None] * found.shares * np.isfinite(of_firsts)
    lift = 0.0
    if both.any():
        lift = float(np.average(best[both] - best_of_first[both], weights=found.weights[both]))
    of_all = float(found.shares.sum() / found.weights.sum())  # 1 where all are asked
    return Nearness(
        float(np.average(best[told], weights=found.weights[told])),
        _spread(of_firsts, pairs, of_all),
        float(found.weights[told].sum()) * of_all,
        lift,
    )


def scaled(near: Nearness, norm: GalleryNorm, centre: Centre | None = None) -> Scale:
    """Return the scale of a gallery of this nearness.

    The prior is that of actions with one exemplar each. More of them come nearer to a stranger, by
    as much as they come nearer to each other: so it is lifted by that. An action that is alone has
    no other to tell it by: as far as the prior is gone by, how much it differs from sensor to
    sensor is part of the unit.
    """
    actions, further = near.actions, max(near.actions - 2, 0)
    share = norm.worth / (norm.worth + actions)
    level = share * (norm.prior + near.lift) + (1 - share) * near.score
    squares = norm.spread_worth * norm.spread**2 + further * near.spread**2
    falling = LEAST + (1 - LEAST) * (2 / max(actions, 2)) ** DECAY
    square = falling**2 * squares / (norm.spread_worth + further)
    return Scale(level, (square + (share * norm.prior_spread) ** 2) ** 0.5, centre)


def _spread(scores: Floats, weights: Weights, of_all: float) -> float:
    """The deviation of the scores of pairs `(A, C)`, which stand twice where all are asked, by
    their weights; 0 of so few that they tell none, which three movements do."""
    whole = float(weights.sum())
    pairs = whole * of_all / 2
    if pairs < _FEWEST_PAIRS:
        return 0.0
    values = np.where(weights > 0, scores, 0).astype(np.float64)
    mean = float((weights * values).sum()) / whole
    square = float((weights * (values - mean) ** 2).sum()) / whole
    return float((square * pairs / (pairs - 1)) ** 0.5)

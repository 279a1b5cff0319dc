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

#: Actions whose exemplar is compared with all others' to tell how near they come to each other.
ASKED = 32
#: Two actions of at least this cosine are one movement under two names, and tell nothing of
#: strangers.
SAME = 0.8
#: How far strangers come above the level, in spreads, falls with the number of actions: from 1 with
#: two of them by this power, and to this share.
DECAY, LEAST = 0.7, 0.25


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
        rest = np.float32((1 - 2 * aside + self.square) ** 0.5)
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


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, 0 for none, the `spread` of the scores of all pairs, and the `lift`,
    by how much the actions' further exemplars bring them nearer, the mean over those of which the
    first exemplars tell anything."""

    score: float
    spread: float
    actions: float
    lift: float = 0.0


def scale_of(embeddings: Floats, cohort_mean: Floats, actions: Numbers, norm: GalleryNorm) -> Scale:
    """Measure a gallery of n exemplars: `embeddings` `(n, D)`, `cohort_mean` `(n,)` and the numbers
    of their `actions` `(n,)`, in whose order the rows come."""
    centre = centre_of(embeddings, actions, norm.centre) if norm.centre and len(actions) else None
    return scaled(nearness(embeddings, cohort_mean, actions, centre), norm, centre)


def centre_of(embeddings: Floats, actions: Numbers, worth: float) -> Centre:
    """Return the mean of what is enrolled, in which actions weigh the same, as far as it is worth
    beside `worth` actions of the base classes' mean."""
    first = _first_rows(actions)
    counts = np.diff(np.r_[first, len(actions)])
    mean = (np.add.reduceat(embeddings, first, axis=0) / counts[:, None]).sum(axis=0)
    mean = (mean / (len(first) + worth)).astype(np.float32)
    square, along = float(mean @ mean), embeddings @ mean
    return Centre(mean, square, along, np.sqrt(1 - 2 * along + np.float32(square)))


def nearness(
    embeddings: Floats, cohort_mean: Floats, actions: Numbers, centre: Centre | None = None
) -> Nearness:
    """Compare one exemplar of each action, its first row, with all of the others.

    Each action has the best score with another that is not the same. Of more than `ASKED` actions
    as many are asked, evenly spread: 1 ms with 1 000 exemplars, some 30 with 10 000.
    """
    first = _first_rows(actions)
    if len(first) < 2:
        return Nearness(0.0, 0.0, 0)
    asked = first[np.linspace(0, len(first) - 1, min(len(first), ASKED)).astype(np.intp)]
    cosines = embeddings[asked] @ embeddings.T
    scores = cosines if centre is None else centre.between(cosines, asked)
    scores = scores - (cohort_mean[asked, None] + cohort_mean) * np.float32(0.5)
    scores[(actions[asked, None] == actions) | (cosines >= SAME)] = -np.inf
    of_firsts = scores[:, first]
    best, best_of_first = scores.max(axis=1), of_firsts.max(axis=1)
    told, both = np.isfinite(best), np.isfinite(best_of_first)
    if not told.any():
        return Nearness(0.0, 0.0, 0)
    return Nearness(
        float(best[told].mean()),
        _spread(of_firsts[np.isfinite(of_firsts)]),
        len(first) * int(np.count_nonzero(told)) / len(asked),
        float((best[both] - best_of_first[both]).mean()) if both.any() else 0.0,
    )


def scaled(near: Nearness, norm: GalleryNorm, centre: Centre | None = None) -> Scale:
    """Return the scale of a gallery of this nearness.

    The prior is that of actions with one exemplar each. More of them come nearer to a stranger, by
    as much as they come nearer to each other: so it is lifted by that. An action that is alone has
    no other to tell it by.
    """
    actions, further = near.actions, max(near.actions - 2, 0)
    prior = norm.worth * (norm.prior + near.lift)
    level = (prior + actions * near.score) / (norm.worth + actions)
    squares = norm.spread_worth * norm.spread**2 + further * near.spread**2
    falling = LEAST + (1 - LEAST) * (2 / max(actions, 2)) ** DECAY
    return Scale(level, falling * (squares / (norm.spread_worth + further)) ** 0.5, centre)


def _first_rows(actions: Numbers) -> Numbers:
    """The first row of each action `(C,)`."""
    if not len(actions):
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(np.r_[True, actions[1:] != actions[:-1]])


def _spread(scores: Floats) -> float:
    """The deviation of the scores of pairs, each of which stands twice in `(n,)`; 0 of one."""
    pairs = len(scores) / 2
    return float(scores.std()) * (pairs / (pairs - 1)) ** 0.5 if pairs > 1 else 0.0

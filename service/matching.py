"""Matching: from similarities to a calibrated decision (ours, after AS-norm).

Where the model gives local features the best `RERANKED` exemplars by cosine, `OF_ONE_ACTION` of an
action at most, are compared a second time, by the alignment of those features in time; all others
rank behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.model_file import Calibration, GalleryNorm

Decision = Literal["match", "unknown", "ambiguous"]

#: Exemplars that are compared by their local features, too.
RERANKED = 32
#: Actions whose exemplar is compared with all others' to tell how near they come to each other.
ASKED = 32
#: Of one action at most: an action with many exemplars cannot keep the others out (ours).
OF_ONE_ACTION = 4


@dataclass(frozen=True, slots=True)
class Match:
    """One action by its best exemplar. `similarity` is the raw cosine, `score` the normalised."""

    action: str
    exemplar_id: str
    similarity: float
    score: float
    probability: float


@dataclass(frozen=True)
class Judgement:
    """The decision over the best actions, best first. `margin` is in units of the score, and None
    with fewer than two actions."""

    decision: Decision
    margin: float | None
    matches: tuple[Match, ...]


def normalised_scores(
    similarity: NDArray[np.float32],
    query_mean: NDArray[np.float32],
    exemplar_mean: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How far a similarity stands out from what both clips have with the base classes.

    `similarity` `(n,)` cosines, `query_mean` `()` and `exemplar_mean` `(n,)` the mean similarity
    of each to its nearest base classes. One threshold fits every enrolled action. AS-norm without
    its deviations: dividing by them costs accuracy (MODEL_CARD.md).
    """
    return similarity - (query_mean + exemplar_mean) * np.float32(0.5)


class Nearness(NamedTuple):
    """How near the enrolled actions come to each other: the mean `score` over the `actions` that
    say anything of strangers, and the `lift`, by how much the actions' further exemplars bring them
    nearer, the mean over those of which the first exemplars tell anything."""

    score: float
    actions: float
    lift: float = 0.0


def nearness(
    embeddings: NDArray[np.float32],
    cohort_mean: NDArray[np.float32],
    actions: NDArray[np.intp],
    norm: GalleryNorm,
) -> Nearness:
    """Compare one exemplar of each action, its first row, with all of the others.

    `embeddings` `(n, D)`, `cohort_mean` `(n,)` and the numbers of the `actions` `(n,)`, in whose
    order the rows come. Each action has the best score with another that is not the same by
    `norm`. Of more than `ASKED` actions as many are asked, evenly spread: 1 ms with 1 000
    exemplars, some 30 with 10 000.
    """
    first = np.flatnonzero(np.r_[True, actions[1:] != actions[:-1]]) if len(actions) else actions
    if len(first) < 2:
        return Nearness(0.0, 0)
    asked = first[np.linspace(0, len(first) - 1, min(len(first), ASKED)).astype(np.intp)]
    scores = embeddings[asked] @ embeddings.T
    scores -= (cohort_mean[asked, None] + cohort_mean) * np.float32(0.5)
    scores[(actions[asked, None] == actions) | (scores >= norm.same)] = -np.inf
    best, best_of_first = scores.max(axis=1), scores[:, first].max(axis=1)
    told, both = np.isfinite(best), np.isfinite(best_of_first)
    if not told.any():
        return Nearness(0.0, 0)
    lift = float((best[both] - best_of_first[both]).mean()) if both.any() else 0.0
    count = len(first) * int(np.count_nonzero(told)) / len(asked)
    return Nearness(float(best[told].mean()), count, lift)


def gallery_level(near: Nearness, norm: GalleryNorm) -> float:
    """How high a stranger's best score is in a gallery of this nearness, about: what is taken off
    every score, so that one threshold serves small galleries, larger ones and any sensor.

    The prior is that of actions with one exemplar each. More of them come nearer to a stranger, by
    as much as they come nearer to each other: so it is lifted by that. An action that is alone has
    no other to tell it by.
    """
    prior = norm.worth * (norm.prior + near.lift)
    return (prior + near.actions * near.score) / (norm.worth + near.actions)


def nearest(similarity: NDArray[np.float32], actions: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows, `RERANKED` at most, of the best similarities `(n,)`, best first; of each
    action its best `OF_ONE_ACTION`. `actions` `(n,)` numbers each row's action, from 0."""
    enough = min(RERANKED, OF_ONE_ACTION * (int(actions.max(initial=-1)) + 1))
    for count in (RERANKED * 4, len(similarity)):
        rows = _descending(similarity, count)
        rows = rows[_places(actions[rows]) < OF_ONE_ACTION]
        if len(rows) >= enough:
            break
    return rows[:RERANKED]


def _places(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many of the same group come before each, `(n,)`."""
    order = np.argsort(groups, kind="stable")
    together = groups[order]
    first = np.flatnonzero(np.r_[True, together[1:] != together[:-1]])
    places = np.empty(len(groups), dtype=np.intp)
    places[order] = np.arange(len(groups)) - np.repeat(first, np.diff(np.r_[first, len(groups)]))
    return places


def reranked(
    scores: NDArray[np.float32],
    similarity: NDArray[np.float32],
    rows: NDArray[np.intp],
    aligned: NDArray[np.float32],
    weight: float,
) -> NDArray[np.float32]:
    """Let the similarities `aligned` `(k,)` of the `rows` `(k,)` count with their weight.

    `scores` `(n,)` are those of the cosines `similarity` `(n,)`. In the rows' scores a share
    `weight` of the cosine gives way to the alignment: (1-w)·cosine + w·aligned, less the cohort's
    term as before. The other rows keep their order behind them: if need be all their scores are
    lowered by one number, so that none reaches the least of the rows'.
    """
    better = scores.copy()
    better[rows] += np.float32(weight) * (aligned - similarity[rows])
    others = np.ones(len(scores), dtype=np.bool_)
    others[rows] = False
    if others.any():
        below = np.nextafter(better[rows].min(), np.float32(-np.inf))
        ahead = np.maximum(better[others].max() - below, np.float32(0))
        better[others] = np.minimum(better[others] - ahead, below)
    return better


def probability(score: float, calibration: Calibration) -> float:
    """Probability that a match of this score is right."""
    logit = calibration.slope * score + calibration.intercept
    return 1 / (1 + exp(-logit)) if logit > -700 else 0.0


def best_actions(
    scores: NDArray[np.float32], actions: NDArray[np.intp], count: int
) -> list[tuple[int, int]]:
    """Return `(action number, exemplar row)` of the best `count` actions by their best exemplar.

    `actions` `(n,)` numbers each row's action. Equal scores come in the order of the rows, which is
    by action and exemplar in a `Gallery`.
    """
    found: dict[int, int] = {}
    for row in _descending(scores, count * 4):
        found.setdefault(int(actions[row]), int(row))
        if len(found) == count:
            return list(found.items())
    for row in _descending(scores, len(scores)):
        found.setdefault(int(actions[row]), int(row))
        if len(found) == count:
            break
    return list(found.items())


def _descending(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The rows of the best `count` scores, and of all that equal the last of them."""
    if count >= len(scores):
        return np.argsort(-scores, kind="stable")
    least = np.partition(scores, -count)[-count]
    top = np.flatnonzero(scores >= least)
    return top[np.argsort(-scores[top], kind="stable")]


def judge(matches: Sequence[Match], count: int, calibration: Calibration) -> Judgement:
    """Decide over the best actions: `matches` needs one more than the `count` that are answered."""
    if not matches:
        return Judgement("unknown", None, ())
    margin = matches[0].score - matches[1].score if len(matches) > 1 else None
    decision: Decision = "match"
    if matches[0].score < calibration.threshold:
        decision = "unknown"
    elif margin is not None and margin < calibration.margin:
        decision = "ambiguous"
    return Judgement(decision, margin, tuple(matches[:count]))

"""Matching: from similarities to a calibrated decision (ours, after AS-norm).

Where the model gives local features the best `RERANKED` exemplars by cosine, `OF_ONE_ACTION` of an
action at most, are compared a second time, by the alignment of those features in time; all others
rank behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from service.model_file import Calibration, Probability

Decision = Literal["match", "unknown", "ambiguous"]

#: Exemplars that are compared by their local features, too.
RERANKED = 32
#: Of one action at most: an action with many exemplars cannot keep the others out (ours).
OF_ONE_ACTION = 4
#: The share of clips whose action is not enrolled, unless whoever asks knows it.
STRANGERS = 0.5
_MOST = 700.0  # exp of more overflows, of less than its negative underflows


@dataclass(frozen=True, slots=True)
class Match:
    """One action by its best exemplar. `similarity` is the raw cosine, `score` the one that its
    gallery tells."""

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
    its deviations: dividing by them costs accuracy (MODEL_CARD.md). What is enrolled tells scores
    besides (`gallery_scale.py`).
    """
    return similarity - (query_mean + exemplar_mean) * np.float32(0.5)


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


def probabilities(
    best: float, behind: NDArray[np.floating], told: Probability, strangers: float
) -> NDArray[np.float64]:
    """Return the probability `(C,)` of each enrolled action to be the clip's.

    `best` is the best action's score, and each action lies `behind` `(C,)` it, in cosines; a share
    `strangers` of what is asked, below 1, is of no enrolled action. Together they are 1 less the
    probability of such a stranger. `training/evaluation/probability.py` says the same of the best
    one; a test holds the two together.
    """
    shares = np.exp(-np.asarray(behind, np.float64) / told.temperature)
    against = np.exp(np.clip(-(told.slope * best + told.intercept), -_MOST, _MOST))
    found: NDArray[np.float64] = shares / (shares.sum() + strangers / (1 - strangers) * against)
    return found


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


def judge(matches: Sequence[Match], count: int, calibration: Calibration, unit: float) -> Judgement:
    """Decide over the best actions: `matches` needs one more than the `count` that are answered.

    `unit` is that of the scores. How near two actions lie to be mistaken does not hang on what else
    is enrolled: the calibration's margin is in cosines.
    """
    if not matches:
        return Judgement("unknown", None, ())
    margin = matches[0].score - matches[1].score if len(matches) > 1 else None
    decision: Decision = "match"
    if matches[0].score < calibration.threshold:
        decision = "unknown"
    elif margin is not None and margin * unit < calibration.margin:
        decision = "ambiguous"
    return Judgement(decision, margin, tuple(matches[:count]))

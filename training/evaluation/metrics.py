"""What is measured of an episode's answers, and how two methods are compared (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.evaluation.gallery_scale import Similarity, table
from training.evaluation.probability import STRANGERS, StatesProbability
from training.evaluation.protocol import Episode, Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answers:
    """The best match of every query: its similarity `best` `(Q,)` and whether it is `right` `(Q,)`.

    Where several classes tie for the best, `right` is the true one's share, so that a method
    without an opinion gets chance and not luck. `known` `(Q,)` says whose class is enrolled.
    `probability` `(Q,)` that the best match is right, where a method states one.
    """

    best: Floats
    right: Floats
    known: NDArray[np.bool_]
    probability: Floats | None = None


def answers(
    similarity: Similarity,
    labels: Labels,
    episode: Episode,
    *,
    half: bool,
    probability: StatesProbability | None = None,
) -> Answers:
    """Match an episode's queries by a similarity `(n, n)` over the clips of `labels` `(n,)`.

    With `half` only the episode's enrolled half of the classes takes part (open set). A
    `probability` is told so: that there are as many strangers, or none.
    """
    keep = episode.enrolled if half else np.ones(len(episode.classes), dtype=np.bool_)
    classes, exemplars = episode.classes[keep], episode.exemplars[keep]
    found, unit = table(similarity, episode.queries, exemplars)  # (Q, C)
    best = found.max(axis=1)
    tied = found == best[:, None]
    true = labels[episode.queries][:, None] == classes
    right = (tied & true).sum(axis=1) / tied.sum(axis=1)
    stated = None
    if probability is not None:
        behind = (best[:, None] - found) * unit
        stated = probability(best, behind, STRANGERS if half else 0.0)
    return Answers(best, right, true.any(axis=1), stated)


def among(given: Answers, of: NDArray[np.bool_]) -> Answers:
    """Return the answers to the queries marked in `of` `(Q,)` alone."""
    stated = given.probability
    return Answers(
        given.best[of], given.right[of], given.known[of], None if stated is None else stated[of]
    )


def accuracy(given: Answers, of: NDArray[np.bool_] | None = None) -> float:
    """Share of the queries (only those marked in `of`) whose best match is right; NaN for none."""
    right = given.right if of is None else given.right[of]
    return float(right.mean()) if len(right) else float("nan")


def auroc(given: Answers) -> float:
    """Probability that a known query's best similarity exceeds an unknown one's; ties half."""
    known, unknown = given.best[given.known], given.best[~given.known]
    if len(known) == 0 or len(unknown) == 0:
        return float("nan")
    ordered = np.sort(unknown)
    below = np.searchsorted(ordered, known, side="left")
    up_to = np.searchsorted(ordered, known, side="right")
    return float((below + up_to).mean() / (2 * len(unknown)))


def right_when_accepting(given: Answers, share: float) -> float:
    """Share of the known queries rightly matched above the threshold that `share` of the unknown
    queries exceed (the quantile 1 - `share` of their best similarities, interpolated)."""
    unknown = given.best[~given.known]
    if len(unknown) == 0 or not given.known.any():
        return float("nan")
    accepted = given.best > np.quantile(unknown, 1 - share)
    return float((given.right * accepted)[given.known].mean())


def expected_calibration_error(
    probability: NDArray[np.floating],
    right: NDArray[np.floating],
    *,
    weights: NDArray[np.floating] | None = None,
    bins: int = 15,
) -> float:
    """Mean distance of stated probability and share right over equal-width bins, by bin size.

    (Guo et al., ICML 2017.) All arrays are `(Q,)`; queries weigh the same without `weights`. NaN
    without queries.
    """
    if len(probability) == 0:
        return float("nan")
    counts = np.ones(len(probability)) if weights is None else weights
    place = np.clip((probability * bins).astype(np.int64), 0, bins - 1)
    gap = np.bincount(place, weights=counts * (probability - right), minlength=bins)
    return float(np.abs(gap).sum() / counts.sum())


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over `count` episodes."""

    mean: float
    sd: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Mean and standard deviation of the values that are numbers; NaN where there is none."""
    finite = np.array([v for v in values if np.isfinite(v)])
    if len(finite) == 0:
        return Spread(float("nan"), float("nan"), 0)
    return Spread(float(finite.mean()), float(finite.std()), len(finite))


def sample_spread(values: Sequence[float]) -> Spread:
    """Mean and sample deviation (n - 1), as of a few training seeds; of one it is NaN."""
    found = spread(values)
    if found.count < 2:
        return replace(found, sd=float("nan"))
    return replace(found, sd=found.sd * (found.count / (found.count - 1)) ** 0.5)


def paired_difference(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Mean of `ours - theirs` over the same episodes, and its standard deviation."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} episodes cannot be paired")
    return spread([a - b for a, b in zip(ours, theirs, strict=True)])

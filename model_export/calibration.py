"""Calibration: from scores to probabilities and decisions (ours).

One logistic fit over all sets serves every enrolled action, because the scores are told by the
cohort and the gallery. The galleries of each size weigh the same in every set, however many clips
it has.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_export.errors import CalibrationImpossible
from model_export.trials import Floats, Trials
from training.config import GalleryConfig
from training.evaluation.gallery_scale import GalleryNorm
from training.evaluation.logistic import logistic_fit
from training.evaluation.metrics import Answers, auroc, expected_calibration_error
from training.evaluation.probability import Probability

#: The stated shares of unknown clips that a threshold accepts.
FALSE_ACCEPTS = (0.01, 0.05, 0.1)
#: Which of them decides `unknown`.
DEFAULT_FALSE_ACCEPT = 0.1
#: Two actions so close that the better one is right less often than this are `ambiguous`.
CERTAIN = 0.6

_DIGITS = 4


@dataclass(frozen=True)
class Calibration:
    """What a model file states about its scores.

    `probability` is that the best match is right. `threshold` decides `unknown`, `thresholds` are
    by the share of unknown clips they accept, both in units of the score as the gallery tells it by
    `gallery`; `margin` decides `ambiguous`, in those before it does: how near two actions lie to be
    mistaken does not hang on what else is enrolled. `figures` are means over the sets of
    `set_figures`.
    """

    probability: Probability
    threshold: float
    margin: float
    thresholds: dict[float, float]
    gallery: GalleryNorm
    figures: dict[str, Any]
    set_figures: dict[str, dict[str, Any]]


def calibrate(sets: Sequence[Trials], config: GalleryConfig) -> Calibration:
    """Fit on the trials of all sets. Raises `CalibrationImpossible` where they say nothing."""
    gallery, raw = _gallery_norm(sets, config), sets
    sets = [_measured(one, gallery) for one in raw]
    fit = _probability_fit(sets)
    probability = Probability(*(round(value, _DIGITS) for value in astuple(fit)))
    thresholds = {share: _threshold(sets, share) for share in FALSE_ACCEPTS}
    margin = round(fit.temperature * math.log(CERTAIN / (1 - CERTAIN)), _DIGITS)
    told = (probability.intercept, margin, *thresholds.values())
    if not (probability.slope > 0 and margin > 0 and all(map(math.isfinite, told))):
        raise CalibrationImpossible(
            f"the scores say nothing about being right (slope {probability.slope:.3g}): the model "
            "has not learned enough to be served"
        )
    set_figures = {one.set_name: _figures(one, probability, thresholds) for one in sets}
    for one in raw:
        if others := [other for other in raw if other is not one]:
            error = _error_by(others, one, config)
            if error is not None:
                name = "expected_calibration_error_without_this_set"
                set_figures[one.set_name][name] = round(error, _DIGITS)
    return Calibration(
        probability,
        thresholds[DEFAULT_FALSE_ACCEPT],
        margin,
        thresholds,
        gallery,
        _means(list(set_figures.values())),
        set_figures,
    )


def _gallery_norm(sets: Sequence[Trials], config: GalleryConfig) -> GalleryNorm:
    """Sets weigh the same: the prior is the mean nearness in the smallest galleries that say any,
    the spread that of the largest; where these tell none, as two actions do not, how much the
    nearness of the smallest differs.

    Raises `CalibrationImpossible` where all galleries say nothing, or the same."""
    priors, spreads = [], []
    for one in sets:
        # A gallery in which all actions are the same says nothing.
        told = [(n, near) for n, near in zip(one.actions, one.near, strict=True) if near.actions]
        if not told:
            continue
        least, most = min(n for n, _ in told), max(n for n, _ in told)
        smallest = [near.score for n, near in told if n == least]
        priors.append(float(np.mean(smallest)))
        largest = [near.spread for n, near in told if n == most and near.spread > 0]
        spread = float(np.mean(largest)) if largest else float(np.std(smallest))
        if round(spread, _DIGITS) > 0:
            spreads.append(spread)
    if not priors:
        raise CalibrationImpossible("all actions of every gallery are one movement to the model")
    if not spreads:
        raise CalibrationImpossible("all actions of every gallery come equally near to each other")
    return GalleryNorm(
        prior=round(float(np.mean(priors)), _DIGITS),
        prior_spread=round(float(np.std(priors, ddof=1)), _DIGITS) if len(priors) > 1 else 0.0,
        spread=round(float(np.mean(spreads)), _DIGITS),
        worth=config.worth,
        spread_worth=config.spread_worth,
    )


def _measured(one: Trials, gallery: GalleryNorm) -> Trials:
    """Let its gallery tell every query's best score."""
    scales = np.array([gallery.scale(near) for near in one.near])[one.gallery]  # (Q, 2)
    return replace(one, best=(one.best - scales[:, 0]) / scales[:, 1])


def _galleries(sets: Sequence[Trials]) -> Iterator[tuple[Trials, NDArray[np.bool_]]]:
    """Each set with the queries `(Q,)` of its galleries of one size; all weigh the same."""
    for one in sets:
        for size in np.unique(one.sizes):
            yield one, one.sizes == size


def _half_strangers(one: Trials) -> Floats:
    """Weights `(Q,)` by which, in galleries of every size, half of what is asked is strangers'."""
    weights = np.zeros(len(one.best))
    for _, of in _galleries([one]):
        for kind in (of & one.known, of & ~one.known):
            weights[kind] = 1 / max(kind.sum(), 1)
    return weights


def _probability_fit(sets: Sequence[Trials]) -> Probability:
    """Right matches against strangers' clips; wrong ones are told by how near others come."""
    asked = np.concatenate([one.right | ~one.known for one in sets])
    score = np.concatenate([one.best for one in sets])[asked]
    right = np.concatenate([one.right for one in sets])[asked]
    weights = np.concatenate([_half_strangers(one) for one in sets])[asked]
    if right.all() or not right.any():
        raise CalibrationImpossible("every best match is right, or none is")
    inputs = np.stack([score, np.ones_like(score)], axis=1)
    slope, intercept = logistic_fit(inputs, right, weights / weights.sum())
    return Probability(slope, intercept, _temperature(sets))


def _threshold(sets: Sequence[Trials], share: float) -> float:
    """The score that this share of the unknown clips exceed."""
    return _quantile([one.best[of & ~one.known] for one, of in _galleries(sets)], 1 - share)


def _quantile(parts: Sequence[Floats], share: float) -> float:
    """The score that this share lies below, every part weighing the same."""
    best, weights = np.concatenate(parts), _weights(parts)
    order = np.argsort(best)
    below = np.cumsum(weights[order]) - weights[order] / 2
    return round(float(np.interp(share, below, best[order])), _DIGITS)


def _temperature(sets: Sequence[Trials]) -> float:
    """By which margin the better of two actions, one of which is it, has odds of e to be right.

    A logistic without intercept: with no margin the two are equally likely.
    """
    asked = [one.right | one.second_right for one in sets]
    margins = [one.margin[of] for one, of in zip(sets, asked, strict=True)]
    right = np.concatenate([one.right[of] for one, of in zip(sets, asked, strict=True)])
    (slope,) = logistic_fit(np.concatenate(margins)[:, None], right, _weights(margins))
    if slope <= 0:
        raise CalibrationImpossible(
            "the scores say nothing about being right: of two actions the better one is right no "
            "more often the farther it leads"
        )
    return 1 / slope


def _weights(parts: Sequence[Floats]) -> Floats:
    """Weights that sum to 1, every part weighing the same."""
    held = [part for part in parts if len(part)]
    if not held:
        raise CalibrationImpossible("the episodes hold no such queries")
    return np.concatenate([np.full(len(part), 1 / len(part) / len(held)) for part in held])


def _error_by(sets: Sequence[Trials], one: Trials, config: GalleryConfig) -> float | None:
    """The calibration error on a set of what the others alone say; None where they say nothing."""
    try:
        gallery = _gallery_norm(sets, config)
        probability = _probability_fit([_measured(other, gallery) for other in sets])
    except CalibrationImpossible:
        return None
    return _error(_measured(one, gallery), probability)


def _error(one: Trials, probability: Probability) -> float:
    """The calibration error where every second clip is a stranger's."""
    stated, right = probability.of_best(one.best, one.behind), one.right.astype(np.float64)
    return expected_calibration_error(stated, right, weights=_half_strangers(one))


def _figures(
    one: Trials, probability: Probability, thresholds: dict[float, float]
) -> dict[str, Any]:
    """What the calibration does on one set."""
    right, of = one.right.astype(np.float64), one.known
    among = probability.of_best(one.best[of], one.behind[of], strangers=0)
    figures: dict[str, Any] = {
        "classes": one.classes,
        "subjects": one.subjects,
        "clips": one.clips,
        "episodes": one.episodes,
        "enrolled": one.enrolled,
        "fillers": one.fillers,
        "queries": len(one.best),
        "known": int(one.known.sum()),
        "accuracy": float(right[one.known].mean()),
        "auroc": auroc(Answers(one.best, right, one.known)),
        "expected_calibration_error": _error(one, probability),
        "expected_calibration_error_without_strangers": expected_calibration_error(
            among, right[of]
        ),
        "false_accepts": {
            f"{share:g}": float((one.best[~one.known] >= threshold).mean())
            for share, threshold in thresholds.items()
        },
        "right_when_accepting": {
            f"{share:g}": float((one.right & (one.best >= threshold))[one.known].mean())
            for share, threshold in thresholds.items()
        },
    }
    return _rounded(figures)


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(value)
        if isinstance(value, dict)
        else round(value, _DIGITS)
        if isinstance(value, float)
        else value
        for name, value in figures.items()
    }


def _means(sets: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums of the counts and means of the shares over the sets, of what all of them tell."""
    found: dict[str, Any] = {}
    for name in sets[0]:
        if not all(name in one for one in sets):
            continue
        values = [one[name] for one in sets]
        if isinstance(values[0], dict):
            found[name] = _means(values)
        elif isinstance(values[0], int):
            found[name] = sum(values)
        else:
            found[name] = round(sum(values) / len(values), _DIGITS)
    return found

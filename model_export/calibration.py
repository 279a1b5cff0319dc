"""Calibration: from scores to probabilities and decisions (ours).

One logistic fit over all sets serves every enrolled action, because the scores are measured
against the cohort and the gallery. Each set weighs the same, however many clips it has.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model_export.errors import CalibrationImpossible
from model_export.score import Floats
from model_export.trials import Trials
from training.evaluation.gallery_level import GalleryNorm
from training.evaluation.logistic import logistic, logistic_fit
from training.evaluation.metrics import Answers, auroc, expected_calibration_error

#: The stated shares of unknown clips that a threshold accepts.
FALSE_ACCEPTS = (0.01, 0.05, 0.1)
#: Which of them decides `unknown`.
DEFAULT_FALSE_ACCEPT = 0.1
#: Two actions so close that the better one is right less often than this are `ambiguous`.
CERTAIN = 0.6

#: Actions that the prior of a gallery's level counts as: with 5 the share of strangers that pass
#: was the most even over galleries of 2 to 20 actions of the classes kept out (RESULTS.md).
WORTH = 5.0

_DIGITS = 4


@dataclass(frozen=True)
class Calibration:
    """What a model file states about its scores.

    `slope`, `intercept`: probability that the best match is right = 1 / (1 + exp(-(slope · score +
    intercept))), where half of the queried actions are enrolled. `threshold` decides `unknown`,
    `margin` decides `ambiguous`, `thresholds` are by the share of unknown clips they accept; all
    in units of the score, from which `gallery` has taken the gallery's level. `figures` are means
    over the sets of `set_figures`.
    """

    slope: float
    intercept: float
    threshold: float
    margin: float
    thresholds: dict[float, float]
    gallery: GalleryNorm
    figures: dict[str, Any]
    set_figures: dict[str, dict[str, Any]]

    def probability(self, score: Floats) -> Floats:
        """Return the probability that a best match of this score is right."""
        return logistic(self.slope * score + self.intercept)


def calibrate(sets: Sequence[Trials]) -> Calibration:
    """Fit on the trials of all sets. Raises `CalibrationImpossible` where they say nothing."""
    gallery = GalleryNorm(_prior(sets), WORTH)
    sets = [replace(one, best=one.best - _levels(one, gallery)) for one in sets]
    slope, intercept = _probability_fit(sets)
    thresholds = {share: _threshold(sets, share) for share in FALSE_ACCEPTS}
    margin = _margin(sets)
    if not (slope > 0 and all(map(math.isfinite, (intercept, margin, *thresholds.values())))):
        raise CalibrationImpossible(
            f"the scores say nothing about being right (slope {slope:.3g}): the model has not "
            "learned enough to be served"
        )
    set_figures = {
        one.set_name: _figures(one, sets, (slope, intercept), thresholds) for one in sets
    }
    return Calibration(
        slope,
        intercept,
        thresholds[DEFAULT_FALSE_ACCEPT],
        margin,
        thresholds,
        gallery,
        _means(list(set_figures.values())),
        set_figures,
    )


def _prior(sets: Sequence[Trials]) -> float:
    """The mean nearness in the smallest galleries, sets weighing the same."""
    smallest = [float(one.nearness[one.actions == one.actions.min()].mean()) for one in sets]
    return round(sum(smallest) / len(smallest), _DIGITS)


def _levels(one: Trials, gallery: GalleryNorm) -> Floats:
    """The level of the gallery of every query, `(Q,)`."""
    galleries = zip(one.nearness.tolist(), one.actions.tolist(), strict=True)
    return np.array([gallery.level(near, actions) for near, actions in galleries])


def _probability_fit(sets: Sequence[Trials]) -> tuple[float, float]:
    score = np.concatenate([one.best for one in sets])
    right = np.concatenate([one.right for one in sets])
    if right.all() or not right.any():
        raise CalibrationImpossible("every best match is right, or every one is wrong")
    inputs = np.stack([score, np.ones_like(score)], axis=1)
    slope, intercept = logistic_fit(inputs, right, _weights([one.best for one in sets]))
    return round(slope, _DIGITS), round(intercept, _DIGITS)


def _threshold(sets: Sequence[Trials], share: float) -> float:
    """The score that this share of the unknown clips exceed, sets weighing the same."""
    unknown = [one.best[~one.known] for one in sets]
    best, weights = np.concatenate(unknown), _weights(unknown)
    order = np.argsort(best)
    below = np.cumsum(weights[order]) - weights[order] / 2
    return round(float(np.interp(1 - share, below, best[order])), _DIGITS)


def _margin(sets: Sequence[Trials]) -> float:
    """The margin at which the better of two actions, one of which is it, is right in 60 %.

    A logistic without intercept: with no margin the two are equally likely.
    """
    asked = [one.right | one.second_right for one in sets]
    margins = [one.margin[of] for one, of in zip(sets, asked, strict=True)]
    right = np.concatenate([one.right[of] for one, of in zip(sets, asked, strict=True)])
    (slope,) = logistic_fit(np.concatenate(margins)[:, None], right, _weights(margins))
    return round(math.log(CERTAIN / (1 - CERTAIN)) / slope, _DIGITS) if slope > 0 else math.inf


def _weights(parts: Sequence[Floats]) -> Floats:
    """Weights that sum to 1, every part weighing the same."""
    held = [part for part in parts if len(part)]
    if not held:
        raise CalibrationImpossible("the episodes hold no such queries")
    return np.concatenate([np.full(len(part), 1 / len(part) / len(held)) for part in held])


def _figures(
    one: Trials,
    sets: Sequence[Trials],
    fit: tuple[float, float],
    thresholds: dict[float, float],
) -> dict[str, Any]:
    """What the calibration does on one set; also with a fit that has not seen it."""
    right = one.right.astype(np.float64)
    others = [other for other in sets if other.set_name != one.set_name]
    slope, intercept = fit
    stated = logistic(slope * one.best + intercept)
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
        "expected_calibration_error": expected_calibration_error(stated, right),
        "false_accepts": {
            f"{share:g}": float((one.best[~one.known] >= threshold).mean())
            for share, threshold in thresholds.items()
        },
        "right_when_accepting": {
            f"{share:g}": float((one.right & (one.best >= threshold))[one.known].mean())
            for share, threshold in thresholds.items()
        },
    }
    if others:
        slope, intercept = _probability_fit(others)
        unseen = logistic(slope * one.best + intercept)
        error = expected_calibration_error(unseen, right)
        figures["expected_calibration_error_without_this_set"] = error
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
    """Sums of the counts and means of the shares over the sets."""
    found: dict[str, Any] = {}
    for name in sets[0]:
        values = [one[name] for one in sets]
        if isinstance(values[0], dict):
            found[name] = _means(values)
        elif isinstance(values[0], int):
            found[name] = sum(values)
        else:
            found[name] = round(sum(values) / len(values), _DIGITS)
    return found

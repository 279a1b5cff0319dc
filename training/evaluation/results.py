"""Records of an evaluation, and what is counted in them. Shares are 0 to 1, one per episode."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import (
    Answers,
    accuracy,
    among,
    auroc,
    expected_calibration_error,
    right_when_accepting,
)
from training.evaluation.protocol import Episode

Series = tuple[float, ...]


@dataclass(frozen=True)
class Measured:
    """One method on one set. `novel` are the queries of truly novel classes, all classes enrolled.

    `calibration` is the expected calibration error of stated probabilities, `open_calibration` the
    same with half of the classes enrolled. `decisions` gives, by group of queries, the mean share
    of each decision of a service. `novel_auroc` and its fellows are the open set's figures over the
    queries of truly novel classes alone. `model` says which of several models was asked, None
    where there is one or none. NaN: could not be asked.
    """

    method: str
    seconds: float
    accuracy: Series
    novel: Series | None
    auroc: Series
    right_at_1: Series
    right_at_5: Series
    calibration: Series | None = None
    decisions: Mapping[str, Mapping[str, float]] | None = None
    novel_auroc: Series | None = None
    novel_right_at_1: Series | None = None
    novel_right_at_5: Series | None = None
    open_calibration: Series | None = None
    model: str | None = None


#: The fields of `Measured` that hold a figure for each episode, and what a report calls them.
FIGURES = {
    "accuracy": "accuracy",
    "novel": "truly novel",
    "auroc": "open set: AUROC",
    "right_at_1": "right at 1 %",
    "right_at_5": "right at 5 %",
    "novel_auroc": "truly novel, open set: AUROC",
    "novel_right_at_1": "truly novel, right at 1 %",
    "novel_right_at_5": "truly novel, right at 5 %",
    "calibration": "calibration error, all enrolled",
    "open_calibration": "calibration error, open set",
}


@dataclass(frozen=True)
class SetResult:
    """All methods on one set. `borrowed` counts exemplars that another subject lent; `novel` are
    the truly novel classes, None where they are not known; `trained_on` those that a model was
    trained on by name."""

    name: str
    clips: int
    classes: int
    subjects: int
    episodes: int
    borrowed: int
    novel: tuple[str, ...] | None
    methods: tuple[Measured, ...]
    trained_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """A whole run. `facts` says when, where and with what it was made."""

    facts: Mapping[str, str]
    sets: tuple[SetResult, ...]


def measured(
    method: str,
    seconds: float,
    episodes: Sequence[Episode],
    closed: Sequence[Answers],
    opened: Sequence[Answers],
    novel: NDArray[np.bool_] | None,
    decisions: Mapping[str, Mapping[str, float]] | None = None,
) -> Measured:
    """Measure a method's answers with all (`closed`) and with half the classes enrolled (`opened`).

    `novel` `(n,)` marks the clips of truly novel ones.
    """

    def series(of: Callable[[Answers], float], given: Sequence[Answers]) -> Series:
        return tuple(of(one) for one in given)

    def at(share: float) -> Callable[[Answers], float]:
        return lambda given: right_when_accepting(given, share)

    novel_closed = _among_novel(episodes, closed, novel)
    novel_opened = _among_novel(episodes, opened, novel)
    return Measured(
        method=method,
        seconds=seconds,
        accuracy=series(accuracy, closed),
        novel=None if novel_closed is None else series(accuracy, novel_closed),
        auroc=series(auroc, opened),
        right_at_1=series(at(0.01), opened),
        right_at_5=series(at(0.05), opened),
        calibration=_errors(closed),
        decisions=decisions,
        novel_auroc=None if novel_opened is None else series(auroc, novel_opened),
        novel_right_at_1=None if novel_opened is None else series(at(0.01), novel_opened),
        novel_right_at_5=None if novel_opened is None else series(at(0.05), novel_opened),
        open_calibration=_errors(opened),
    )


def _among_novel(
    episodes: Sequence[Episode], given: Sequence[Answers], novel: NDArray[np.bool_] | None
) -> list[Answers] | None:
    if novel is None:
        return None
    pairs = zip(episodes, given, strict=True)
    return [among(one, novel[episode.queries]) for episode, one in pairs]


def _errors(given: Sequence[Answers]) -> Series | None:
    errors = tuple(_calibration(one) for one in given)
    return None if all(math.isnan(error) for error in errors) else errors


def _calibration(given: Answers) -> float:
    if given.probability is None:
        return float("nan")
    return expected_calibration_error(given.probability, given.right)

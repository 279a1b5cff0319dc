"""Records of an evaluation, and what is counted in them. Shares are 0 to 1, one per episode."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import (
    Answers,
    accuracy,
    auroc,
    expected_calibration_error,
    right_when_accepting,
)
from training.evaluation.protocol import Episode

Series = tuple[float, ...]


@dataclass(frozen=True)
class Measured:
    """One method on one set. `novel` are the queries of truly novel classes, all classes enrolled.

    `calibration` is the expected calibration error of stated probabilities. `decisions` gives, by
    group of queries, the mean share of each decision of a service. NaN: could not be asked.
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


@dataclass(frozen=True)
class SetResult:
    """All methods on one set. `borrowed` counts exemplars that another subject lent; `novel` are
    the truly novel classes, None where the training classes are not known."""

    name: str
    clips: int
    classes: int
    subjects: int
    episodes: int
    borrowed: int
    novel: tuple[str, ...] | None
    methods: tuple[Measured, ...]


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

    truly = None
    if novel is not None:
        pairs = zip(episodes, closed, strict=True)
        truly = tuple(accuracy(given, novel[episode.queries]) for episode, given in pairs)
    errors = series(_calibration, closed)
    return Measured(
        method=method,
        seconds=seconds,
        accuracy=series(accuracy, closed),
        novel=truly,
        auroc=series(auroc, opened),
        right_at_1=series(lambda given: right_when_accepting(given, 0.01), opened),
        right_at_5=series(lambda given: right_when_accepting(given, 0.05), opened),
        calibration=None if all(math.isnan(error) for error in errors) else errors,
        decisions=decisions,
    )


def _calibration(given: Answers) -> float:
    if given.probability is None:
        return float("nan")
    return expected_calibration_error(given.probability, given.right)

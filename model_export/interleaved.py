"""Interleaved timing: what a slow spell of the machine takes, it takes from every candidate."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_export.session import Session

_RUNS = 8

Arrays = NDArray[np.float32]


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of the rounds."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Of one value a round."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.least:.2f}, {self.greatest:.2f}]"


def milliseconds(
    sessions: Mapping[str, tuple[Session, int, int]], rounds: int
) -> dict[str, list[float]]:
    """Milliseconds of one clip on one thread, by name, one value a round.

    `sessions` holds each file's session, its frames and its joints. Every round runs all of them
    one after another and takes the median of a few runs of each.
    """
    clips = {name: noise(frames, 1, joints) for name, (_, frames, joints) in sessions.items()}
    taken: dict[str, list[float]] = {name: [] for name in sessions}
    for turn in range(rounds + 1):
        for name, (session, _, _) in sessions.items():
            found = median_milliseconds(session, *clips[name], runs=_RUNS)
            if turn:  # the first round warms up
                taken[name].append(found)
    return taken


def noise(frames: int, persons: int, joints: int) -> tuple[Arrays, Arrays]:
    """One clip `(1, T, M, V, 3)` to be timed, and what is seen of it: everything."""
    rng = np.random.default_rng(0)
    clip = rng.standard_normal((1, frames, persons, joints, 3)).astype(np.float32)
    return clip, np.ones(clip.shape[:-1], dtype=np.float32)


def median_milliseconds(session: Session, clip: Arrays, seen: Arrays, *, runs: int) -> float:
    """The median of so many runs of a clip."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        session.run(clip, seen)
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)

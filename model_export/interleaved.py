"""Interleaved timing: what a slow spell of the machine takes, it takes from every candidate."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model_export.session import Session

_RUNS = 8


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
    clips = {name: _clip(frames, joints) for name, (_, frames, joints) in sessions.items()}
    taken: dict[str, list[float]] = {name: [] for name in sessions}
    for turn in range(rounds + 1):
        for name, (session, _, _) in sessions.items():
            found = _median(session, *clips[name])
            if turn:  # the first round warms up
                taken[name].append(found)
    return taken


def _clip(frames: int, joints: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    clip = rng.standard_normal((1, frames, 1, joints, 3)).astype(np.float32)
    return clip, np.ones(clip.shape[:-1], dtype=np.float32)


def _median(session: Session, clip: np.ndarray, seen: np.ndarray) -> float:
    taken = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        session.run(clip, seen)
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)

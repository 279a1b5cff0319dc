"""Means and deviations over training seeds and episodes, together and apart (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SeedSpread:
    """A figure over `seeds` models and the `episodes` they share; all NaN where there is none.

    `sd` is the standard deviation over all seeds and episodes together. Apart: `over_seeds`, the
    sample deviation (n - 1) of the seeds' means, NaN for one seed; and `over_episodes`, the
    deviation of the episodes' means over the seeds. `standard_error` of the mean, counting the
    seeds as independent: `over_seeds` / √seeds.
    """

    mean: float
    sd: float
    over_seeds: float
    over_episodes: float
    standard_error: float
    seeds: int
    episodes: int


def over_seeds(rows: Sequence[Sequence[float]]) -> SeedSpread:
    """Return the spread of a figure `(seeds, episodes)`.

    Episodes in which some seed has no figure (NaN) are left out for every seed.
    """
    table = _table(rows)
    table = table[:, np.isfinite(table).all(axis=0)]
    seeds, episodes = table.shape
    nothing = float("nan")
    if seeds == 0 or episodes == 0:
        return SeedSpread(nothing, nothing, nothing, nothing, nothing, seeds, 0)
    of_seeds = table.mean(axis=1)
    deviation = float(of_seeds.std(ddof=1)) if seeds > 1 else nothing
    return SeedSpread(
        mean=float(table.mean()),
        sd=float(table.std()),
        over_seeds=deviation,
        over_episodes=float(table.mean(axis=0).std()),
        standard_error=deviation / seeds**0.5,
        seeds=seeds,
        episodes=episodes,
    )


def paired_over_seeds(
    ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]
) -> SeedSpread:
    """Return the spread of `ours - theirs`, both `(seeds, episodes)` over the same of both."""
    mine, other = _table(ours), _table(theirs)
    if mine.shape != other.shape:
        raise ValueError(f"{mine.shape} and {other.shape} seeds and episodes cannot be paired")
    return over_seeds((mine - other).tolist())


def _table(rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    if len({len(row) for row in rows}) > 1:
        raise ValueError("seeds were measured on different numbers of episodes")
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(rows[0]) if rows else 0)

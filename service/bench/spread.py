"""Spread: one figure over the rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median of a figure over the rounds, its least and greatest, and every round's value."""

    median: float
    least: float
    greatest: float
    rounds: tuple[float, ...]


def spread(values: Iterable[float]) -> Spread:
    """Summarise one figure; `values` holds one for each round, at least one."""
    rounds = tuple(values)
    return Spread(median(rounds), min(rounds), max(rounds), rounds)

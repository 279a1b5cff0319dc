"""The one-shot protocol on sets with several subjects (ours)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


class UnusableSet(ValueError):
    """A data set on which the protocol cannot be run."""


@dataclass(frozen=True, eq=False)
class Episode:
    """One draw of exemplars, and everything that is asked of it.

    `exemplars` `(C,)` are clip indices, one for each class of `classes` `(C,)`. `subject` performed
    them, save where `borrowed` `(C,)` is true. `queries` `(Q,)` are clip indices. `enrolled` `(C,)`
    is the half of the classes that the open-set question enrols; the closed set enrols all.
    """

    subject: int
    repeat: int
    classes: Labels
    exemplars: Labels
    borrowed: NDArray[np.bool_]
    queries: Labels
    enrolled: NDArray[np.bool_]


def episodes(labels: Labels, subjects: Labels, *, repeats: int = 3, seed: int = 0) -> list[Episode]:
    """Draw the episodes of a set from the labels and subjects `(n,)` of its clips.

    Every subject gives the exemplars in turn, `repeats` times: one random clip per class. A class
    that the subject did not perform takes a random clip of another subject; **that clip is then an
    exemplar and not a query**, so a borrowed class is asked only through its other clips (some of
    which share the lender with it). Queries are all clips of every other subject.
    In the open set half of the classes (rounded down), drawn anew each episode, are not enrolled.

    The draw depends on `seed`, subject and repeat alone: every method meets the same episodes, and
    more repeats leave the earlier ones as they are. All subjects come before the next repeat.
    Raises `UnusableSet` with fewer than two subjects or two classes.
    """
    classes = np.unique(labels)
    people = np.unique(subjects)
    if len(people) < 2 or len(classes) < 2:
        raise UnusableSet(
            f"one-shot episodes need two subjects and two classes at least, "
            f"not {len(people)} and {len(classes)}"
        )
    return [
        _episode(labels, subjects, classes, int(person), repeat, (seed, position, repeat))
        for repeat in range(repeats)
        for position, person in enumerate(people)
    ]


def evenly(drawn: list[Episode], count: int | None) -> list[Episode]:
    """Return `count` episodes (all with None), spread over the subjects as evenly as can be."""
    if count is None or count >= len(drawn):
        return drawn
    people = len({episode.subject for episode in drawn})
    if count >= people:
        return drawn[:count]
    return [drawn[i * people // count] for i in range(count)]


def _episode(
    labels: Labels,
    subjects: Labels,
    classes: Labels,
    subject: int,
    repeat: int,
    seed: tuple[int, int, int],
) -> Episode:
    rng = np.random.default_rng(seed)
    own = subjects == subject
    exemplars = np.empty(len(classes), dtype=np.int64)
    borrowed = np.zeros(len(classes), dtype=np.bool_)
    for position, label in enumerate(classes):
        candidates = np.flatnonzero((labels == label) & own)
        if len(candidates) == 0:
            borrowed[position] = True
            candidates = np.flatnonzero(labels == label)
        exemplars[position] = rng.choice(candidates)
    enrolled = np.ones(len(classes), dtype=np.bool_)
    enrolled[rng.permutation(len(classes))[: len(classes) // 2]] = False
    queries = np.setdiff1d(np.flatnonzero(~own), exemplars)
    return Episode(subject, repeat, classes, exemplars, borrowed, queries, enrolled)

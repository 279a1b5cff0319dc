"""How many exemplars, and whose: what a second example of an action brings (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skeleton import Archive
from training.evaluation.gallery_scale import Similarity, ranking
from training.evaluation.metrics import Spread, paired_difference, spread
from training.evaluation.protocol import Labels

COUNTS = (1, 2, 3, 5)
_DONORS = max(COUNTS)

Exemplars = dict[int, list[int]]  # clips by class


@dataclass(frozen=True)
class Number:
    """So many exemplars an action, of one or of several people. `used` is their mean number,
    which is less where people did not repeat an action so often; `gain` is paired, against one."""

    whose: str
    count: int
    used: float
    accuracy: Spread
    gain: Spread


@dataclass(frozen=True)
class Person:
    """One exemplar an action from the asking person, and from another one: the same queries."""

    same: Spread
    other: Spread
    gain: Spread


def measure_numbers(
    similarity: Similarity, archive: Archive, *, repeats: int, seed: int
) -> tuple[Number, ...]:
    """Measure 1, 2, 3 and 5 exemplars an action, the best of which decides.

    Every subject leads in turn: the exemplars are the leader's alone, or one each of the leader
    and others. Queries are the clips of those subjects who give none in any case. A class that
    the leader did not perform takes one clip of another giver.
    """
    people = np.unique(archive.subjects)
    givers = min(_DONORS, len(people) - 2)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for repeat in range(repeats):
        for place, leader in enumerate(people):
            chance = np.random.default_rng([seed, place, repeat])
            others = chance.permutation(people[people != leader])[: givers - 1]
            donors = np.concatenate(([leader], others))
            queries = np.flatnonzero(~np.isin(archive.subjects, donors))
            several = _one_each(archive, donors, chance)
            alone = {label: _alone(archive, several[label], chance) for label in several}
            for whose, pool in (("one person", alone), ("several people", several)):
                for count in COUNTS:
                    found.setdefault((whose, count), []).append(
                        _best_of(similarity, archive.labels, pool, count, queries)
                    )
    rows = []
    for (whose, count), given in found.items():
        used = float(np.mean([number for _, number in given]))
        if used <= count - 0.75:
            continue  # nearly nobody repeated the action so often
        series = [right for right, _ in given]
        one = [right for right, _ in found[whose, 1]]
        rows.append(Number(whose, count, used, spread(series), paired_difference(series, one)))
    return tuple(rows)


def measure_person(similarity: Similarity, archive: Archive, *, repeats: int, seed: int) -> Person:
    """Ask every subject's clips of exemplars of their own, and of one other subject.

    Only actions that the subject did twice take part; one that the other subject did not do is
    lent by a third.
    """
    people = np.unique(archive.subjects)
    same: list[float] = []
    other: list[float] = []
    for repeat in range(repeats):
        for place, asking in enumerate(people):
            chance = np.random.default_rng([seed, place, repeat, 1])
            mine = archive.subjects == asking
            own: Exemplars = {}
            theirs: Exemplars = {}
            strangers = chance.permutation(people[people != asking])
            for label, clips in _one_each(archive, strangers, chance).items():
                again = np.flatnonzero(mine & (archive.labels == label))
                if len(again) > 1:
                    own[label], theirs[label] = [int(chance.choice(again))], clips[:1]
            if not own:
                continue
            queries = np.flatnonzero(mine & np.isin(archive.labels, list(own)))
            queries = np.setdiff1d(queries, [clips[0] for clips in own.values()])
            for pool, series in ((own, same), (theirs, other)):
                right, _ = _best_of(similarity, archive.labels, pool, 1, queries)
                series.append(right)
    return Person(spread(same), spread(other), paired_difference(same, other))


def _one_each(archive: Archive, people: Labels, chance: np.random.Generator) -> Exemplars:
    """One random clip a class of each of the people who performed it, in their order."""
    drawn: Exemplars = {}
    for label in np.unique(archive.labels):
        for person in people:
            clips = np.flatnonzero((archive.labels == label) & (archive.subjects == person))
            if len(clips):
                drawn.setdefault(int(label), []).append(int(chance.choice(clips)))
    return drawn


def _alone(archive: Archive, clips: Sequence[int], chance: np.random.Generator) -> list[int]:
    """The first of these clips, then all others of its class by the same subject."""
    first = clips[0]
    like = (archive.labels == archive.labels[first]) & (archive.subjects == archive.subjects[first])
    return [first, *(int(i) for i in chance.permutation(np.flatnonzero(like)) if i != first)]


def _best_of(
    similarity: Similarity, labels: Labels, pool: Exemplars, count: int, queries: Labels
) -> tuple[float, float]:
    """Share of the queries that are right by the best of `count` exemplars; the mean number."""
    exemplars = np.concatenate([pool[label][:count] for label in sorted(pool)])
    found = ranking(similarity, queries, exemplars, labels[exemplars])
    right = labels[exemplars[found.argmax(axis=1)]] == labels[queries]
    return float(right.mean()), len(exemplars) / len(pool)

"""Every layout against every other on the animator's movements (ours).

The gallery of a cell holds every action once, in the row's layout; the queries are in the
column's. Either they are the same performance, as two sensors that watch it would tell it, or
another one: another body, draw, speed, view and noise.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from skeleton import Clip, Layout, mapping
from skeleton.animator import BODIES, animate
from training.evaluation.encoders import Encoder, Outputs
from training.evaluation.gallery_scale import Matrix

_NOISE = 0.005  # metres, as a good depth camera's
_MORE_NOISE = 0.01


@dataclass(frozen=True)
class Cell:
    """One pair of layouts: shares of the queries recognised as their action, of the same movement
    and of another performance. Of the same movement also the mean `cosine` of query and exemplar,
    the least `margin` of the right action's score over the best wrong one's, and the confusions
    `(asked, answered)` with their counts, the most frequent first."""

    enrolled: str
    asked: str
    queries: int
    same: float
    other: float
    cosine: float
    margin: float
    confusions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Source:
    """What of a model's joints a layout gives by derivation (from what), and what it lacks."""

    layout: str
    derived: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """All cells, row by row, and what each layout gives the model."""

    cells: tuple[Cell, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class _Encoded:
    """Outputs of one layout for each take, its clips in the order of the actions."""

    enrolled: list[Outputs]
    other: list[Outputs]


def measure_pairs(
    encoder: Encoder,
    layouts: Sequence[Layout],
    actions: Sequence[str],
    *,
    takes: int,
    seed: int = 0,
) -> Pairs:
    """Measure `takes` performances of every action in every pair of layouts."""
    encoded = {}
    for layout in tqdm(layouts, desc="layouts", unit="layout", disable=None):
        encoded[layout.name] = _Encoded(
            [encoder.encode(_enrolled(actions, layout, seed, take)) for take in range(takes)],
            [encoder.encode(_other(actions, layout, seed, take)) for take in range(takes)],
        )
    return Pairs(
        tuple(
            _cell(encoder, row.name, column.name, encoded, actions)
            for row in layouts
            for column in layouts
        ),
        tuple(_source(layout, encoder.layout) for layout in layouts),
    )


def _enrolled(actions: Sequence[str], layout: Layout, seed: int, take: int) -> Iterator[Clip]:
    bodies = sorted(BODIES)
    for number, action in enumerate(actions):
        draw = int(np.random.default_rng([seed, take, number]).integers(1 << 30))
        yield animate(
            action, seed=draw, body=bodies[take % len(bodies)], noise=_NOISE, layout=layout
        )


def _other(actions: Sequence[str], layout: Layout, seed: int, take: int) -> Iterator[Clip]:
    bodies = sorted(BODIES)
    for number, action in enumerate(actions):
        chance = np.random.default_rng([seed, take, number, 1])
        yield animate(
            action,
            seed=int(chance.integers(1 << 30)),
            body=bodies[(take + 1) % len(bodies)],
            speed=float(chance.uniform(0.75, 1.35)),
            yaw=float(chance.uniform(-60, 60)),
            noise=_MORE_NOISE,
            layout=layout,
        )


def _cell(
    encoder: Encoder,
    row: str,
    column: str,
    encoded: Mapping[str, _Encoded],
    actions: Sequence[str],
) -> Cell:
    gallery, asked = encoded[row], encoded[column]
    truth = np.arange(len(actions))
    confusions: Counter[tuple[str, str]] = Counter()
    same, other, cosines, margins = [], [], [], []
    for exemplars, again, another in zip(
        gallery.enrolled, asked.enrolled, asked.other, strict=True
    ):
        table = _ranking(encoder, again, exemplars)
        best = table.argmax(axis=1)
        right = np.diagonal(table).copy()
        cosines.append((again["embedding"] * exemplars["embedding"]).sum(axis=1))
        np.fill_diagonal(table, -np.inf)
        margins.append(right - table.max(axis=1))
        same.append(best == truth)
        other.append(_ranking(encoder, another, exemplars).argmax(axis=1) == truth)
        wrong = np.flatnonzero(best != truth).tolist()
        confusions.update((actions[i], actions[int(best[i])]) for i in wrong)
    return Cell(
        row,
        column,
        len(actions) * len(same),
        float(np.mean(same)),
        float(np.mean(other)),
        float(np.mean(cosines)),
        float(np.min(margins)),
        tuple((a, b, count) for (a, b), count in confusions.most_common()),
    )


def _ranking(encoder: Encoder, queries: Outputs, exemplars: Outputs) -> Matrix:
    """What ranks these exemplars, one of each action, for these queries."""
    asked, actions = (np.arange(len(given["embedding"])) for given in (queries, exemplars))
    return encoder.scores(queries, exemplars).ranking(asked, actions, actions)


def _source(layout: Layout, model: Layout) -> Source:
    how = mapping(layout, model)
    return Source(layout.name, dict(how.derived), how.missing)

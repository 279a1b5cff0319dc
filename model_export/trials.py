"""Trials: what the model says to actions it was never trained on (ours).

Within each set that kept classes out of training: half of them are enrolled with one clip each of
one subject, and all clips of the other subjects are asked, the known and the unknown. The gallery
is cut, or filled up with base classes of the set, to several sizes: the more actions are enrolled,
the nearer the best of them comes to a stranger. The fillers are of any of the set's people. Where a
set keeps people out of training, all clips are theirs. A set without base classes has no fillers.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_export.errors import CalibrationImpossible
from model_export.session import Session
from skeleton import resolve_layout
from training.config import Config, DataConfig, SetConfig
from training.dataset import Part, SkeletonDataset, draw_epoch, has_base_classes
from training.evaluation.gallery_scale import Nearness, centred, less_cohort, nearness
from training.evaluation.protocol import Episode, Labels, episodes

_BATCH = 64
_REPEATS = 5
_FEWEST_CLASSES = 3  # so that two are enrolled and one is not
#: Enrolled actions, where the set has as many.
GALLERIES = (2, 5, 10, 20)
_FILLERS = 8  # clips read of each base class

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Trials:
    """The queries of one set's episodes, each array `(Q,)`.

    `best` score before its gallery tells it, how far every enrolled action lies `behind` it
    `(Q, K)`, nearest first (inf: there are no more), whether the query's action was enrolled
    (`known`), and whether the best (`right`) or the second best (`second_right`) is its action;
    `gallery` `(Q,)` numbers the gallery that was asked: of each `actions` has how many it holds and
    `near` how near they come to each other. `enrolled` is the mean number of actions in the
    galleries, `fillers` among them.
    """

    set_name: str
    best: Floats
    behind: Floats
    known: Flags
    right: Flags
    second_right: Flags
    gallery: Labels
    actions: tuple[int, ...]
    near: tuple[Nearness, ...]
    classes: int
    subjects: int
    clips: int
    episodes: int
    enrolled: float
    fillers: float

    @property
    def margin(self) -> Floats:
        """How far the second best action lies behind the best `(Q,)`."""
        return self.behind[:, 1]

    @property
    def sizes(self) -> Labels:
        """How many actions were enrolled, for each query `(Q,)`."""
        return np.array(self.actions)[self.gallery]


def _with_novel(data: DataConfig) -> tuple[SetConfig, ...]:
    """The sets that keep classes out of training."""
    kept_out = data.pseudo_novel
    return tuple(e for e in data.sets if e.name in kept_out and kept_out[e.name].classes)


def novel_data(config: Config) -> SkeletonDataset:
    """Read the clips that the training kept out, at the model's length.

    Raises `CalibrationImpossible` when the configuration keeps none out, `DataMissing`.
    """
    data = config.data
    sets = _with_novel(data)
    if not sets:
        raise CalibrationImpossible(
            "the checkpoint's configuration keeps no classes out of training (data.pseudo_novel), "
            "and without them no score can be turned into a probability: train with some"
        )
    names = ", ".join(f"{e.name}: {list(data.pseudo_novel[e.name].classes)}" for e in sets)
    return _read(config, sets, "novel", f"the classes kept out of training could be read ({names})")


def filler_data(config: Config) -> SkeletonDataset | None:
    """Read some clips of the base classes of the sets that kept others out; None where these sets
    have no base classes.

    Raises `CalibrationImpossible` when no clip of theirs can be used, `DataMissing`.
    """
    sets = _with_novel(config.data)
    if not has_base_classes(config.data.model_copy(update={"sets": sets})):
        return None
    names = ", ".join(e.name for e in sets)
    whole = _read(config, sets, "beside", f"the base classes could be read ({names})")
    return whole.only(draw_epoch(whole.labels, _FILLERS, np.random.default_rng(0)))


def _read(config: Config, sets: tuple[SetConfig, ...], part: Part, what: str) -> SkeletonDataset:
    """Read a part of these sets, at the model's length. Raises `CalibrationImpossible`: no clip of
    `what`."""
    encoder = config.encoder
    kept_out = {entry.name: config.data.pseudo_novel[entry.name] for entry in sets}
    try:
        return SkeletonDataset.load(
            config.data.model_copy(update={"sets": sets, "pseudo_novel": kept_out}),
            resolve_layout(encoder.layout),
            frames=encoder.input_frames,
            part=part,
            persons=encoder.persons,
        )
    except ValueError as error:
        raise CalibrationImpossible(f"no clip of {what}: {error}") from error


def asked_classes(data: SkeletonDataset, sets: Container[str]) -> tuple[str, ...]:
    """Return the classes of these sets, those that trials were made of: `set/label`."""
    return tuple(known.name for known in data.classes if known.set_name in sets)


def trials(
    session: Session,
    data: SkeletonDataset,
    fillers: SkeletonDataset | None,
    centre: float | None,
) -> list[Trials]:
    """Run the episodes of every set that has three classes and two subjects at least; others are
    left out, and said.

    `data` are the classes kept out of training, `fillers` base classes of the same sets, or None;
    with a `centre` the galleries' mean is taken off (`training/evaluation/gallery_scale.py`).
    Raises `CalibrationImpossible` when there is no such set.
    """
    set_of = _sets(data)
    found = []
    for name in sorted(set(set_of)):
        clips = np.flatnonzero(set_of == name)
        labels, subjects = data.labels[clips], data.subjects[clips]
        classes, people = len(np.unique(labels)), len(np.unique(subjects))
        if classes < _FEWEST_CLASSES or people < 2:
            print(
                f"{name} says nothing for the calibration: of the classes kept out it has "
                f"{classes} by {people} people, and {_FEWEST_CLASSES} by 2 are needed"
            )
            continue
        asked, filling = [(data, clips)], np.array([], dtype=np.int64)
        if fillers is not None:
            others = np.flatnonzero(_sets(fillers) == name)
            asked.append((fillers, others))
            filling = fillers.labels[others]
        said = _run(session, *asked)
        found.append(_of_set(name, said, labels, subjects, filling, centre))
    if not found:
        raise CalibrationImpossible(
            "no set keeps three classes of two subjects out of training, and episodes need them"
        )
    return found


def _run(session: Session, *parts: tuple[SkeletonDataset, Labels]) -> dict[str, Floats]:
    """Return the `embedding` `(n, D)` of these clips, and their `cohort_mean` `(n,)`."""
    parcels: dict[str, list[NDArray[np.float32]]] = {"embedding": [], "cohort_mean": []}
    for data, clips in parts:
        for start in range(0, len(clips), _BATCH):
            joints, seen = data.batch(clips[start : start + _BATCH])
            said = session.run(joints.numpy(), seen.numpy())
            for name, values in parcels.items():
                values.append(said[name])
    return {name: np.concatenate(values).astype(np.float64) for name, values in parcels.items()}


def _sets(data: SkeletonDataset) -> NDArray[np.str_]:
    return np.array([data.classes[label].set_name for label in data.labels])


def _of_set(
    name: str,
    said: dict[str, Floats],
    labels: Labels,
    subjects: Labels,
    fillers: Labels,
    centre: float | None,
) -> Trials:
    """`said` of the set's n clips and, behind them, its m fillers, whose base classes are `fillers`
    `(m,)`."""
    drawn = episodes(labels, subjects, repeats=_REPEATS)
    rng = np.random.default_rng(0)
    most = min(int(e.enrolled.sum()) for e in drawn) + len(np.unique(fillers))
    sizes = sorted({min(size, most) for size in GALLERIES})
    asked = [episode for episode in drawn for _ in sizes]
    galleries = [
        _gallery(episode, fillers, len(labels), size, rng)
        for episode, size in zip(asked, sizes * len(drawn), strict=True)
    ]
    answers = [
        _answered(said, labels, episode.queries, gallery, centre)
        for episode, gallery in zip(asked, galleries, strict=True)
    ]
    best = np.concatenate([a[0] for _, a in answers])
    behind = [
        np.pad(a[1], ((0, 0), (0, sizes[-1] - a[1].shape[1])), constant_values=np.inf)
        for _, a in answers
    ]
    known, right, second_right = (
        np.concatenate([a[k] for _, a in answers]).astype(np.bool_) for k in (2, 3, 4)
    )
    return Trials(
        name,
        best,
        np.concatenate(behind),
        known,
        right,
        second_right,
        np.repeat(np.arange(len(galleries)), [len(episode.queries) for episode in asked]),
        tuple(len(gallery.rows) for gallery in galleries),
        tuple(near for near, _ in answers),
        classes=len(np.unique(labels)),
        subjects=len(np.unique(subjects)),
        clips=len(labels),
        episodes=len(drawn),
        enrolled=float(np.mean([len(gallery.classes) for gallery in galleries])),
        fillers=float(np.mean([(gallery.classes < 0).sum() for gallery in galleries])),
    )


@dataclass(frozen=True, eq=False)
class _Gallery:
    """The enrolled actions: the numbers of their `classes` `(C,)`, -1 for fillers, and the rows of
    their exemplars `(C,)`."""

    classes: Labels
    rows: Labels


def _gallery(
    episode: Episode, fillers: Labels, clips: int, size: int, rng: np.random.Generator
) -> _Gallery:
    """The enrolled half of an episode, cut or filled up to `size` with a clip each of base classes,
    whose rows come behind the set's own `clips`."""
    own = rng.permutation(np.flatnonzero(episode.enrolled))[:size]
    chosen = rng.permutation(np.unique(fillers))[: size - len(own)]
    filling = [clips + rng.choice(np.flatnonzero(fillers == label)) for label in chosen]
    return _Gallery(
        np.concatenate([episode.classes[own], np.full(len(filling), -1)]),
        np.concatenate([episode.exemplars[own], np.array(filling, dtype=np.int64)]),
    )


def _answered(
    said: dict[str, Floats],
    labels: Labels,
    queries: Labels,
    gallery: _Gallery,
    centre: float | None,
) -> tuple[Nearness, tuple[Array, ...]]:
    """Ask queries of a gallery; how near its actions come to each other, and the answers."""
    enrolled, means = said["embedding"][gallery.rows], said["cohort_mean"]
    exemplars = means[gallery.rows]
    cosines = enrolled @ enrolled.T
    table, between = centred(said["embedding"][queries] @ enrolled.T, cosines, centre)
    table = less_cohort(table, means[queries], exemplars)  # (Q, C)
    order = np.argsort(-table, axis=1, kind="stable")
    ranked = np.take_along_axis(table, order, axis=1)
    true = labels[queries]
    return nearness(less_cohort(between, exemplars, exemplars), cosines), (
        ranked[:, 0],
        ranked[:, :1] - ranked,
        np.isin(true, gallery.classes),
        gallery.classes[order[:, 0]] == true,
        gallery.classes[order[:, 1]] == true,
    )

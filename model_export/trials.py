"""Trials: what the model says to actions it was never trained on (ours).

Within each set that kept classes out of training: half of them are enrolled with one clip each of
one subject, and all clips of the other subjects are asked, the known and the unknown.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_export.errors import CalibrationImpossible
from model_export.score import Floats, mean_norm
from model_export.session import Session
from skeleton import resolve_layout
from training.checkpoint import Trained
from training.config import Config
from training.dataset import SkeletonDataset
from training.evaluation.protocol import Episode, Labels, episodes

_BATCH = 64
_REPEATS = 5
_FEWEST_CLASSES = 3  # so that two are enrolled and one is not

Flags = NDArray[np.bool_]
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Trials:
    """The queries of one set's episodes, each array `(Q,)`.

    `best` score, `margin` to the second best action, whether the query's action was enrolled
    (`known`), and whether the best (`right`) or the second best (`second_right`) is its action.
    `enrolled` is the mean number of actions in the gallery.
    """

    set_name: str
    best: Floats
    margin: Floats
    known: Flags
    right: Flags
    second_right: Flags
    classes: int
    subjects: int
    clips: int
    episodes: int
    enrolled: float


def novel_data(config: Config) -> SkeletonDataset:
    """Read the clips that the training kept out, at the model's length.

    Raises `CalibrationImpossible` when the configuration keeps none out, `DataMissing`.
    """
    data = config.data
    sets = tuple(entry for entry in data.sets if data.pseudo_novel.get(entry.name))
    if not sets:
        raise CalibrationImpossible(
            "the checkpoint's configuration keeps no classes out of training (data.pseudo_novel), "
            "and without them no score can be turned into a probability: train with some"
        )
    layout = resolve_layout(config.encoder.layout)
    try:
        return SkeletonDataset.load(
            data.model_copy(update={"sets": sets}), layout, frames=config.encoder.frames, novel=True
        )
    except ValueError as error:
        names = ", ".join(f"{e.name}: {list(data.pseudo_novel[e.name])}" for e in sets)
        raise CalibrationImpossible(
            f"no clip of the classes kept out of training could be read ({names}): {error}"
        ) from error


def trials(session: Session, data: SkeletonDataset, trained: Trained) -> list[Trials]:
    """Run the episodes of every set that has three classes and two subjects at least.

    The cohort leaves out the set's own classes, where others remain: no user's clips come from the
    rooms and people of a training set, and with them in the cohort thresholds are far too low for
    every other sensor. Raises `CalibrationImpossible` when there is no such set.
    """
    set_of = np.array([data.classes[label].set_name for label in data.labels])
    origin = np.array([name.split("/")[0] for name in trained.classes])
    cohort, nearest = trained.cohort.double().numpy(), trained.config.cohort.nearest
    found = []
    for name in sorted(set(set_of)):
        clips = np.flatnonzero(set_of == name)
        labels, subjects = data.labels[clips], data.subjects[clips]
        if len(np.unique(labels)) < _FEWEST_CLASSES or len(np.unique(subjects)) < 2:
            continue
        foreign = cohort[origin != name]
        if len(foreign) < min(nearest, len(cohort)):
            foreign = cohort
        scores = _scores(_embeddings(session, data, clips), foreign, nearest)
        found.append(_of_set(name, scores, labels, subjects))
    if not found:
        raise CalibrationImpossible(
            "no set keeps three classes of two subjects out of training, and episodes need them"
        )
    return found


def _embeddings(session: Session, data: SkeletonDataset, clips: Labels) -> Floats:
    """Return the embeddings of these clips `(n, D)`."""
    parts = []
    for start in range(0, len(clips), _BATCH):
        part = clips[start : start + _BATCH]
        joints, seen = data.joints[part][:, :, None], data.seen[part][:, :, None]
        parts.append(session.run(joints.numpy(), seen.numpy())["embedding"])
    return np.concatenate(parts).astype(np.float64)


def _scores(embeddings: Floats, cohort: Floats, nearest: int) -> Floats:
    """Return the scores of all pairs `(n, n)`; the cohort's mean as in `SkeletonBranch`."""
    mean = -np.sort(-(embeddings @ cohort.T), axis=1)[:, :nearest].mean(axis=1)
    return mean_norm(embeddings @ embeddings.T, mean, mean)


def _of_set(name: str, scores: Floats, labels: Labels, subjects: Labels) -> Trials:
    drawn = episodes(labels, subjects, repeats=_REPEATS)
    answers = [_answered(scores, labels, episode) for episode in drawn]
    best, margin = (np.concatenate([a[k] for a in answers]) for k in (0, 1))
    known, right, second_right = (
        np.concatenate([a[k] for a in answers]).astype(np.bool_) for k in (2, 3, 4)
    )
    return Trials(
        name,
        best,
        margin,
        known,
        right,
        second_right,
        classes=len(np.unique(labels)),
        subjects=len(np.unique(subjects)),
        clips=len(labels),
        episodes=len(drawn),
        enrolled=float(np.mean([episode.enrolled.sum() for episode in drawn])),
    )


def _answered(scores: Floats, labels: Labels, episode: Episode) -> tuple[Array, ...]:
    classes = episode.classes[episode.enrolled]
    table = scores[np.ix_(episode.queries, episode.exemplars[episode.enrolled])]  # (Q, C)
    order = np.argsort(-table, axis=1, kind="stable")
    ranked = np.take_along_axis(table, order[:, :2], axis=1)
    true = labels[episode.queries]
    return (
        ranked[:, 0],
        ranked[:, 0] - ranked[:, 1],
        np.isin(true, classes),
        classes[order[:, 0]] == true,
        classes[order[:, 1]] == true,
    )

"""The sets that every run of an ablation is measured on, with their episodes (ours).

Development sets, to report on; and the classes that the configuration keeps out of training
(`data.pseudo_novel`), as the people do them that it keeps out too, each archive a set of its own,
to choose by.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from skeleton import Archive
from training.config import Config, DataConfig, SetConfig
from training.data_folder import archive_path
from training.evaluation.protocol import Episode, UnusableSet, episodes

Role = Literal["development", "kept out"]


@dataclass(frozen=True, eq=False)
class EvaluationSet:
    """Clips, and the episodes drawn from them. `digest` tells both: two runs with the same one met
    the same exemplars and the same queries of the same clips."""

    name: str
    role: Role
    archive: Archive
    episodes: tuple[Episode, ...]
    digest: str


def evaluation_sets(
    config: Config, names: Sequence[str], repeats: int
) -> tuple[list[EvaluationSet], list[str]]:
    """Return the sets to choose by and the sets of these names; and remarks on what is left out.

    Raises `DataMissing`, `UnreadableClip`, and `UnusableSet` for a named set without two subjects
    and two classes; sets of classes kept out that lack them are left out with a remark.
    """
    found, remarks = [], []
    for archive in _kept_out(config.data):
        try:
            found.append(_drawn(f"{archive.name}, kept out", "kept out", archive, repeats))
        except UnusableSet as error:
            remarks.append(f"left out, nothing to choose by: {error}")
    for name in names:
        found.append(_drawn(name, "development", Archive.open(archive_path(name)), repeats))
    return found, remarks


def _kept_out(data: DataConfig) -> Iterator[Archive]:
    for entry in data.sets:
        kept_out = data.pseudo_novel.get(entry.name)
        if kept_out is not None:
            archive = Archive.open(archive_path(entry.archive))
            here = tuple(label for label in archive.label_names if label in kept_out.classes)
            people = kept_out.people or archive.subject_names
            if here:
                yield _only(archive, here, frozenset(people), entry)


def _only(
    archive: Archive, label_names: tuple[str, ...], people: frozenset[str], entry: SetConfig
) -> Archive:
    """The clips of these classes by these people, cut as for training where the set is cut."""
    number = {name: i for i, name in enumerate(label_names)}
    chosen = [
        i
        for i in range(len(archive))
        if archive.label_name(i) in number and archive.subject_names[archive.subjects[i]] in people
    ]
    frames = [np.arange(archive.offsets[i], archive.offsets[i + 1]) for i in chosen]
    parts = [
        (i, len(part))
        for i, whole in zip(chosen, frames, strict=True)
        for part in np.array_split(whole, entry.parts(len(whole), archive.fps))
    ]
    clips = np.array([i for i, _ in parts], dtype=np.int64)
    return replace(
        archive,
        stored=archive.stored[np.concatenate(frames)] if frames else archive.stored[:0],
        offsets=np.cumsum([0, *(length for _, length in parts)]),
        labels=np.array([number[archive.label_name(int(i))] for i in clips], dtype=np.int64),
        subjects=archive.subjects[clips],
        label_names=label_names,
        clip_names=tuple(archive.clip_names[int(i)] for i in clips),
    )


def _drawn(name: str, role: Role, archive: Archive, repeats: int) -> EvaluationSet:
    try:
        drawn = tuple(episodes(archive.labels, archive.subjects, repeats=repeats))
    except UnusableSet as error:
        raise UnusableSet(f"{name}: {error}") from error
    told = hashlib.sha256()
    told.update(np.ascontiguousarray(archive.stored).tobytes())
    for indices in (archive.offsets, archive.labels, archive.subjects):
        told.update(indices.tobytes())
    told.update(repr((archive.scale, archive.fps, archive.layout.joints)).encode())
    for episode in drawn:
        for array in (episode.classes, episode.exemplars, episode.queries, episode.enrolled):
            told.update(array.tobytes())
    return EvaluationSet(name, role, archive, drawn, told.hexdigest())

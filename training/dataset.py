"""The data set: labelled clips of several archives in memory, prepared as for serving."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from skeleton import Archive, Clip, Layout, prepare_persons
from skeleton.errors import NothingToSee
from training.canonical_actions import canonical_actions
from training.config import BadConfig, DataConfig, KeptOut, SetConfig
from training.data_folder import archive_path
from training.relatives import Relatives
from training.split import listed_classes

#: What of the sets is read: the clips to train on; the classes kept out of training; or base
#: classes again, to stand beside these. Of a set that keeps people out, the latter two are theirs,
#: and what the others do of the classes kept out is in no part.
Part = Literal["base", "novel", "beside"]

_NOTHING = KeptOut(classes=())
_FEWEST_NOVEL = 2  # clips of a class kept out: one is the example, the other is asked


@dataclass(frozen=True)
class TrainingClass:
    """One class of the training: its set, its name, and its canonical action if it has one."""

    set_name: str
    label: str
    canonical: str | None

    @property
    def name(self) -> str:
        """`set/label`, as a checkpoint and a model file list it."""
        return f"{self.set_name}/{self.label}"


class SkeletonDataset:
    """n clips `(T, V, 3)` with a class each, or of several persons `(T, M, V, 3)`.

    `joints` float32 `(n, T, V, 3)` metres, `seen` `(n, T, V)`, with M > 1 `(n, T, M, V, 3)` and
    `(n, T, M, V)`; `labels` and `subjects` `(n,)`.
    The subject numbers are distinct across sets; in archives of one set a name is one person.
    """

    def __init__(
        self,
        joints: Tensor,
        seen: Tensor,
        labels: NDArray[np.int64],
        subjects: NDArray[np.int64],
        classes: tuple[TrainingClass, ...],
    ) -> None:
        self.joints, self.seen = joints, seen
        self.labels, self.subjects = labels, subjects
        self.classes = classes

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, clips: NDArray[np.int64]) -> "SkeletonDataset":
        """These clips alone, with all classes."""
        return SkeletonDataset(
            self.joints[clips],
            self.seen[clips],
            self.labels[clips],
            self.subjects[clips],
            self.classes,
        )

    def batch(self, clips: Tensor | NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """These clips as a model takes them: `(N, T, M, V, 3)` and `(N, T, M, V)`, also M = 1."""
        joints, seen = self.joints[clips], self.seen[clips]
        if joints.ndim == 4:
            return joints[:, :, None], seen[:, :, None]
        return joints, seen

    @classmethod
    def load(
        cls,
        config: DataConfig,
        layout: Layout,
        *,
        frames: int | None = None,
        part: Part = "base",
        persons: int = 1,
    ) -> "SkeletonDataset":
        """Read a part of a configuration's sets; of every clip the `persons` that move most.

        A clip without any joint of the layout is left out, whatever `frames` is, and said. Without
        a word are base classes of fewer than `fewest_clips`, and where `relatives` is false those
        of the same action as a class kept out (`training/relatives.py`).
        Raises `DataMissing`, `UnreadableClip`, and `BadConfig` where a class or a person to be kept
        out does not exist: misspelt, it would be trained on; where one of a set's `only` has no
        clip, or a class kept out has but one by the people kept out."""
        frames = frames or config.stored_frames
        canonical = canonical_actions()
        joints: list[NDArray[np.float32]] = []
        seen: list[NDArray[np.float32]] = []
        classes: list[TrainingClass] = []
        subjects: list[str] = []
        named: dict[str, set[str]] = {}  # the classes of each set
        met: dict[str, dict[str, int]] = {}  # its people, numbered as its archives first name them
        unseen: list[str] = []
        left_out = _left_out(config, canonical)
        for entry in tqdm(config.sets, desc="reading data sets", unit="set"):
            archive = Archive.open(archive_path(entry.archive))
            named.setdefault(entry.name, set()).update(_only(entry, archive))
            numbers = met.setdefault(entry.name, {})
            for person in archive.subject_names:
                numbers.setdefault(person, len(numbers))
            kept_out = config.pseudo_novel.get(entry.name, _NOTHING)
            labels = _labels(config, entry, archive, left_out, part)
            for index in range(len(archive)):
                label = archive.label_name(index)
                if label not in labels:
                    continue
                person = archive.subject_names[archive.subjects[index]]
                if kept_out.people and (person in kept_out.people) == (part == "base"):
                    continue
                known = TrainingClass(entry.name, label, canonical.get((entry.archive, label)))
                for clip in _cut(archive.clip(index), entry):
                    prepared = _prepared(clip, layout, frames, persons)
                    if prepared is None:
                        unseen.append(f"{archive.name}/{archive.clip_names[index]}")
                        continue
                    joints.append(prepared[0])
                    seen.append(prepared[1])
                    classes.append(known)
                    subjects.append(f"{entry.name}/{numbers[person]}")
        if unseen:
            print(f"left out, without any known joint: {len(unseen)} clips, first {unseen[0]}")
        for set_name, kept_out in config.pseudo_novel.items():
            if set_name not in named:
                raise BadConfig(
                    f"data.pseudo_novel: {set_name} has no class: no set of data.sets is called so"
                )
            _check_there(set_name, "class", kept_out.classes, named.get(set_name, ()))
            _check_there(set_name, "person", kept_out.people, met.get(set_name, ()))
        counts = Counter(classes)
        fewest = config.fewest_clips
        if part == "novel":  # what is asked for by name is never left out in silence
            _check_asked(config, counts)
            fewest = _FEWEST_NOVEL
        keep = [i for i, c in enumerate(classes) if counts[c] >= fewest]
        if not keep:
            raise BadConfig(f"no class has data.fewest_clips = {fewest} clips")
        kept = tuple(sorted({classes[i] for i in keep}, key=lambda c: c.name))
        number = {c: k for k, c in enumerate(kept)}
        people = {s: k for k, s in enumerate(sorted(set(subjects)))}
        return cls(
            torch.from_numpy(np.stack([joints[i] for i in keep])),
            torch.from_numpy(np.stack([seen[i] for i in keep])),
            np.array([number[classes[i]] for i in keep], dtype=np.int64),
            np.array([people[subjects[i]] for i in keep], dtype=np.int64),
            kept,
        )


def has_base_classes(config: DataConfig) -> bool:
    """Whether any class of the sets is trained on, if it has clips enough.

    Raises `DataMissing`, `UnreadableClip` and `BadConfig`.
    """
    left_out = _left_out(config, canonical_actions())
    archives = ((entry, Archive.open(archive_path(entry.archive))) for entry in config.sets)
    return any(_labels(config, entry, archive, left_out, "base") for entry, archive in archives)


def _left_out(
    config: DataConfig, canonical: Mapping[tuple[str, str], str]
) -> frozenset[tuple[str, str]]:
    """The classes that are in no part, (set, label)."""
    return frozenset() if config.relatives else Relatives.of(config, canonical).found


def _labels(
    config: DataConfig,
    entry: SetConfig,
    archive: Archive,
    left_out: frozenset[tuple[str, str]],
    part: Part,
) -> frozenset[str]:
    """The classes of a set that are in this part."""
    only = _only(entry, archive)
    kept_out = frozenset(config.pseudo_novel.get(entry.name, _NOTHING).classes)
    if part == "novel":
        return only & kept_out
    return frozenset(c for c in only - kept_out if (entry.name, c) not in left_out)


def _only(entry: SetConfig, archive: Archive) -> frozenset[str]:
    """The classes of a set that take part."""
    if entry.only is None:
        return frozenset(archive.label_names)
    asked = listed_classes(entry.only)
    there = {archive.label_names[label] for label in np.unique(archive.labels)}
    absent = [label for label in asked if label not in there]
    if absent:
        raise BadConfig(f"data.sets: {entry.archive} has no clip of {', '.join(absent)}")
    return frozenset(asked)


def _check_asked(config: DataConfig, counts: Mapping[TrainingClass, int]) -> None:
    """Raise `BadConfig` for classes kept out of which too few clips are left to be asked: the more
    people do them in training, the more of these are left out."""
    sets = {entry.name for entry in config.sets}
    for name in sets & set(config.pseudo_novel):
        for label in config.pseudo_novel[name].classes:
            clips = sum(n for c, n in counts.items() if (c.set_name, c.label) == (name, label))
            if clips < _FEWEST_NOVEL:
                raise BadConfig(
                    f"data.pseudo_novel: {name} has {clips} clips of {label} by the people kept "
                    f"out, and {_FEWEST_NOVEL} are needed: keep more people out"
                )


def _check_there(set_name: str, what: str, names: tuple[str, ...], there: Container[str]) -> None:
    absent = [name for name in names if name not in there]
    if absent:
        raise BadConfig(f"data.pseudo_novel: {set_name} has no {what} {', '.join(absent)}")


def _cut(clip: Clip, entry: SetConfig) -> list[Clip]:
    """Cut a long trial into equal parts of about `cut_seconds`."""
    parts = entry.parts(len(clip.joints), clip.fps)
    if parts == 1:
        return [clip]
    return [Clip(part, clip.layout, clip.fps) for part in np.array_split(clip.joints, parts)]


def _prepared(
    clip: Clip, layout: Layout, frames: int, persons: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """`joints` and `seen` of a clip, of one person without M; None without any known joint."""
    try:
        found = prepare_persons(clip, layout, frames, persons)
        joints, seen = found.joints, found.seen
    except NothingToSee:
        try:
            prepare_persons(clip, layout, len(clip.joints), persons)
        except NothingToSee:
            return None
        # Seen only between the frames of this length. A run holds its clips at two lengths, and
        # what it leaves out must be the same of both.
        joints = np.zeros((frames, persons, len(layout), 3), dtype=np.float32)
        seen = np.zeros(joints.shape[:-1], dtype=np.float32)
    return (joints[:, 0], seen[:, 0]) if persons == 1 else (joints, seen)


def draw_epoch(
    labels: NDArray[np.int64], clips_per_class: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a shuffled epoch of clip numbers with at most `clips_per_class` of each class."""
    drawn = [
        rng.permutation(np.flatnonzero(labels == label))[:clips_per_class]
        for label in np.unique(labels)
    ]
    return rng.permutation(np.concatenate(drawn))

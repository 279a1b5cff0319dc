"""One-shot episodes of a published split: its one fixed exemplar a class, and many drawn ones.

A class is known by one exemplar, and **every other sample of the novel classes** is a query
(PAPER.md, "Protocols"), of the exemplar's own subject too. One fixed exemplar is what is published;
its draw alone moves a result by many points, so that we add many drawn ones (ours).
"""

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive
from training.evaluation.protocol import Episode, Labels, UnusableSet
from training.split import Split


class MissingExemplar(UnusableSet):
    """The file of a fixed exemplar is not in the archive."""


def fixed_episode(archive: Archive, split: Split) -> Episode:
    """Return the published episode: the exemplars that the split names, else the first clip of
    each class by name.

    Raises `MissingExemplar` with the file's name; `UnusableSet` for a class without two clips.
    """
    classes, clips_of = _novel(archive, split)
    exemplars = []
    at = {name: number for number, name in enumerate(archive.clip_names)}
    for label, clips in zip(split.novel, clips_of, strict=True):
        if split.exemplars is None:
            exemplars.append(min(clips.tolist(), key=lambda clip: archive.clip_names[clip]))
            continue
        name = split.exemplars[label]
        if name not in at:
            raise MissingExemplar(
                f"the exemplar {name} of {label} is not in the archive {archive.name}: its file "
                "was not in the folder that was imported, or was dropped (the import's report "
                "beside the archive says so)"
            )
        exemplars.append(at[name])
    return _episode(0, classes, np.array(exemplars), clips_of, np.random.default_rng(0))


def drawn_episodes(archive: Archive, split: Split, count: int, *, seed: int = 0) -> list[Episode]:
    """Return `count` episodes with a random exemplar a class; the same for every method (ours).

    More of them leave the earlier ones as they are. Raises `UnusableSet`.
    """
    classes, clips_of = _novel(archive, split)
    drawn = []
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        exemplars = np.array([rng.choice(clips) for clips in clips_of])
        drawn.append(_episode(number, classes, exemplars, clips_of, rng))
    return drawn


def _novel(archive: Archive, split: Split) -> tuple[Labels, list[NDArray[np.int64]]]:
    """The numbers of the novel classes, and the clips of each."""
    number = {name: position for position, name in enumerate(archive.label_names)}
    classes = np.array([number.get(name, -1) for name in split.novel], dtype=np.int64)
    clips_of = [np.flatnonzero(archive.labels == label) for label in classes]
    short = [n for n, clips in zip(split.novel, clips_of, strict=True) if len(clips) < 2]
    if short:
        raise UnusableSet(
            f"the archive {archive.name} needs two clips at least, an exemplar and a query, of "
            f"{', '.join(short)}"
        )
    return classes, clips_of


def _episode(
    number: int,
    classes: Labels,
    exemplars: Labels,
    clips_of: list[NDArray[np.int64]],
    rng: np.random.Generator,
) -> Episode:
    enrolled = np.ones(len(classes), dtype=np.bool_)
    enrolled[rng.permutation(len(classes))[: len(classes) // 2]] = False
    return Episode(
        subject=-1,  # of any
        repeat=number,
        classes=classes,
        exemplars=exemplars,
        borrowed=np.zeros(len(classes), dtype=np.bool_),
        queries=np.setdiff1d(np.concatenate(clips_of), exemplars),
        enrolled=enrolled,
    )

"""Data sets that can be imported: which files, how they are read, what their names say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skeleton import Clip

#: The names of classes in their order, and what people call them.
Classes = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Labelled:
    """What is known of a clip beside its joints: class, subject, and numbers kept as arrays."""

    label: str
    subject: str
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DataSet:
    """One published data set.

    `takes` tells by the name whether a file is one of its clips; `read` makes a clip of a file and
    says what it is, or raises `Dropped` or an error of `skeleton`; it runs in worker processes.
    `classes` lists the classes by what the clips said of theirs. `numbers` are kept as arrays.
    `told_by` gives the file that tells of the clips in a folder, where there is such a thing.
    """

    name: str
    title: str
    layout: str
    fps: float
    takes: Callable[[str], bool]
    read: Callable[[Path], tuple[Clip, Labelled]]
    classes: Callable[[Iterable[Labelled]], Classes]
    numbers: tuple[str, ...] = ()
    told_by: Callable[[Path], Path] | None = None

"""What the store keeps and hands out: frozen records, free of any library but numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

DEFAULT_COLLECTION = "default"
"""The collection that always exists."""

Arrays = Mapping[str, NDArray[np.float32]]
"""Named outputs of the model for one exemplar, each of any shape."""

ChangeKind = Literal[
    "exemplar_added",
    "exemplar_deleted",
    "action_deleted",
    "collection_migrated",
    "collection_rolled_back",
]


@dataclass(frozen=True)
class Version:
    """Which state of which collection.

    `incarnation` is new whenever a collection is made anew under its name; `revision` starts at 0
    and rises by one with every change. Two equal versions are the same state.
    """

    incarnation: str
    revision: int


@dataclass(frozen=True)
class CollectionInfo:
    """One collection and its size. `space` is None while it holds no exemplar."""

    name: str
    space: str | None
    revision: int
    actions: int
    exemplars: int
    created: datetime

    @classmethod
    def made(cls, name: str, created: datetime) -> Self:
        """One that has just been made."""
        return cls(name, space=None, revision=0, actions=0, exemplars=0, created=created)


@dataclass(frozen=True)
class Exemplar:
    """One example of an action, without its clip. `metadata` is anything JSON can say."""

    id: str
    action: str
    created: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class StoredClip:
    """A clip as it was received: unmapped, in the source's own axes.

    `joints` is float32 (T, M, V, 3), NaN where a joint was not seen, kept to the bit. The layout is
    spelt out (`joint_names` and `parents`, V each) so that one of the user's own comes back.
    """

    joints: NDArray[np.float32]
    layout: str
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    axes: str
    fps: float | None = None
    person: int | None = None


@dataclass(frozen=True, eq=False)
class ExemplarArrays:
    """What matching needs of one exemplar."""

    id: str
    action: str
    arrays: Arrays


@dataclass(frozen=True)
class ExemplarName:
    """Which exemplar of which action."""

    id: str
    action: str


@dataclass(frozen=True)
class SpaceInfo:
    """The arrays that a collection keeps of one space: of how many exemplars, and their size.

    `bound` is whether they are the ones the collection is matched with.
    """

    space: str
    bound: bool
    exemplars: int
    bytes: int


@dataclass(frozen=True)
class Snapshot:
    """A whole collection at one version, ordered by action and then by age."""

    version: Version
    space: str | None
    exemplars: tuple[ExemplarArrays, ...]


@dataclass(frozen=True)
class Change:
    """One entry of a collection's log: what made its revision `revision`.

    `space` is what the collection was bound to then. The entry of a migration, there or back,
    names no action, and as `ids` the exemplars that were deleted with it, mostly none.
    """

    revision: int
    at: datetime
    kind: ChangeKind
    action: str
    ids: tuple[str, ...]
    space: str

    @property
    def added(self) -> tuple[str, ...]:
        """The exemplars this change brought."""
        return self.ids if self.kind == "exemplar_added" else ()

    @property
    def removed(self) -> tuple[str, ...]:
        """The exemplars this change took away."""
        return () if self.kind == "exemplar_added" else self.ids


@dataclass(frozen=True)
class Added:
    """The answer to an enrolment; `exemplars` counts those of its action, this one included."""

    version: Version
    exemplars: int


@dataclass(frozen=True)
class ActionInfo:
    """One action; `created` and `updated` are the times of its oldest and newest exemplar."""

    action: str
    exemplars: int
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class ActionPage:
    """Some actions in order of name (by code point); `next` is the cursor, None on the last."""

    actions: tuple[ActionInfo, ...]
    next: str | None

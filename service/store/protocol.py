"""What every store promises, and the ways it can say no.

All calls are synchronous and may come from any thread. Names are checked (`names.py`): a call with
one out of range raises `InvalidName` and touches nothing. Every call may raise `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from service.store.records import (
    ActionPage,
    Added,
    Arrays,
    Change,
    CollectionInfo,
    Exemplar,
    ExemplarArrays,
    Snapshot,
    StoredClip,
    Version,
)


class StoreError(Exception):
    """Base of everything a store raises."""


class StoreUnavailable(StoreError):
    """The store cannot be reached or is busy; nothing is wrong with the request. Try again.

    Nothing was written, unless it is an OutcomeUnknown.
    """


class StoreFull(StoreUnavailable):
    """The disk or the permitted memory is used up; nothing was written."""


class StoreReadOnly(StoreUnavailable):
    """The store can be read but not written; nothing was written."""


class OutcomeUnknown(StoreUnavailable):
    """A change was sent and no answer came in time: it may have been made. Look before repeating.

    `action` is None where the change is to a collection as a whole.
    """

    def __init__(self, reason: str, collection: str, action: str | None = None) -> None:
        super().__init__(reason)
        self.collection = collection
        self.action = action


class StoreCorrupt(StoreError):
    """What lies in the store is not what this service wrote there."""


class StoreTooNew(StoreError):
    """A newer release of the service has written this store."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the store has schema version {found}, this release knows up to {known}: "
            "upgrade the service, or point ONESHOT_STORE at another store"
        )
        self.found = found
        self.known = known


class InvalidStoreUrl(StoreError, ValueError):
    """ONESHOT_STORE names no store that can be opened."""


class InvalidName(StoreError, ValueError):
    """A collection, action, exemplar or space has a name out of range."""


class UnknownCollection(StoreError):
    """There is no such collection."""

    def __init__(self, collection: str) -> None:
        super().__init__(f"there is no collection {collection!r}")
        self.collection = collection


class CollectionExists(StoreError):
    """A collection of this name is there already."""

    def __init__(self, collection: str) -> None:
        super().__init__(f"there is a collection {collection!r} already")
        self.collection = collection


class UnknownAction(StoreError):
    """The collection has no such action."""

    def __init__(self, collection: str, action: str) -> None:
        super().__init__(f"collection {collection!r} has no action {action!r}")
        self.collection = collection
        self.action = action


class UnknownExemplar(StoreError):
    """The collection, or the action asked for, has no such exemplar."""

    def __init__(self, collection: str, exemplar: str) -> None:
        super().__init__(f"collection {collection!r} has no such exemplar {exemplar!r}")
        self.collection = collection
        self.exemplar = exemplar


class ExemplarExists(StoreError):
    """Another exemplar, of different content, has this id already."""

    def __init__(self, collection: str, exemplar: str) -> None:
        super().__init__(f"collection {collection!r} has another exemplar {exemplar!r} already")
        self.collection = collection
        self.exemplar = exemplar


class SpaceMismatch(StoreError):
    """The collection's exemplars were embedded by another model."""

    def __init__(self, collection: str, bound: str, given: str) -> None:
        super().__init__(f"collection {collection!r} is bound to space {bound}, not to {given}")
        self.collection = collection
        self.bound = bound
        self.given = given


class Store(Protocol):
    """The truth about enrolled actions: collection, action, exemplars (contract 3).

    A mutation is done wholly or not at all, raises its collection's revision by one, and has
    reached the disk when it returns (as far as `warnings` does not say otherwise). One whose
    answer is lost or late raises OutcomeUnknown: it may have been done.
    Unless said otherwise a call raises `UnknownCollection`; "default" is never unknown.
    """

    def collections(self) -> list[CollectionInfo]:
        """Every collection, in order of name."""

    def collection(self, name: str) -> CollectionInfo:
        """One collection and its size."""

    def create_collection(self, name: str) -> CollectionInfo:
        """Makes an empty collection. Raises CollectionExists."""

    def delete_collection(self, name: str) -> None:
        """Removes a collection with its contents; "default" is empty at once, and anew."""

    def version(self, name: str) -> Version:
        """Which state the collection is in: one cheap read, made before every recognition."""

    def add(
        self, name: str, exemplar: Exemplar, *, space: str, arrays: Arrays, clip: StoredClip
    ) -> Added:
        """Adds one exemplar, and binds an empty collection to `space`.

        Adding what is there already, id and content, changes nothing and is answered as done.
        Raises SpaceMismatch, ExemplarExists (same id, other content), and ValueError for arrays
        that are not float32, a clip at odds with its layout, or metadata that is not JSON.
        """

    def snapshot(self, name: str) -> Snapshot:
        """Everything matching needs, read at one moment."""

    def changes(self, name: str, since: Version) -> list[Change] | None:
        """What led from `since` to now, each revision once; None when only a snapshot can tell.

        That is so for another incarnation, or when the log no longer reaches back that far.
        """

    def load(self, name: str, ids: Sequence[str]) -> list[ExemplarArrays]:
        """Those of the exemplars that are (still) there, in the order asked for."""

    def actions(self, name: str, *, after: str | None = None, limit: int = 100) -> ActionPage:
        """Up to `limit` actions in order of name, beginning behind the name `after`."""

    def exemplars(self, name: str, action: str) -> list[Exemplar]:
        """An action's exemplars, oldest first. Raises UnknownAction."""

    def delete_action(self, name: str, action: str) -> Version:
        """Removes an action with its exemplars. Raises UnknownAction."""

    def delete_exemplar(self, name: str, action: str, id: str) -> Version:
        """Removes one exemplar, and with the last its action.

        Raises UnknownAction, UnknownExemplar.
        """

    def clip(self, name: str, id: str) -> StoredClip:
        """The clip as it was received. Raises UnknownExemplar."""

    def log(self, name: str, after_revision: int = 0, limit: int = 100) -> list[Change]:
        """Up to `limit` changes behind a revision, oldest first; the log's old end is trimmed."""

    def warnings(self) -> list[str]:
        """Which of the promises the store's settings cannot keep, for the operator."""

    def ping(self) -> None:
        """Returns when the store answers. Raises StoreUnavailable."""

    def close(self) -> None:
        """Lets go of every connection; a call afterwards raises StoreUnavailable."""

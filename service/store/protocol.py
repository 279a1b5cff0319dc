"""What every store promises; the ways it can say no are in `errors.py`.

All calls are synchronous and may come from any thread. Names are checked (`names.py`): a call with
one out of range raises `InvalidName` and touches nothing. Every call may raise `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from service.store.records import (
    ActionPage,
    Added,
    Arrays,
    Change,
    CollectionInfo,
    Exemplar,
    ExemplarArrays,
    ExemplarName,
    Snapshot,
    SpaceInfo,
    StoredClip,
    Version,
)


class StoreReader(Protocol):
    """The calls that change nothing.

    Unless said otherwise a call raises `UnknownCollection`; "default" is never unknown.
    """

    def collections(self) -> list[CollectionInfo]:
        """Every collection, in order of name."""

    def collection(self, name: str) -> CollectionInfo:
        """One collection and its size."""

    def version(self, name: str) -> Version:
        """Which state the collection is in: one cheap read, made before every recognition."""

    def snapshot(self, name: str) -> Snapshot:
        """Everything matching needs, read at one moment."""

    def changes(self, name: str, since: Version) -> list[Change] | None:
        """What led from `since` to now, each revision once; None when only a snapshot can tell.

        That is so for another incarnation, or when the log no longer reaches back that far.
        """

    def load(
        self, name: str, ids: Sequence[str], *, space: str | None = None
    ) -> list[ExemplarArrays]:
        """Those of the exemplars that are (still) there, in the order asked for.

        `space` is whose arrays; what the collection is bound to unless given.
        """

    def actions(self, name: str, *, after: str | None = None, limit: int = 100) -> ActionPage:
        """Up to `limit` actions in order of name, beginning behind the name `after`."""

    def exemplars(self, name: str, action: str) -> list[Exemplar]:
        """An action's exemplars, oldest first. Raises UnknownAction."""

    def clip(self, name: str, id: str) -> StoredClip:
        """The clip as it was received. Raises UnknownExemplar."""

    def spaces(self, name: str) -> list[SpaceInfo]:
        """Every space of which the collection keeps arrays, the one it is bound to first."""

    def lacking(self, name: str, space: str) -> list[ExemplarName]:
        """The exemplars that have no arrays in a space, by action and then by age."""

    def log(self, name: str, after_revision: int = 0, limit: int = 100) -> list[Change]:
        """Up to `limit` changes behind a revision, oldest first; the log's old end is trimmed."""

    def warnings(self) -> list[str]:
        """Which of the promises the store's settings cannot keep, for the operator."""

    def close(self) -> None:
        """Lets go of every connection; a call afterwards raises StoreUnavailable."""


class Store(StoreReader, Protocol):
    """The truth about enrolled actions: collection, action, exemplars (contract 3).

    A mutation is done wholly or not at all, raises its collection's revision by one, and has
    reached the disk when it returns (as far as `warnings` does not say otherwise). One whose
    answer is lost or late raises OutcomeUnknown: it may have been done. `keep` and `forget` are
    of arrays that nobody matches with: they raise no revision and are not logged.
    """

    def create_collection(self, name: str) -> CollectionInfo:
        """Makes an empty collection. Raises CollectionExists."""

    def delete_collection(self, name: str) -> None:
        """Removes a collection with its contents; "default" is empty at once, and anew."""

    def add(
        self, name: str, exemplar: Exemplar, *, space: str, arrays: Arrays, clip: StoredClip
    ) -> Added:
        """Adds one exemplar, and binds an empty collection to `space`.

        Adding what is there already, id and content, changes nothing and is answered as done.
        Raises SpaceMismatch, ExemplarExists (same id, other content), and ValueError for arrays
        that are not float32, a clip at odds with its layout, or metadata that is not JSON.
        """

    def delete_action(self, name: str, action: str) -> Version:
        """Removes an action with its exemplars, arrays of every space. Raises UnknownAction."""

    def delete_exemplar(self, name: str, action: str, id: str) -> Version:
        """Removes one exemplar, arrays of every space, and with the last its action.

        Raises UnknownAction, UnknownExemplar.
        """

    def keep(self, name: str, space: str, arrays: Mapping[str, Arrays]) -> None:
        """Keeps arrays of exemplars, by id, beside those the collection is matched with.

        What an exemplar has in this space stays; of an id that is not (any more) there, nothing
        is kept. Raises ValueError for arrays that are not float32.
        """

    def rebind(
        self,
        name: str,
        *,
        bound: str,
        space: str,
        without: Collection[str] = (),
        back: bool = False,
    ) -> Version:
        """Binds a collection to `space` instead of `bound`: the one moment of a migration.

        The exemplars `without` are deleted in the same moment; one that is gone already is no
        matter. `back` is for the log: the collection returns to a space it came from. Nothing is
        changed when it is bound to `space` already. Raises SpaceMismatch (it is bound to a third
        space, or emptied) and NotEmbedded when another exemplar has no arrays in `space`.
        """

    def forget(self, name: str, space: str) -> None:
        """Drops all arrays of a space. Raises SpaceInUse for the one it is bound to."""

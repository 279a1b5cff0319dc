"""The ways a store can say no."""

from __future__ import annotations


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


class NotEmbedded(StoreError):
    """Some of a collection's exemplars have no arrays in a space that it was to be bound to."""

    def __init__(self, collection: str, space: str, count: int) -> None:
        super().__init__(
            f"{count} exemplars of collection {collection!r} have no arrays in space {space}"
        )
        self.collection = collection
        self.space = space
        self.count = count


class SpaceInUse(StoreError):
    """A collection is bound to the space whose arrays were to be dropped."""

    def __init__(self, collection: str, space: str) -> None:
        super().__init__(f"collection {collection!r} is bound to space {space}")
        self.collection = collection
        self.space = space

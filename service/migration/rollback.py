"""A collection back to the space it came from, whose arrays are kept until they are dropped."""

from dataclasses import dataclass
from typing import Literal

from service.store import (
    CollectionInfo,
    ExemplarName,
    NotEmbedded,
    SpaceMismatch,
    Store,
    StoreReader,
)

Outcome = Literal["switched", "current", "empty", "unmigrated"]


class NoWayBack(Exception):
    """The collection cannot be bound to a space it came from; nothing was changed.

    `lacking` are the exemplars that have no arrays of that space: those enrolled since.
    """

    def __init__(self, reason: str, lacking: tuple[ExemplarName, ...] = ()) -> None:
        super().__init__(reason)
        self.lacking = lacking


@dataclass(frozen=True)
class RolledBack:
    """What became of one collection.

    `outcome`: `switched`; `current`, it was bound to that space before; `empty`, it takes any
    model; `unmigrated`, it was not migrated since it was filled, or last rolled back.
    `space` is what it is bound to after all.
    """

    collection: str
    outcome: Outcome
    space: str | None
    exemplars: int
    revision: int


def roll_back(store: Store, collection: str, space: str | None = None) -> RolledBack:
    """Bind a collection to `space`, or to the one its last migration left.

    Raises `NoWayBack`, and what the store does.
    """
    while True:
        info = store.collection(collection)
        if info.space is None:
            return _ended(info, "empty")
        target = space if space is not None else _left_for(store, info)
        if target is None:
            return _ended(info, "unmigrated")
        if target == info.space:
            return _ended(info, "current")
        try:
            store.rebind(collection, bound=info.space, space=target, back=True)
        except SpaceMismatch:
            continue  # someone else migrated it a moment ago
        except NotEmbedded:
            if lacking := tuple(store.lacking(collection, target)):
                raise NoWayBack(_why(store, collection, target, lacking), lacking) from None
            continue
        return _ended(store.collection(collection), "switched")


def _ended(info: CollectionInfo, outcome: Outcome) -> RolledBack:
    return RolledBack(info.name, outcome, info.space, info.exemplars, info.revision)


def _left_for(store: StoreReader, info: CollectionInfo) -> str | None:
    """The space that the collection's last switch left for the one it is bound to.

    None when it was not migrated since it was filled, or has been rolled back: a second rollback
    goes nowhere, so that one that was broken off can be begun again. Raises `NoWayBack` when the
    log does not reach back that far.
    """
    collection, exemplars = info.name, info.exemplars
    log = [c for c in store.log(collection, 0, 1_000_000) if c.revision <= info.revision]
    # Every entry says what the collection was bound to: the one before a switch, the old space.
    for before, change in zip([None, *log][::-1][1:], log[::-1], strict=True):
        if change.kind == "collection_rolled_back" or change.space != info.space:
            return None
        if change.kind == "collection_migrated" and before is not None:
            return before.space
        exemplars += len(change.removed) - len(change.added)
        if exemplars == 0:  # before this change
            return None
    if log and log[0].revision == 1:
        return None
    kept = [info.space for info in store.spaces(collection) if not info.bound]
    if not kept:
        return None
    raise NoWayBack(
        f"the log of collection {collection!r} does not reach back to a migration; name where to "
        f"return to with --space, one of: {', '.join(kept)}"
    )


def _why(store: StoreReader, collection: str, space: str, lacking: tuple[ExemplarName, ...]) -> str:
    if all(info.space != space for info in store.spaces(collection)):
        return (
            f"the arrays of space {space} are not kept for collection {collection!r}; --model with "
            "the model of that space embeds its clips again"
        )
    named = ", ".join(f"{one.action}/{one.id}" for one in lacking[:10])
    more = f" and {len(lacking) - 10} more" if len(lacking) > 10 else ""
    return (
        f"{len(lacking)} exemplars of collection {collection!r} were enrolled since and have no "
        f"arrays of space {space}: {named}{more}; --model with the model of that space embeds "
        "them, or delete them"
    )

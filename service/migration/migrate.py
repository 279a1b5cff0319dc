"""A collection to the space of a model: embed what lacks arrays, then switch, or try again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from service.encoder import Encoder
from service.migration.embedding import Embedding, Unusable
from service.store import CollectionInfo, NotEmbedded, SpaceMismatch, Store

#: Each pass embeds who was enrolled during the one before: mostly a few, and then none.
_PASSES = 1000

Outcome = Literal["switched", "current", "empty", "left"]


class Unfinished(Exception):
    """The collection grows as fast as it can be embedded: no moment was found to switch it."""


@dataclass(frozen=True)
class Migrated:
    """What became of one collection.

    `outcome`: `switched`; `current`, it was bound to the target before; `empty`, it takes any
    model; `left`, as it was, because of the `unusable`. `embedded` is by this run, not by earlier
    ones. `dropped` were deleted with the switch. `revision` is the collection's after all.
    """

    collection: str
    outcome: Outcome
    target: str
    exemplars: int
    embedded: int
    revision: int
    unusable: tuple[Unusable, ...] = ()
    dropped: tuple[Unusable, ...] = ()


def migrate(
    store: Store,
    encoder: Encoder,
    collection: str,
    *,
    drop_unusable: bool = False,
    back: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Migrated:
    """Bind a collection to the encoder's space; until then it is matched as before.

    Who enrolls or deletes meanwhile loses nothing: the switch is refused while one exemplar lacks
    arrays, and those are embedded next. `back` is for the log. Raises `Unfinished`, and what the
    store does: `UnknownCollection`, `StoreUnavailable`; then nothing is lost but the pass.
    """
    space = encoder.info.space
    embedding = Embedding(store, encoder, collection)
    for _ in range(_PASSES):
        info = store.collection(collection)
        if info.space in (None, space):
            outcome: Outcome = "empty" if info.space is None else "current"
            return _ended(info, space, outcome, embedding)
        unusable = embedding.run(progress)
        # Where no clip at all can be embedded, the fault is the model's.
        if unusable and (not drop_unusable or len(unusable) >= info.exemplars):
            return _ended(store.collection(collection), space, "left", embedding, unusable)
        without = [one.exemplar_id for one in unusable]
        try:
            store.rebind(collection, bound=str(info.space), space=space, without=without, back=back)
        except (NotEmbedded, SpaceMismatch):
            continue  # someone enrolled, emptied or migrated it a moment ago
        after = store.collection(collection)
        return _ended(after, space, "switched", embedding, dropped=unusable)
    raise Unfinished(
        f"collection {collection!r} grows as fast as it can be embedded; try again when fewer "
        "clips are enrolled"
    )


def _ended(
    info: CollectionInfo,
    space: str,
    outcome: Outcome,
    embedding: Embedding,
    unusable: tuple[Unusable, ...] = (),
    dropped: tuple[Unusable, ...] = (),
) -> Migrated:
    return Migrated(
        collection=info.name,
        outcome=outcome,
        target=space,
        exemplars=info.exemplars,
        embedded=embedding.embedded,
        revision=info.revision,
        unusable=unusable,
        dropped=dropped,
    )

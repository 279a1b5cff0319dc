"""The gallery: a collection's exemplars in memory, kept fresh by the store's revision."""

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.store import ExemplarArrays, Store, StoreUnavailable, UnknownCollection, Version

log = logging.getLogger(__name__)

#: After the store was away, recognition does not ask it again for this many seconds.
_PAUSE = 1.0


@dataclass(frozen=True, eq=False)
class Gallery:
    """A collection at one version: n exemplars, oldest first, never changed in place.

    `embeddings` `(n, D)`, `cohort_mean` `(n,)`, `numbers` `(n,)` the position of
    each exemplar's action in `names`.
    """

    version: Version
    space: str | None
    ids: tuple[str, ...]
    actions: tuple[str, ...]
    embeddings: NDArray[np.float32]
    cohort_mean: NDArray[np.float32]
    names: tuple[str, ...]
    numbers: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.ids)


def gallery_of(
    version: Version, space: str | None, exemplars: Sequence[ExemplarArrays], width: int
) -> Gallery:
    """Build a gallery from the store's records."""
    empty = np.zeros((0, width), dtype=np.float32)
    rows = [e.arrays["embedding"] for e in exemplars]
    return _assembled(
        version,
        space,
        tuple(e.id for e in exemplars),
        tuple(e.action for e in exemplars),
        np.stack(rows).astype(np.float32) if rows else empty,
        _column(exemplars, "cohort_mean"),
    )


def changed(
    gallery: Gallery, version: Version, removed: Iterable[str], added: Sequence[ExemplarArrays]
) -> Gallery:
    """Return the gallery without `removed` and with `added`, at a later version."""
    gone = set(removed) | {e.id for e in added}
    keep = [row for row, id in enumerate(gallery.ids) if id not in gone]
    fresh = gallery_of(version, gallery.space, added, gallery.embeddings.shape[1])
    return _assembled(
        version,
        gallery.space if keep or added else None,
        tuple(gallery.ids[row] for row in keep) + fresh.ids,
        tuple(gallery.actions[row] for row in keep) + fresh.actions,
        np.concatenate([gallery.embeddings[keep], fresh.embeddings]),
        np.concatenate([gallery.cohort_mean[keep], fresh.cohort_mean]),
    )


def _column(exemplars: Sequence[ExemplarArrays], name: str) -> NDArray[np.float32]:
    return np.array([e.arrays[name] for e in exemplars], dtype=np.float32).reshape(-1)


def _assembled(
    version: Version,
    space: str | None,
    ids: tuple[str, ...],
    actions: tuple[str, ...],
    embeddings: NDArray[np.float32],
    cohort_mean: NDArray[np.float32],
) -> Gallery:
    names = tuple(dict.fromkeys(actions))
    number = {name: i for i, name in enumerate(names)}
    numbers = np.array([number[action] for action in actions], dtype=np.intp)
    return Gallery(version, space, ids, actions, embeddings, cohort_mean, names, numbers)


class Galleries:
    """The galleries of one store, each loaded when first asked for.

    `current(collection)` asks the store for the collection's version, one cheap read, and brings
    the gallery up to date by what changed. While the store is away it returns the last gallery
    and says that it may be stale.
    """

    def __init__(self, store: Store, width: int) -> None:
        self._store = store
        self._width = width
        self._known: dict[str, Gallery] = {}
        self._lock = threading.Lock()
        self._away_until = 0.0

    def current(self, collection: str) -> tuple[Gallery, bool]:
        """Return the gallery and whether it may be stale.

        Raises `UnknownCollection`; `StoreUnavailable` when the store is away and the collection
        was never loaded.
        """
        known = self._known.get(collection)
        if known is not None and time.monotonic() < self._away_until:
            return known, True
        try:
            version = self._store.version(collection)
            if known is not None and known.version == version:
                return known, False
            with self._lock:
                return self._refreshed(collection, version), False
        except UnknownCollection:
            self._known.pop(collection, None)
            raise
        except StoreUnavailable as error:
            if known is None:
                raise
            log.warning("the store is away, recognition goes on from memory: %s", error)
            self._away_until = time.monotonic() + _PAUSE
            return known, True

    def _refreshed(self, collection: str, version: Version) -> Gallery:
        known = self._known.get(collection)
        if known is not None and known.version == version:
            return known
        gallery = self._by_changes(collection, known) if known is not None else None
        if gallery is None:
            snapshot = self._store.snapshot(collection)
            gallery = gallery_of(snapshot.version, snapshot.space, snapshot.exemplars, self._width)
        self._known[collection] = gallery
        return gallery

    def _by_changes(self, collection: str, known: Gallery) -> Gallery | None:
        """Apply the log's entries since the known version; None when a snapshot is needed."""
        changes = self._store.changes(collection, known.version)
        if changes == []:
            return known  # another thread was faster, and the version asked for is already past
        if changes is None or any(change.space != known.space for change in changes):
            return None
        removed: set[str] = set()
        added: dict[str, None] = {}
        for change in changes:
            removed |= set(change.removed)
            added |= dict.fromkeys(change.added)
            for id in change.removed:
                added.pop(id, None)
        version = Version(known.version.incarnation, changes[-1].revision)
        return changed(known, version, removed, self._store.load(collection, list(added)))

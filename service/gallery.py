"""The gallery: a collection's exemplars in memory, kept fresh by the store's revision."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from service.matching import gallery_level, nearness
from service.model_file import GalleryNorm
from service.store import (
    ExemplarArrays,
    Store,
    StoreError,
    StoreUnavailable,
    UnknownCollection,
    Version,
)

log = logging.getLogger(__name__)

#: After the store was away, recognition does not ask it again for this many seconds.
_PAUSE = 1.0
#: Collections held in memory; those not asked for the longest are let go.
_MOST = 256


@dataclass(frozen=True, eq=False)
class Gallery:
    """A collection at one version: n exemplars in order of action and id, never changed in place.

    The order is the same in every process, however it came to know the exemplars, and so is that
    of equal scores. `embeddings` `(n, D)`, `cohort_mean` `(n,)`, `numbers` `(n,)` the position of
    each exemplar's action in `names`; `local` `(n, S, D')` only where the model matches by it.
    `level` is taken off every score, where the model measures scores from it.
    """

    version: Version
    space: str | None
    ids: tuple[str, ...]
    actions: tuple[str, ...]
    embeddings: NDArray[np.float32]
    cohort_mean: NDArray[np.float32]
    names: tuple[str, ...]
    numbers: NDArray[np.intp]
    local: NDArray[np.float32] | None = None
    level: float = 0.0

    def __len__(self) -> int:
        return len(self.ids)


def gallery_of(
    version: Version,
    space: str | None,
    exemplars: Sequence[ExemplarArrays],
    width: int,
    local: tuple[int, int] | None = None,
) -> Gallery:
    """Build a gallery from the store's records; `local` is the shape `(S, D')` of local features
    that are held beside the embeddings."""
    return _assembled(
        version,
        space,
        tuple(e.id for e in exemplars),
        tuple(e.action for e in exemplars),
        _stacked(exemplars, "embedding", (width,)),
        _stacked(exemplars, "cohort_mean", ()),
        _local(exemplars, local),
        list(range(len(exemplars))),
    )


def changed(
    gallery: Gallery, version: Version, removed: Iterable[str], added: Sequence[ExemplarArrays]
) -> Gallery:
    """Return the gallery without `removed` and with `added`, at a later version."""
    gone = set(removed) | {e.id for e in added}
    keep = [row for row, id in enumerate(gallery.ids) if id not in gone]
    held = gallery.local
    fresh = gallery_of(
        version,
        gallery.space,
        added,
        gallery.embeddings.shape[1],
        None if held is None else (held.shape[1], held.shape[2]),
    )
    return _assembled(
        version,
        gallery.space if keep or added else None,
        gallery.ids + fresh.ids,
        gallery.actions + fresh.actions,
        np.concatenate([gallery.embeddings, fresh.embeddings]),
        np.concatenate([gallery.cohort_mean, fresh.cohort_mean]),
        None if held is None or fresh.local is None else np.concatenate([held, fresh.local]),
        keep + list(range(len(gallery), len(gallery) + len(fresh))),
    )


def _stacked(
    exemplars: Sequence[ExemplarArrays], name: str, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """One array of all exemplars; `shape` is that of each where there is none."""
    rows = [e.arrays[name] for e in exemplars]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, *shape), dtype=np.float32)


def _local(
    exemplars: Sequence[ExemplarArrays], shape: tuple[int, int] | None
) -> NDArray[np.float32] | None:
    if shape is None:
        return None
    for exemplar in exemplars:
        # Another model's may have none, or others: such a collection is not matched at all.
        if "local" not in exemplar.arrays or exemplar.arrays["local"].shape != shape:
            return None
    return _stacked(exemplars, "local", shape)


def _assembled(
    version: Version,
    space: str | None,
    ids: tuple[str, ...],
    actions: tuple[str, ...],
    embeddings: NDArray[np.float32],
    cohort_mean: NDArray[np.float32],
    local: NDArray[np.float32] | None,
    rows: list[int],
) -> Gallery:
    """The gallery of these of the rows."""
    rows = sorted(rows, key=lambda row: (actions[row], ids[row]))
    ids, actions = tuple(ids[row] for row in rows), tuple(actions[row] for row in rows)
    names = tuple(dict.fromkeys(actions))
    number = {name: i for i, name in enumerate(names)}
    numbers = np.array([number[action] for action in actions], dtype=np.intp)
    return Gallery(
        version,
        space,
        ids,
        actions,
        embeddings[rows],
        cohort_mean[rows],
        names,
        numbers,
        None if local is None else local[rows],
    )


@dataclass(eq=False)
class _Held:
    """One collection in memory; the lock is for whoever brings it up to date."""

    gallery: Gallery | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Galleries:
    """The galleries of one store, each loaded when first asked for; at most `most` of them.

    `current(collection)` asks the store for the collection's version, one cheap read, and brings
    the gallery up to date by what changed. While the store is away it returns the last gallery
    and says that it may be stale. `width` is D of the embeddings, `local` the shape `(S, D')` of
    the local features, where the model matches by them; by `norm`, where the model has it, the
    galleries' levels are measured. Of a collection that is bound to another
    space than `space`, where one is given, nothing is held but that: its arrays are another
    model's, of any names and shapes. Once it is bound to `space` it is loaded like any other.
    """

    def __init__(
        self,
        store: Store,
        width: int,
        space: str | None = None,
        *,
        most: int = _MOST,
        local: tuple[int, int] | None = None,
        norm: GalleryNorm | None = None,
    ) -> None:
        self._store = store
        self._width = width
        self._space = space
        self._local = local
        self._norm = norm
        self._most = most
        self._held: OrderedDict[str, _Held] = OrderedDict()  # the last was asked for last
        self._lock = threading.Lock()
        self._answered = 0.0
        self._away_until = 0.0

    def current(self, collection: str) -> tuple[Gallery, bool]:
        """Return the gallery and whether it may be stale.

        Raises `UnknownCollection`; `StoreUnavailable` when the store is away and the collection
        is not in memory.
        """
        known = self._known(collection)
        begun = time.monotonic()
        if known is not None and begun < self._away_until:
            return known, True
        try:
            version = self._store.version(collection)
            if known is None or known.version != version:
                known = self._refreshed(collection, version)
            self.store_answered()
            return known, False
        except UnknownCollection:
            self.forget(collection)
            raise
        except StoreUnavailable as error:
            if known is None:
                raise
            log.warning("the store is away, recognition goes on from memory: %s", error)
            if self._answered < begun:
                self._away_until = time.monotonic() + _PAUSE
            return known, True

    def store_answered(self) -> None:
        """Note that the store is there: the next recognition asks it again."""
        self._answered = time.monotonic()
        self._away_until = 0.0

    def follow(self, collection: str) -> None:
        """Take over what this process has just changed in the store, so that it is known even if
        the store goes away before anyone asks. A collection that is not in memory is left alone.
        Never raises: the change is made."""
        self.store_answered()
        if self._known(collection) is None:
            return
        try:
            self.current(collection)
        except StoreError:
            log.debug("%s was changed and is gone, or cannot be read", collection)
        except Exception:
            log.exception("%s was changed, and could not be read after it", collection)

    def forget(self, collection: str) -> None:
        """Let a collection's gallery go; it is loaded anew when it is asked for."""
        with self._lock:
            self._held.pop(collection, None)

    def _known(self, collection: str) -> Gallery | None:
        with self._lock:
            held = self._held.get(collection)
            if held is None:
                return None
            self._held.move_to_end(collection)
            return held.gallery

    def _place(self, collection: str) -> _Held:
        """Where a collection that exists is held."""
        with self._lock:
            held = self._held.setdefault(collection, _Held())
            if len(self._held) > self._most:
                self._held.popitem(last=False)
            return held

    def _refreshed(self, collection: str, version: Version) -> Gallery:
        held = self._place(collection)
        with held.lock:
            known = held.gallery
            if known is not None and known.version == version:
                return known
            gallery = self._by_changes(collection, known) if known is not None else None
            if gallery is None:
                snapshot = self._store.snapshot(collection)
                exemplars = () if self._is_foreign(snapshot.space) else snapshot.exemplars
                gallery = gallery_of(
                    snapshot.version, snapshot.space, exemplars, self._width, self._local
                )
            gallery = held.gallery = self._levelled(gallery)
            return gallery

    def _levelled(self, gallery: Gallery) -> Gallery:
        """Measured here, under the collection's lock: once for all who wait for it."""
        if self._norm is None:
            return gallery
        arrays = (gallery.embeddings, gallery.cohort_mean, gallery.numbers)
        return replace(gallery, level=gallery_level(nearness(*arrays, self._norm), self._norm))

    def _is_foreign(self, space: str | None) -> bool:
        return self._space is not None and space not in (None, self._space)

    def _by_changes(self, collection: str, known: Gallery) -> Gallery | None:
        """Apply the log's entries since the known version; None when a snapshot is needed."""
        changes = self._store.changes(collection, known.version)
        if changes == []:
            return known  # another thread was faster, and the version asked for is already past
        if changes is None or any(change.space != known.space for change in changes):
            return None
        version = Version(known.version.incarnation, changes[-1].revision)
        if self._is_foreign(known.space):
            # By deletions it may have become anyone's.
            emptied = any(change.removed for change in changes)
            return None if emptied else replace(known, version=version)
        removed: set[str] = set()
        added: dict[str, None] = {}
        for change in changes:
            removed |= set(change.removed)
            added |= dict.fromkeys(change.added)
            for id in change.removed:
                added.pop(id, None)
        # By its name: the collection may be bound to another space by now.
        fresh = self._store.load(collection, list(added), space=known.space)
        return changed(known, version, removed, fresh)

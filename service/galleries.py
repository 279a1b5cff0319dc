"""The galleries of a store: each kept fresh by the store's revision, known while it is away."""

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from service.gallery import Gallery, changed, gallery_of
from service.gallery_scale import scale_of
from service.model_file import GalleryNorm
from service.store import Store, StoreError, StoreUnavailable, UnknownCollection, Version

log = logging.getLogger(__name__)

#: After the store was away, recognition does not ask it again for this many seconds.
_PAUSE = 1.0
#: Collections held in memory; those not asked for the longest are let go.
_MOST = 256


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
    galleries' scales are measured. Of a collection that is bound to another
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
            gallery = held.gallery = self._scaled(gallery)
            return gallery

    def _scaled(self, gallery: Gallery) -> Gallery:
        """Measured here, under the collection's lock: once for all who wait for it."""
        if self._norm is None:
            return gallery
        arrays = (gallery.embeddings, gallery.cohort_mean, gallery.numbers)
        return replace(gallery, scale=scale_of(*arrays, self._norm))

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

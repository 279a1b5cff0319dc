"""Embedding again what is stored: clips to arrays of another space, a few at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.encoder import Encoder
from service.model_outputs import Arrays
from service.recogniser import recording_of
from service.store import ExemplarName, Store, StoreCorrupt, StoreReader, UnknownExemplar
from skeleton import Recording, UnusableClip

#: Exemplars written together: a kill costs no more than these, and a disk is waited for once.
_TOGETHER = 32


@dataclass(frozen=True)
class Unusable:
    """An exemplar that this model cannot embed, and why."""

    exemplar_id: str
    action: str
    reason: str


class ClipMissing(ValueError):
    """The store has no clip of an exemplar; or the exemplar was deleted a moment ago."""


def recording(store: StoreReader, collection: str, id: str) -> Recording:
    """An exemplar's clip as it was received.

    Raises `ClipMissing`, `UnusableClip`, `StoreCorrupt`, `UnknownCollection`.
    """
    try:
        return recording_of(store.clip(collection, id))
    except UnknownExemplar:
        raise ClipMissing("the store has no clip of it") from None


#: What makes one exemplar unusable, and no other.
AT_FAULT = (ClipMissing, UnusableClip, StoreCorrupt)


class Embedding:
    """Embeds the exemplars of one collection that lack arrays in the encoder's space.

    `unusable` are those it could not embed, by id; they are tried once.
    """

    def __init__(self, store: Store, encoder: Encoder, collection: str) -> None:
        self.embedded = 0
        self._store = store
        self._encoder = encoder
        self._collection = collection
        self._failed: dict[str, Unusable] = {}

    def run(self, progress: Callable[[], None]) -> tuple[Unusable, ...]:
        """Embed what lacks arrays now; returns those that still do. `progress` is once for each."""
        todo = [one for one in self._lacking() if one.id not in self._failed]
        for start in range(0, len(todo), _TOGETHER):
            some = todo[start : start + _TOGETHER]
            arrays = {one.id: found for one in some if (found := self._arrays(one)) is not None}
            if arrays:
                self._store.keep(self._collection, self._encoder.info.space, arrays)
                self.embedded += len(arrays)
            for _ in some:
                progress()
        # Asked again: what was deleted meanwhile is no trouble any more.
        lacking = {one.id for one in self._lacking()}
        return tuple(failed for id, failed in self._failed.items() if id in lacking)

    def _lacking(self) -> Sequence[ExemplarName]:
        return self._store.lacking(self._collection, self._encoder.info.space)

    def _arrays(self, one: ExemplarName) -> Arrays | None:
        try:
            arrays, _ = self._encoder.embed(recording(self._store, self._collection, one.id))
        except AT_FAULT as error:
            self._failed[one.id] = Unusable(one.id, one.action, str(error))
            return None
        return {name: np.asarray(array) for name, array in arrays.items()}

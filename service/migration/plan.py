"""What a migration would do, and how long that takes; read and measured, nothing written."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from service.encoder import Encoder
from service.migration.embedding import AT_FAULT, ClipMissing, Unusable, recording
from service.store import ExemplarName, SpaceInfo, StoreReader
from service.store.serialisation import pack_arrays

#: So many clips are embedded to see how long one takes.
_SAMPLE = 16


@dataclass(frozen=True)
class Plan:
    """What `migrate` would find in one collection.

    `state`: `current`, bound to the target already; `empty`, takes any model; `begun`, some
    exemplars have arrays of the target; `waiting`. `embedded` of the `exemplars` have them, and
    `unusable` cannot get them. `seconds` for the others, without what the disk takes to write,
    and `bytes` of the target's arrays when all is done, are None where there was nothing to
    measure. `kept` are the arrays of spaces that the collection is not bound to.
    """

    collection: str
    state: Literal["current", "empty", "begun", "waiting"]
    space: str | None
    target: str
    actions: int
    exemplars: int
    embedded: int
    unusable: tuple[Unusable, ...] = ()
    seconds: float | None = None
    bytes: int | None = None
    kept: tuple[SpaceInfo, ...] = field(default=())


def plan(
    store: StoreReader,
    encoder: Encoder,
    collection: str,
    progress: Callable[[int], Callable[[], None]],
) -> Plan:
    """Look at one collection: every clip that would be embedded is read and prepared.

    That shows what is unusable, but for a clip of which the model makes no finite embedding.

    `progress` is told how many, and returns what is called once for each. Raises what the store
    does, `UnknownCollection` for instance.
    """
    target = encoder.info.space
    info = store.collection(collection)
    spaces = store.spaces(collection)
    kept = tuple(each for each in spaces if each.space != info.space)
    if info.space is None or info.space == target:
        return Plan(
            collection=collection,
            state="empty" if info.space is None else "current",
            space=info.space,
            target=target,
            actions=info.actions,
            exemplars=info.exemplars,
            embedded=info.exemplars,
            kept=kept,
        )
    lacking = store.lacking(collection, target)
    survey = _Survey(store, encoder, collection, len(lacking))
    tick = progress(len(lacking))
    for one in lacking:
        survey.look(one)
        tick()
    done = next((each for each in spaces if each.space == target), None)
    return Plan(
        collection=collection,
        state="begun" if done else "waiting",
        space=info.space,
        target=target,
        actions=info.actions,
        exemplars=info.exemplars,
        embedded=done.exemplars if done else 0,
        unusable=tuple(survey.unusable),
        seconds=survey.seconds(),
        bytes=survey.bytes(done),
        kept=kept,
    )


class _Survey:
    """Reads and prepares clips, embeds some, spread over all, and takes the time of each."""

    def __init__(self, store: StoreReader, encoder: Encoder, collection: str, total: int) -> None:
        self.unusable: list[Unusable] = []
        self._store = store
        self._encoder = encoder
        self._collection = collection
        self._every = max(1, total // _SAMPLE)
        self._usable = 0
        self._timed: list[float] = []
        self._size = 0

    def look(self, one: ExemplarName) -> None:
        begun = time.perf_counter()
        try:
            clip = recording(self._store, self._collection, one.id)
            if self._usable % self._every:
                self._encoder.prepared(clip)
            else:
                arrays, _ = self._encoder.embed(clip)
                self._timed.append(time.perf_counter() - begun)
                self._size = len(pack_arrays(arrays))
            self._usable += 1
        except ClipMissing:
            # Deleted while the plan is made, perhaps.
            if one in self._store.lacking(self._collection, self._encoder.info.space):
                self._fault(one, "the store has no clip of it")
        except AT_FAULT as error:
            self._fault(one, str(error))

    def _fault(self, one: ExemplarName, reason: str) -> None:
        self.unusable.append(Unusable(one.id, one.action, reason))

    def seconds(self) -> float:
        if not self._timed:  # the first that is usable is timed: there is none
            return 0.0
        return sum(self._timed) / len(self._timed) * self._usable

    def bytes(self, done: SpaceInfo | None) -> int:
        """All of them have one size: the model's outputs have no others."""
        return (done.bytes if done else 0) + self._usable * self._size

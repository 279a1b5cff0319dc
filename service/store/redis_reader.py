"""The reading half of the Redis store: what lies under a collection's keys, as of one moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from service.store.errors import (
    StoreCorrupt,
    StoreError,
    StoreTooNew,
    StoreUnavailable,
    UnknownAction,
    UnknownCollection,
    UnknownExemplar,
)
from service.store.names import check_action, check_exemplar, check_space
from service.store.records import (
    DEFAULT_COLLECTION,
    ActionInfo,
    ActionPage,
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
from service.store.redis_connection import RedisConnection
from service.store.redis_keys import (
    META_PATTERN,
    SCHEMA_KEY,
    change,
    collection_info,
    collection_of,
    key_of,
    meta_of,
    meta_question,
    record,
    size_question,
    spaces_of,
    version,
)
from service.store.serialisation import (
    now,
    unpack_arrays,
    unpack_clip,
    unpack_metadata,
    unpack_time,
)

SCHEMA = 1
# A read meets another's write rarely: the server runs what is sent at once mostly at once.
_ATTEMPTS = 100
# How many things are asked about together.
_BATCH = 1000


class RedisReader:
    """Every call of a `Store` that changes nothing. Raises StoreError for a server not to be used.

    All it ever writes is what must always be there: the schema, and an empty "default"; and not
    even that where it is to `only_look`.
    """

    def __init__(self, url: str, *, only_look: bool = False) -> None:
        self._only_look = only_look
        self._redis = RedisConnection(url)
        try:
            self._redis.require_server()
            self._check_schema()
            self._redis.warnings()
            if not only_look:
                self.version(DEFAULT_COLLECTION)
        except StoreError:
            self._redis.close()
            raise

    def collections(self) -> list[CollectionInfo]:
        names = {DEFAULT_COLLECTION}
        names.update(filter(None, map(collection_of, self._redis.keys(META_PATTERN))))
        infos = []
        waiting = sorted(names)
        for start in range(0, len(waiting), _BATCH):
            infos += self._some_collections(waiting[start : start + _BATCH])
        return infos

    def _some_collections(self, names: Sequence[str]) -> list[CollectionInfo]:
        """Those that are there, asked for together: a service may keep one for each person."""
        questions = (
            (meta_question(name), size_question(name), meta_question(name)) for name in names
        )
        answers = iter(self._redis.together(*chain.from_iterable(questions)))
        infos = []
        for name, values, size, again in zip(names, answers, answers, answers, strict=True):
            if values[0] is not None and values == again:
                infos.append(collection_info(name, meta_of(values), size))
                continue
            # It changed in between, or was deleted since the scan.
            with suppress(UnknownCollection):
                infos.append(self.collection(name))
        return infos

    def collection(self, name: str) -> CollectionInfo:
        meta, (size,) = self._read(name, size_question(name))
        return collection_info(name, meta, size)

    def version(self, name: str) -> Version:
        found = self._redis.command("HMGET", key_of(name, "meta"), "incarnation", "revision")
        if found[0] is None:
            self._require_default(name)
            return self.version(name)
        return version(found)

    def snapshot(self, name: str) -> Snapshot:
        meta, (members, parcels) = self._read_in_space(
            name,
            lambda arrays: (("ZRANGE", key_of(name, "index"), 0, -1), ("HGETALL", arrays)),
        )
        exemplars = []
        for action, _, id in (member.split(b"\0") for member in members):
            if id not in parcels:
                raise StoreCorrupt(f"collection {name!r} lacks the arrays of {id.decode()}")
            exemplars.append(
                ExemplarArrays(id.decode(), action.decode(), unpack_arrays(parcels[id]))
            )
        version = Version(meta["incarnation"], int(meta["revision"]))
        return Snapshot(version, meta["space"] or None, tuple(exemplars))

    def changes(self, name: str, since: Version) -> list[Change] | None:
        # A revision out of range belongs to no state of this collection.
        first = max(0, since.revision) + 1
        meta, (entries,) = self._read(name, ("XRANGE", key_of(name, "log"), f"{first}-0", "+"))
        behind = int(meta["revision"]) - since.revision
        if meta["incarnation"] != since.incarnation or len(entries) != behind:
            return None
        return [change(*entry) for entry in entries]

    def load(
        self, name: str, ids: Sequence[str], *, space: str | None = None
    ) -> list[ExemplarArrays]:
        wanted = [check_exemplar(id) for id in ids]
        if not wanted:
            self.version(name)
            return []

        def commands(arrays: str) -> Sequence[Sequence[Any]]:
            return ("HMGET", key_of(name, "exemplars"), *wanted), ("HMGET", arrays, *wanted)

        if space is None:
            _, (records, parcels) = self._read_in_space(name, commands)
        else:
            key = key_of(name, f"arrays:{check_space(space)}")
            _, (records, parcels) = self._read(name, *commands(key))
        return [
            ExemplarArrays(id, record(text)[0], unpack_arrays(parcel))
            for id, text, parcel in zip(wanted, records, parcels, strict=True)
            if text is not None and parcel is not None
        ]

    def actions(self, name: str, *, after: str | None = None, limit: int = 100) -> ActionPage:
        # One more than asked for tells whether this page is the last.
        keys = (key_of(name, "meta"), key_of(name, "index"))
        _, (page,) = self._run("actions", name, keys, after or "", max(1, limit) + 1)
        found = []
        for oldest, newest, count in page[: max(1, limit)]:
            action, created, _ = oldest.decode().split("\0")
            updated = newest.decode().split("\0")[1]
            found.append(ActionInfo(action, count, unpack_time(created), unpack_time(updated)))
        return ActionPage(tuple(found), found[-1].action if len(page) > len(found) else None)

    def exemplars(self, name: str, action: str) -> list[Exemplar]:
        keys = (key_of(name, "meta"), key_of(name, "exemplars"), key_of(name, "index"))
        outcome, values = self._run("exemplars", name, keys, check_action(action))
        if outcome == "unknown_action":
            raise UnknownAction(name, action)
        found = []
        for id, text in values[0]:
            of, created, metadata = record(text)
            found.append(Exemplar(id.decode(), of, unpack_time(created), unpack_metadata(metadata)))
        return found

    def clip(self, name: str, id: str) -> StoredClip:
        _, (parcel,) = self._read(name, ("HGET", key_of(name, "clips"), check_exemplar(id)))
        if parcel is None:
            raise UnknownExemplar(name, id)
        return unpack_clip(parcel)

    def spaces(self, name: str) -> list[SpaceInfo]:
        while True:
            listed = spaces_of(self._read(name)[0])
            keys = [key_of(name, part) for part in ("exemplars", *(f"arrays:{s}" for s in listed))]
            meta, (standing, *held) = self._read(name, *(("HKEYS", key) for key in keys))
            if spaces_of(meta) == listed:
                break
        infos = []
        for space, key, ids in zip(listed, keys[1:], held, strict=True):
            # Arrays of exemplars that a release before migrations deleted do not count.
            there = sorted(set(ids) & set(standing))
            infos.append(
                SpaceInfo(space, space == meta["space"], len(there), self._size(key, there))
            )
        return infos

    def lacking(self, name: str, space: str) -> list[ExemplarName]:
        _, (members, held) = self._read(
            name,
            ("ZRANGE", key_of(name, "index"), 0, -1),
            ("HKEYS", key_of(name, f"arrays:{check_space(space)}")),
        )
        there = set(held)
        found = (member.decode().split("\0") for member in members)
        return [ExemplarName(id, action) for action, _, id in found if id.encode() not in there]

    def log(self, name: str, after_revision: int = 0, limit: int = 100) -> list[Change]:
        first = f"{max(0, after_revision) + 1}-0"
        _, (entries,) = self._read(
            name, ("XRANGE", key_of(name, "log"), first, "+", "COUNT", max(1, limit))
        )
        return [change(*entry) for entry in entries]

    def warnings(self) -> list[str]:
        return self._redis.warnings()

    def close(self) -> None:
        self._redis.close()

    def _size(self, key: str, ids: Sequence[bytes]) -> int:
        """Bytes of some fields of a hash."""
        total = 0
        for start in range(0, len(ids), _BATCH):
            asked = (("HSTRLEN", key, id) for id in ids[start : start + _BATCH])
            total += sum(self._redis.together(*asked))
        return total

    def _check_schema(self) -> None:
        # Read first: a server that takes no writes just now can still be opened.
        found = self._redis.command("GET", SCHEMA_KEY)
        if found is None:
            if self._only_look:
                return
            self._redis.command("SET", SCHEMA_KEY, SCHEMA, "NX")
            found = self._redis.command("GET", SCHEMA_KEY)
        try:
            schema = int(found)
        except (TypeError, ValueError):
            raise StoreCorrupt(f"oneshot:schema is {found!r}, not a number") from None
        if schema > SCHEMA:
            raise StoreTooNew(schema, SCHEMA)

    def _require_default(self, name: str) -> None:
        """Makes "default" anew under a server that was emptied; any other name is unknown."""
        if name != DEFAULT_COLLECTION or self._only_look:
            raise UnknownCollection(name)
        self._redis.script("create_collection", (key_of(name, "meta"),), uuid.uuid4().hex, now())

    def _run(
        self, script: str, name: str, keys: Sequence[str], *arguments: Any
    ) -> tuple[str, list[Any]]:
        outcome, values = self._redis.script(script, keys, *arguments)
        if outcome == "unknown_collection":
            self._require_default(name)
            outcome, values = self._redis.script(script, keys, *arguments)
        return outcome, values

    def _read(self, name: str, *commands: Sequence[Any]) -> tuple[dict[str, str], list[Any]]:
        """The collection's meta and the answers to some reads, all of one moment.

        Meta is read before and behind the others, which count only if it did not change: a server
        whose memory is full refuses MULTI, and recognition goes on then.
        """
        for _ in range(_ATTEMPTS):
            question = meta_question(name)
            values, *found, again = self._redis.together(question, *commands, question)
            if values[0] is None:
                self._require_default(name)
            elif values == again:
                return meta_of(values), found
        raise StoreUnavailable(f"collection {name!r} changes faster than it can be read")

    def _read_in_space(
        self, name: str, commands: Callable[[str], Sequence[Sequence[Any]]]
    ) -> tuple[dict[str, str], list[Any]]:
        """The same with commands that need the key of the bound space's arrays."""
        space = (self._read(name)[0])["space"]
        while True:
            meta, found = self._read(name, *commands(key_of(name, f"arrays:{space}")))
            if meta["space"] == space:
                return meta, found
            space = meta["space"]

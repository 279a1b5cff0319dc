"""The store of the deployed service: Redis 7.0 or newer.

Keys of a collection, all with the hash tag {name} and so in one cluster slot:
    oneshot:{name}:meta            hash    incarnation, revision, space, created, actions, spaces
    oneshot:{name}:exemplars       hash    id -> record: action NUL created NUL metadata as JSON
    oneshot:{name}:arrays:<space>  hash    id -> parcel of arrays
    oneshot:{name}:clips           hash    id -> parcel of the clip
    oneshot:{name}:index           zset    action NUL created NUL id, in order of bytes
    oneshot:{name}:log             stream  <revision>-0 -> one change
beside the one key oneshot:schema. Each mutation is one script of lua/, which writes all or nothing.
`space` is the one the collection is bound to; `spaces` lists, with blanks, further ones of which
there are arrays. A script may touch only keys it is given, so a caller who deletes reads the list,
passes every key, and does it again when the script finds that the list has changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.store.errors import (
    CollectionExists,
    ExemplarExists,
    NotEmbedded,
    OutcomeUnknown,
    SpaceInUse,
    SpaceMismatch,
    UnknownAction,
    UnknownExemplar,
)
from service.store.names import check_action, check_exemplar, check_space
from service.store.records import (
    DEFAULT_COLLECTION,
    Added,
    Arrays,
    ChangeKind,
    CollectionInfo,
    Exemplar,
    StoredClip,
    Version,
)
from service.store.redis_connection import AnswerLost
from service.store.redis_keys import key_of, mutation_keys, spaces_of, version
from service.store.redis_reader import RedisReader
from service.store.serialisation import (
    now,
    pack_arrays,
    pack_clip,
    pack_metadata,
    pack_time,
    unpack_time,
)


class RedisStore(RedisReader):
    """A `Store` on a Redis server. `log_length`: how many changes a collection's log keeps."""

    def __init__(self, url: str, *, log_length: int = 10_000) -> None:
        super().__init__(url)
        self._log_length = log_length

    def create_collection(self, name: str) -> CollectionInfo:
        incarnation, created = uuid.uuid4().hex, now()
        _, (standing,) = self._change(
            "create_collection",
            name,
            (key_of(name, "meta"),),
            (incarnation, created),
            doubt="the collection may have been made all the same",
            again=True,
        )
        # Asked by incarnation and not by outcome: the call may have been sent twice.
        if standing.decode() != incarnation:
            raise CollectionExists(name)
        return CollectionInfo.made(name, unpack_time(created))

    def delete_collection(self, name: str) -> None:
        fresh = (uuid.uuid4().hex, now()) if name == DEFAULT_COLLECTION else ()
        self._remove("delete_collection", name, *fresh)

    def add(
        self, name: str, exemplar: Exemplar, *, space: str, arrays: Arrays, clip: StoredClip
    ) -> Added:
        id, action = check_exemplar(exemplar.id), check_action(exemplar.action)
        head = f"{action}\0{pack_time(exemplar.created)}\0"
        words = (space, id, action, head + id, head + pack_metadata(exemplar.metadata))
        parcels = (pack_arrays(arrays), pack_clip(clip))
        # By its id: what was added by the first sending is answered as done at the second.
        outcome, values = self._change(
            "add",
            name,
            mutation_keys(name, [check_space(space)]),
            (*words, *parcels, now(), self._log_length),
            doubt=f"exemplar {id} may have been stored all the same",
            action=action,
            again=True,
        )
        if outcome == "exemplar_exists":
            raise ExemplarExists(name, id)
        if outcome == "space_mismatch":
            raise SpaceMismatch(name, values[0].decode(), space)
        return Added(version=version(values), exemplars=values[2])

    def delete_action(self, name: str, action: str) -> Version:
        arguments = (check_action(action), now(), self._log_length)
        return version(self._remove("delete_action", name, *arguments, action=action))

    def delete_exemplar(self, name: str, action: str, id: str) -> Version:
        arguments = (check_action(action), check_exemplar(id), now(), self._log_length)
        return version(self._remove("delete_exemplar", name, *arguments, action=action, id=id))

    def keep(self, name: str, space: str, arrays: Mapping[str, Arrays]) -> None:
        parts = ("meta", "exemplars", f"arrays:{check_space(space)}")
        parcels = [(check_exemplar(id), pack_arrays(each)) for id, each in arrays.items()]
        self._change(
            "keep",
            name,
            [key_of(name, part) for part in parts],
            (space, *(word for parcel in parcels for word in parcel)),
            doubt="the arrays may have been kept all the same",
            again=True,
        )

    def rebind(
        self,
        name: str,
        *,
        bound: str,
        space: str,
        without: Collection[str] = (),
        back: bool = False,
    ) -> Version:
        kind: ChangeKind = "collection_rolled_back" if back else "collection_migrated"
        gone = " ".join(sorted(map(check_exemplar, without)))
        check_space(space)
        while True:
            meta, _ = self._read(name)
            outcome, values = self._change(
                "rebind",
                name,
                # Once more as the last: it may be in the list or not.
                mutation_keys(name, [*spaces_of(meta), space]),
                (meta["space"], meta["spaces"], bound, space, gone, kind, now(), self._log_length),
                doubt="the collection may have been bound all the same",
                again=True,
            )
            if outcome == "space_mismatch":
                raise SpaceMismatch(name, values[0].decode() or "none", bound)
            if outcome == "not_embedded":
                raise NotEmbedded(name, space, values[0])
            if outcome != "spaces_moved":
                return version(values)

    def forget(self, name: str, space: str) -> None:
        keys = [key_of(name, part) for part in ("meta", f"arrays:{check_space(space)}")]
        outcome, _ = self._change(
            "forget",
            name,
            keys,
            (space,),
            doubt="the arrays may have been dropped all the same",
            again=True,
        )
        if outcome == "space_in_use":
            raise SpaceInUse(name, space)

    def _remove(
        self, script: str, name: str, *arguments: Any, action: str | None = None, id: str = ""
    ) -> list[Any]:
        while True:
            meta, _ = self._read(name)
            outcome, values = self._change(
                script,
                name,
                mutation_keys(name, spaces_of(meta)),
                (meta["space"], meta["spaces"], *arguments),
                doubt="it may have been deleted all the same",
                action=action,
                # What was deleted by the first sending would be unknown at the second.
                again=False,
            )
            if outcome == "unknown_action":
                raise UnknownAction(name, action or "")
            if outcome == "unknown_exemplar":
                raise UnknownExemplar(name, id)
            if outcome != "spaces_moved":
                return values

    def _change(
        self,
        script: str,
        name: str,
        keys: Sequence[str],
        arguments: Sequence[Any],
        *,
        doubt: str,
        action: str | None = None,
        again: bool,
    ) -> tuple[str, list[Any]]:
        """Runs a script that writes. `doubt`: what to say when its answer is lost or late."""
        try:
            outcome, values = self._redis.change(script, keys, *arguments, again=again)
            if outcome == "unknown_collection":
                self._require_default(name)
                outcome, values = self._redis.change(script, keys, *arguments, again=again)
        except AnswerLost as error:
            raise OutcomeUnknown(f"{error}; {doubt}", name, action) from error
        return outcome, values

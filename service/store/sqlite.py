"""The embedded store: one SQLite file, shared by any number of threads and processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from service.store.errors import (
    CollectionExists,
    ExemplarExists,
    NotEmbedded,
    SpaceInUse,
    SpaceMismatch,
    StoreError,
    UnknownAction,
    UnknownExemplar,
)
from service.store.names import check_action, check_collection, check_exemplar, check_space
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
from service.store.serialisation import (
    now,
    pack_arrays,
    pack_clip,
    pack_metadata,
    pack_time,
    unpack_time,
)
from service.store.sqlite_reader import SqliteReader
from service.store.sqlite_rows import (
    content_of,
    create_collection,
    delete_exemplar,
    ids_of,
    insert_exemplar,
    lacking,
    space_of,
    version_of,
)


class SqliteStore(SqliteReader):
    """A `Store` in a file. `log_length`: how many changes a collection's log keeps."""

    def __init__(self, path: Path, *, log_length: int = 10_000) -> None:
        super().__init__(path)
        self._log_length = log_length
        try:
            # Read first: opening must not need a file that can be written.
            if not any(info.name == DEFAULT_COLLECTION for info in self.collections()):
                with self._file.writing() as connection:
                    create_collection(connection, DEFAULT_COLLECTION)
        except StoreError:
            self._file.close()
            raise

    def create_collection(self, name: str) -> CollectionInfo:
        check_collection(name)
        with self._file.writing() as connection:
            created = create_collection(connection, name)
            if created is None:
                raise CollectionExists(name)
        return CollectionInfo.made(name, unpack_time(created))

    def delete_collection(self, name: str) -> None:
        check_collection(name)
        with self._file.writing() as connection:
            version_of(connection, name)
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))
            if name == DEFAULT_COLLECTION:
                create_collection(connection, name)

    def add(
        self, name: str, exemplar: Exemplar, *, space: str, arrays: Arrays, clip: StoredClip
    ) -> Added:
        check_collection(name)
        check_space(space)
        id, action = check_exemplar(exemplar.id), check_action(exemplar.action)
        content = (
            action,
            pack_time(exemplar.created),
            pack_metadata(exemplar.metadata),
            space,
            pack_arrays(arrays),
            pack_clip(clip),
        )
        with self._file.writing() as connection:
            version = version_of(connection, name)
            held = content_of(connection, name, id, space)
            if held is None:
                bound = space_of(connection, name)
                if bound not in (None, space):
                    raise SpaceMismatch(name, str(bound), space)
                insert_exemplar(connection, name, id, content)
                version = self._raise(
                    connection, name, version, "exemplar_added", action, (id,), space
                )
            elif held != content:
                raise ExemplarExists(name, id)
            return Added(version, len(ids_of(connection, name, action)))

    def delete_action(self, name: str, action: str) -> Version:
        return self._remove(name, action, None)

    def delete_exemplar(self, name: str, action: str, id: str) -> Version:
        return self._remove(name, action, check_exemplar(id))

    def keep(self, name: str, space: str, arrays: Mapping[str, Arrays]) -> None:
        check_collection(name)
        check_space(space)
        parcels = [(check_exemplar(id), pack_arrays(each)) for id, each in arrays.items()]
        with self._file.writing() as connection:
            version_of(connection, name)
            connection.executemany(
                "INSERT INTO arrays (collection, id, space, parcel)"
                " SELECT ?1, ?2, ?3, ?4 WHERE EXISTS"
                " (SELECT 1 FROM exemplars WHERE collection = ?1 AND id = ?2)"
                " ON CONFLICT DO NOTHING",
                [(name, id, space, parcel) for id, parcel in parcels],
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
        check_collection(name)
        check_space(space)
        gone = sorted(map(check_exemplar, without))
        with self._file.writing() as connection:
            version = version_of(connection, name)
            found = space_of(connection, name)
            if found == space:
                return version
            if found != bound:
                raise SpaceMismatch(name, found or "none", bound)
            gone = [id for id in gone if delete_exemplar(connection, name, id)]
            # Counted here, behind every other writer: an exemplar enrolled a moment ago is seen.
            if left := lacking(connection, name, space):
                raise NotEmbedded(name, space, len(left))
            kind: ChangeKind = "collection_rolled_back" if back else "collection_migrated"
            return self._raise(connection, name, version, kind, "", gone, space)

    def forget(self, name: str, space: str) -> None:
        check_collection(name)
        check_space(space)
        with self._file.writing() as connection:
            version_of(connection, name)
            if space_of(connection, name) == space:
                raise SpaceInUse(name, space)
            connection.execute(
                "DELETE FROM arrays WHERE collection = ? AND space = ?", (name, space)
            )

    def _remove(self, name: str, action: str, id: str | None) -> Version:
        check_collection(name)
        check_action(action)
        with self._file.writing() as connection:
            version = version_of(connection, name)
            space = space_of(connection, name)
            ids = ids_of(connection, name, action)
            if not ids:
                raise UnknownAction(name, action)
            if id is not None and id not in ids:
                raise UnknownExemplar(name, id)
            kind: ChangeKind = "action_deleted" if id is None else "exemplar_deleted"
            gone = ids if id is None else (id,)
            for one in gone:
                delete_exemplar(connection, name, one)
            return self._raise(connection, name, version, kind, action, gone, str(space))

    def _raise(
        self,
        connection: sqlite3.Connection,
        name: str,
        version: Version,
        kind: ChangeKind,
        action: str,
        ids: Sequence[str],
        space: str,
    ) -> Version:
        revision = version.revision + 1
        # An emptied collection is bound to no space.
        connection.execute(
            "UPDATE collections SET revision = ?1, space ="
            " CASE WHEN EXISTS (SELECT 1 FROM exemplars WHERE collection = ?3) THEN ?2 END"
            " WHERE name = ?3",
            (revision, space, name),
        )
        connection.execute(
            "INSERT INTO log (collection, revision, at, kind, action, space, ids)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (name, revision, now(), kind, action, space, " ".join(ids)),
        )
        connection.execute(
            "DELETE FROM log WHERE collection = ? AND revision <= ?",
            (name, revision - self._log_length),
        )
        return Version(version.incarnation, revision)

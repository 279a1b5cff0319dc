"""The embedded store: one SQLite file, shared by any number of threads and processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from service.store.names import check_action, check_collection, check_exemplar, check_space
from service.store.protocol import (
    CollectionExists,
    ExemplarExists,
    SpaceMismatch,
    StoreError,
    UnknownAction,
    UnknownCollection,
    UnknownExemplar,
)
from service.store.records import (
    DEFAULT_COLLECTION,
    ActionInfo,
    ActionPage,
    Added,
    Arrays,
    Change,
    ChangeKind,
    CollectionInfo,
    Exemplar,
    ExemplarArrays,
    Snapshot,
    StoredClip,
    Version,
)
from service.store.serialisation import (
    pack_arrays,
    pack_clip,
    pack_metadata,
    pack_time,
    unpack_clip,
    unpack_metadata,
    unpack_time,
)
from service.store.sqlite_file import SqliteFile
from service.store.sqlite_rows import (
    change,
    collection_info,
    content_of,
    create_collection,
    exemplar_arrays,
    ids_of,
    insert_exemplar,
    log_of,
    now,
    space_of,
    version_of,
)

_INFO = """
SELECT name, space, revision,
    (SELECT COUNT(DISTINCT action) FROM exemplars WHERE collection = name),
    (SELECT COUNT(*) FROM exemplars WHERE collection = name),
    created
FROM collections
"""
# How many values one statement may safely carry.
_BATCH = 500


class SqliteStore:
    """A `Store` in a file. `log_length`: how many changes a collection's log keeps."""

    def __init__(self, path: Path, *, log_length: int = 10_000) -> None:
        self._file = SqliteFile(path)
        self._log_length = log_length
        try:
            # Read first: opening must not need a file that can be written.
            if not any(info.name == DEFAULT_COLLECTION for info in self.collections()):
                with self._file.writing() as connection:
                    create_collection(connection, DEFAULT_COLLECTION)
        except StoreError:
            self._file.close()
            raise

    def collections(self) -> list[CollectionInfo]:
        with self._file.connection() as connection:
            rows = connection.execute(_INFO + "ORDER BY name").fetchall()
        return [collection_info(row) for row in rows]

    def collection(self, name: str) -> CollectionInfo:
        with self._file.connection() as connection:
            row = connection.execute(_INFO + "WHERE name = ?", (check_collection(name),)).fetchone()
        if row is None:
            raise UnknownCollection(name)
        return collection_info(row)

    def create_collection(self, name: str) -> CollectionInfo:
        check_collection(name)
        with self._file.writing() as connection:
            if not create_collection(connection, name):
                raise CollectionExists(name)
        return self.collection(name)

    def delete_collection(self, name: str) -> None:
        check_collection(name)
        with self._file.writing() as connection:
            version_of(connection, name)
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))
            if name == DEFAULT_COLLECTION:
                create_collection(connection, name)

    def version(self, name: str) -> Version:
        with self._file.connection() as connection:
            return version_of(connection, check_collection(name))

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
            held = content_of(connection, name, id)
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

    def snapshot(self, name: str) -> Snapshot:
        check_collection(name)
        with self._file.reading() as connection:
            version = version_of(connection, name)
            space = space_of(connection, name)
            rows = connection.execute(
                "SELECT id, action, parcel FROM exemplars JOIN arrays USING (collection, id)"
                " WHERE collection = ? AND space = ? ORDER BY action, created, id",
                (name, space),
            ).fetchall()
        return Snapshot(version, space, tuple(map(exemplar_arrays, rows)))

    def changes(self, name: str, since: Version) -> list[Change] | None:
        check_collection(name)
        with self._file.reading() as connection:
            version = version_of(connection, name)
            rows = log_of(connection, name, max(0, since.revision), -1)
        behind = version.revision - since.revision
        if version.incarnation != since.incarnation or len(rows) != behind:
            return None
        return list(map(change, rows))

    def load(self, name: str, ids: Sequence[str]) -> list[ExemplarArrays]:
        check_collection(name)
        wanted = [check_exemplar(id) for id in ids]
        found: dict[str, ExemplarArrays] = {}
        with self._file.reading() as connection:
            version_of(connection, name)
            space = space_of(connection, name)
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                rows = connection.execute(
                    "SELECT id, action, parcel FROM exemplars JOIN arrays USING (collection, id)"
                    " WHERE collection = ? AND space = ?"
                    f" AND id IN ({', '.join('?' * len(batch))})",
                    (name, space, *batch),
                ).fetchall()
                found.update((row[0], exemplar_arrays(row)) for row in rows)
        return [found[id] for id in wanted if id in found]

    def actions(self, name: str, *, after: str | None = None, limit: int = 100) -> ActionPage:
        check_collection(name)
        limit = max(1, limit)
        with self._file.reading() as connection:
            version_of(connection, name)
            rows = connection.execute(
                "SELECT action, COUNT(*), MIN(created), MAX(created) FROM exemplars"
                " WHERE collection = ? AND action > ? GROUP BY action ORDER BY action LIMIT ?",
                # One more than asked for tells whether this page is the last.
                (name, after or "", limit + 1),
            ).fetchall()
        found = tuple(
            ActionInfo(action, count, unpack_time(created), unpack_time(updated))
            for action, count, created, updated in rows[:limit]
        )
        return ActionPage(found, found[-1].action if len(rows) > limit else None)

    def exemplars(self, name: str, action: str) -> list[Exemplar]:
        check_collection(name)
        check_action(action)
        with self._file.reading() as connection:
            version_of(connection, name)
            rows = connection.execute(
                "SELECT id, created, metadata FROM exemplars"
                " WHERE collection = ? AND action = ? ORDER BY created, id",
                (name, action),
            ).fetchall()
        if not rows:
            raise UnknownAction(name, action)
        return [
            Exemplar(id, action, unpack_time(created), unpack_metadata(metadata))
            for id, created, metadata in rows
        ]

    def delete_action(self, name: str, action: str) -> Version:
        return self._remove(name, action, None)

    def delete_exemplar(self, name: str, action: str, id: str) -> Version:
        return self._remove(name, action, check_exemplar(id))

    def clip(self, name: str, id: str) -> StoredClip:
        check_collection(name)
        check_exemplar(id)
        with self._file.reading() as connection:
            version_of(connection, name)
            row = connection.execute(
                "SELECT parcel FROM clips WHERE collection = ? AND id = ?", (name, id)
            ).fetchone()
        if row is None:
            raise UnknownExemplar(name, id)
        return unpack_clip(row[0])

    def log(self, name: str, after_revision: int = 0, limit: int = 100) -> list[Change]:
        check_collection(name)
        with self._file.reading() as connection:
            version_of(connection, name)
            return list(map(change, log_of(connection, name, after_revision, max(1, limit))))

    def warnings(self) -> list[str]:
        if self._file.journal == "wal":
            return []
        return [
            f"{self._file.path} lies where SQLite cannot keep a write-ahead log (it uses"
            f" {self._file.journal}): readers and writers wait for each other"
        ]

    def ping(self) -> None:
        self.version(DEFAULT_COLLECTION)

    def close(self) -> None:
        self._file.close()

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
            connection.executemany(
                "DELETE FROM exemplars WHERE collection = ? AND id = ?",
                [(name, one) for one in gone],
            )
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

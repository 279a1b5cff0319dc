"""The reading half of the embedded store: what lies in the file, as of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.store.errors import UnknownAction, UnknownCollection, UnknownExemplar
from service.store.names import check_action, check_collection, check_exemplar, check_space
from service.store.records import (
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
from service.store.serialisation import unpack_clip, unpack_metadata, unpack_time
from service.store.sqlite_file import SqliteFile
from service.store.sqlite_rows import (
    change,
    collection_info,
    exemplar_arrays,
    lacking,
    log_of,
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


class SqliteReader:
    """Every call of a `Store` that changes nothing.

    The file is made when missing, but not where it is to `only_look`.
    """

    def __init__(self, path: Path, *, only_look: bool = False) -> None:
        self._file = SqliteFile(path, only_look=only_look)

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

    def version(self, name: str) -> Version:
        with self._file.connection() as connection:
            return version_of(connection, check_collection(name))

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

    def load(
        self, name: str, ids: Sequence[str], *, space: str | None = None
    ) -> list[ExemplarArrays]:
        check_collection(name)
        if space is not None:
            check_space(space)
        wanted = [check_exemplar(id) for id in ids]
        found: dict[str, ExemplarArrays] = {}
        with self._file.reading() as connection:
            version_of(connection, name)
            space = space or space_of(connection, name)
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

    def spaces(self, name: str) -> list[SpaceInfo]:
        check_collection(name)
        with self._file.reading() as connection:
            version_of(connection, name)
            bound = space_of(connection, name)
            rows = connection.execute(
                "SELECT space, COUNT(*), SUM(LENGTH(parcel)) FROM arrays WHERE collection = ?"
                " GROUP BY space ORDER BY space = ? DESC, space",
                (name, bound),
            ).fetchall()
        return [SpaceInfo(space, space == bound, count, size) for space, count, size in rows]

    def lacking(self, name: str, space: str) -> list[ExemplarName]:
        check_collection(name)
        check_space(space)
        with self._file.reading() as connection:
            version_of(connection, name)
            return lacking(connection, name, space)

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

    def close(self) -> None:
        self._file.close()

"""The reads that several of the SQLite store's calls share, and its rows as records."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from typing import Any

from service.store.errors import UnknownCollection
from service.store.records import (
    Change,
    CollectionInfo,
    ExemplarArrays,
    ExemplarName,
    Version,
)
from service.store.serialisation import now, unpack_arrays, unpack_time

Row = Sequence[Any]
Content = tuple[str, str, str, str, bytes, bytes]
"""Action, created, metadata, space, parcel of arrays, parcel of the clip."""


def create_collection(connection: sqlite3.Connection, name: str) -> str | None:
    """Inserts an empty collection, made now, which is returned; None when there is one of this
    name."""
    created = now()
    done = connection.execute(
        "INSERT INTO collections (name, incarnation, revision, space, created)"
        " VALUES (?, ?, 0, NULL, ?) ON CONFLICT DO NOTHING",
        (name, uuid.uuid4().hex, created),
    )
    return created if done.rowcount == 1 else None


def version_of(connection: sqlite3.Connection, name: str) -> Version:
    """Raises UnknownCollection."""
    row = connection.execute(
        "SELECT incarnation, revision FROM collections WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        raise UnknownCollection(name)
    return Version(*row)


def space_of(connection: sqlite3.Connection, name: str) -> str | None:
    """The space an existing collection is bound to."""
    row = connection.execute("SELECT space FROM collections WHERE name = ?", (name,)).fetchone()
    return None if row[0] is None else str(row[0])


def ids_of(connection: sqlite3.Connection, name: str, action: str) -> tuple[str, ...]:
    """An action's exemplars, oldest first."""
    rows = connection.execute(
        "SELECT id FROM exemplars WHERE collection = ? AND action = ? ORDER BY created, id",
        (name, action),
    )
    return tuple(row[0] for row in rows)


def insert_exemplar(connection: sqlite3.Connection, name: str, id: str, content: Content) -> None:
    """Writes one exemplar to its three tables."""
    action, created, metadata, space, arrays, clip = content
    connection.execute(
        "INSERT INTO exemplars (collection, id, action, created, metadata) VALUES (?, ?, ?, ?, ?)",
        (name, id, action, created, metadata),
    )
    connection.execute(
        "INSERT INTO arrays (collection, id, space, parcel) VALUES (?, ?, ?, ?)",
        (name, id, space, arrays),
    )
    connection.execute(
        "INSERT INTO clips (collection, id, parcel) VALUES (?, ?, ?)", (name, id, clip)
    )


def delete_exemplar(connection: sqlite3.Connection, name: str, id: str) -> bool:
    """Deletes an exemplar and, by the foreign keys, its clip and arrays; False when none is."""
    done = connection.execute("DELETE FROM exemplars WHERE collection = ? AND id = ?", (name, id))
    return done.rowcount == 1


def content_of(
    connection: sqlite3.Connection, name: str, id: str, space: str
) -> tuple[Any, ...] | None:
    """An exemplar as `Content`, or None when there is none; arrays are None but in their space."""
    row: tuple[Any, ...] | None = connection.execute(
        "SELECT action, created, metadata, ?1, arrays.parcel, clips.parcel FROM exemplars"
        " LEFT JOIN arrays ON arrays.collection = exemplars.collection"
        " AND arrays.id = exemplars.id AND arrays.space = ?1"
        " LEFT JOIN clips ON clips.collection = exemplars.collection AND clips.id = exemplars.id"
        " WHERE exemplars.collection = ?2 AND exemplars.id = ?3",
        (space, name, id),
    ).fetchone()
    return row


def lacking(connection: sqlite3.Connection, name: str, space: str) -> list[ExemplarName]:
    """The exemplars without arrays in a space, by action and then by age."""
    rows = connection.execute(
        "SELECT id, action FROM exemplars WHERE collection = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM arrays WHERE arrays.collection = ?1 AND arrays.id = exemplars.id"
        " AND arrays.space = ?2) ORDER BY action, created, id",
        (name, space),
    )
    return [ExemplarName(*row) for row in rows]


def log_of(connection: sqlite3.Connection, name: str, after: int, limit: int) -> list[Row]:
    """Log rows behind a revision; -1 for no limit."""
    return connection.execute(
        "SELECT revision, at, kind, action, ids, space FROM log"
        " WHERE collection = ? AND revision > ? ORDER BY revision LIMIT ?",
        (name, after, limit),
    ).fetchall()


def change(row: Row) -> Change:
    revision, at, kind, action, ids, space = row
    return Change(revision, unpack_time(at), kind, action, tuple(ids.split()), space)


def collection_info(row: Row) -> CollectionInfo:
    name, space, revision, actions, exemplars, created = row
    return CollectionInfo(name, space, revision, actions, exemplars, unpack_time(created))


def exemplar_arrays(row: Row) -> ExemplarArrays:
    id, action, parcel = row
    return ExemplarArrays(id, action, unpack_arrays(parcel))

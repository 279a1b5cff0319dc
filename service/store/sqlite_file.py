"""The way to one SQLite file: connections, transactions, schema, and what its errors mean."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service.store.errors import (
    InvalidStoreUrl,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
)

SCHEMA = 1
# "osa1": tells this store's files from any other SQLite database.
APPLICATION = 0x6F736131
_BUSY_SECONDS = 5.0
#: Of an operating system that will say the same the next time.
_FOR_GOOD = {errno.EACCES, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS}

_TABLES = """
CREATE TABLE collections (
    name TEXT PRIMARY KEY,
    incarnation TEXT NOT NULL,
    revision INTEGER NOT NULL,
    space TEXT,
    created TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE exemplars (
    collection TEXT NOT NULL REFERENCES collections (name) ON DELETE CASCADE,
    id TEXT NOT NULL,
    action TEXT NOT NULL,
    created TEXT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE INDEX exemplars_by_action ON exemplars (collection, action, created, id);
CREATE TABLE arrays (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    space TEXT NOT NULL,
    parcel BLOB NOT NULL,
    PRIMARY KEY (collection, id, space),
    FOREIGN KEY (collection, id) REFERENCES exemplars (collection, id) ON DELETE CASCADE
);
CREATE TABLE clips (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    parcel BLOB NOT NULL,
    PRIMARY KEY (collection, id),
    FOREIGN KEY (collection, id) REFERENCES exemplars (collection, id) ON DELETE CASCADE
);
CREATE TABLE log (
    collection TEXT NOT NULL REFERENCES collections (name) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    space TEXT NOT NULL,
    ids TEXT NOT NULL,
    PRIMARY KEY (collection, revision)
) WITHOUT ROWID;
"""


class SqliteFile:
    """A database file, made with its folder when missing, but not where it is to `only_look`.

    Connections wait in a pool and serve one thread at a time, so their number is that of the calls
    under way at once, not that of the threads that ever called.
    """

    def __init__(self, path: Path, *, only_look: bool = False) -> None:
        self.path = path
        self._only_look = only_look
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        connection = self._first_connection()
        try:
            with self._told_apart():
                # Before anything is changed: it may be another program's.
                known = self._look(connection)
                if only_look and not known:
                    raise StoreCorrupt(f"{path} is empty, no store")
                self.journal = self._use_wal(connection)
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one statement; its errors leave as the store's."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        with self._told_apart():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                self._idle.append(connection)
                if self._closed:
                    self._close_idle()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Several reads of one moment."""
        with self.connection() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One mutation: on the disk when the block ends, undone when it raises."""
        with self.connection() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def close(self) -> None:
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _first_connection(self) -> sqlite3.Connection:
        """Raises `InvalidStoreUrl` where no file can be: waiting would not help."""
        try:
            if self._only_look and not self.path.is_file():
                raise StoreUnavailable(f"there is no store {self.path}")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self._connect()
        except OSError as error:
            kind = InvalidStoreUrl if error.errno in _FOR_GOOD else StoreUnavailable
            raise kind(f"{self.path} cannot be opened: {error}") from error
        except sqlite3.Error as error:
            if _code(error) == sqlite3.SQLITE_CANTOPEN and self._has_no_place():
                raise InvalidStoreUrl(f"{self.path} cannot be opened: {error}") from error
            raise self._meaning(error) from error

    def _has_no_place(self) -> bool:
        return self.path.is_dir() or not os.access(self.path.parent, os.W_OK | os.X_OK)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            if self._only_look:
                connection.execute("PRAGMA query_only=ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _use_wal(self, connection: sqlite3.Connection) -> str:
        if self._only_look:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])
        # Changing the journal does not wait for others that open the same new file.
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
            except sqlite3.OperationalError as error:
                busy = _code(error) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _check(self, connection: sqlite3.Connection) -> bool:
        """Whether the file has this schema. Raises StoreTooNew, StoreCorrupt."""
        schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
        application = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = int(connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0])
        if application != APPLICATION and (application or schema or tables):
            raise StoreCorrupt(f"{self.path} is another program's database")
        if schema > SCHEMA:
            raise StoreTooNew(schema, SCHEMA)
        return schema == SCHEMA

    def _look(self, connection: sqlite3.Connection) -> bool:
        """The same at one moment: another process may be making the tables just now."""
        with _transaction(connection, "BEGIN"):
            return self._check(connection)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._look(connection):
            return
        with _transaction(connection, "BEGIN IMMEDIATE"):
            # Another process may have made the tables while this one waited.
            if self._check(connection):
                return
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={SCHEMA}")

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    def _meaning(self, error: sqlite3.Error) -> StoreError:
        code = _code(error)
        if code == sqlite3.SQLITE_FULL:
            return StoreFull(f"no space is left for {self.path}")
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            return StoreReadOnly(f"{self.path} cannot be written: {error}")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreCorrupt(f"{self.path} is damaged or no database: {error}")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreUnavailable(f"{self.path} is busy: {error}")
        return StoreUnavailable(f"{self.path} cannot be used: {error}")


def _code(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

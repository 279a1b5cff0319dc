"""What only the embedded store promises: a file that survives what happens to files."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from service.store import (
    InvalidStoreUrl,
    StoreCorrupt,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
    open_store,
    sqlite_file,
)
from service.store.sqlite import SqliteStore
from tests.service.store.samples import contents, enroll
from tests.service.store.test_concurrency import start_enrolling


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "oneshot.db"


def test_an_acknowledged_enrolment_survives_kill_9_of_its_process(path: Path) -> None:
    url = f"sqlite:///{path}"
    writer = start_enrolling(url, "wave", 10_000)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(3)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    acknowledged += writer.stdout.read().split()
    writer.stdout.close()

    with contextlib.closing(open_store(url)) as store:
        held = [exemplar.id for exemplar in store.exemplars("default", "wave")]
        assert set(acknowledged) <= set(held)
        # At most the one under way when the process died.
        assert len(held) - len(acknowledged) in (0, 1)
        assert store.version("default").revision == len(held)
        assert len(store.snapshot("default").exemplars) == len(held)


def test_every_connection_waits_for_the_disk(path: Path) -> None:
    with contextlib.closing(SqliteStore(path)) as store:
        barrier = threading.Barrier(4)
        found = []

        def look() -> None:
            with store._file.connection() as connection:
                barrier.wait()
                found.append(
                    tuple(
                        connection.execute(f"PRAGMA {setting}").fetchone()[0]
                        for setting in ("journal_mode", "synchronous", "foreign_keys")
                    )
                )

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [("wal", 2, 1)] * 4
        assert store.warnings() == []


@pytest.mark.parametrize("table", ["collections", "exemplars", "arrays", "clips", "log"])
def test_a_mutation_that_fails_half_way_changes_nothing(path: Path, table: str) -> None:
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        exemplar, _ = enroll(store)
        enroll(store, "clap")
        before = contents(store)
        with contextlib.closing(sqlite3.connect(path)) as other:
            for event in ("INSERT", "UPDATE", "DELETE"):
                other.execute(
                    f"CREATE TRIGGER refuse_{event} BEFORE {event} ON {table}"
                    " BEGIN SELECT RAISE(ABORT, 'refused'); END"
                )
        with pytest.raises(StoreUnavailable):
            enroll(store)
        if table in ("collections", "exemplars", "log"):
            with pytest.raises(StoreUnavailable):
                store.delete_action("default", "wave")
            with pytest.raises(StoreUnavailable):
                store.delete_exemplar("default", "wave", exemplar.id)
        assert contents(store) == before


def test_a_full_disk_refuses_and_changes_nothing(path: Path) -> None:
    with contextlib.closing(SqliteStore(path)) as store:
        enroll(store)
        with store._file.connection() as connection:
            connection.execute("PRAGMA max_page_count=1")
        # The file may still have room for a few.
        with contextlib.suppress(StoreFull):
            for _ in range(50):
                enroll(store)
        before = contents(store)
        with pytest.raises(StoreFull):
            enroll(store)
        assert contents(store) == before


def test_a_file_that_cannot_be_written_can_still_be_read(path: Path) -> None:
    with contextlib.closing(SqliteStore(path)) as store:
        enroll(store)
        before = contents(store)
        with store._file.connection() as connection:
            connection.execute("PRAGMA query_only=ON")
        with pytest.raises(StoreReadOnly):
            enroll(store)
        assert contents(store) == before


def test_a_writer_that_holds_the_file_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "_BUSY_SECONDS", 0.2)
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        enroll(store)
        before = contents(store)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="busy"):
                enroll(store)
            assert contents(store) == before
            other.execute("ROLLBACK")
        enroll(store)


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version=2")
    before = path.read_bytes()

    with pytest.raises(StoreTooNew) as refused:
        open_store(f"sqlite:///{path}")
    assert (refused.value.found, refused.value.known) == (2, 1)
    assert path.read_bytes() == before


def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    notes, photo = tmp_path / "notes.db", tmp_path / "photo.db"
    with contextlib.closing(sqlite3.connect(notes)) as other:
        other.execute("CREATE TABLE notes (text)")
    photo.write_bytes(b"\x89PNG and then more than one hundred bytes of picture" * 50)
    for file in (notes, photo):
        before = file.read_bytes()
        with pytest.raises(StoreCorrupt):
            open_store(f"sqlite:///{file}")
        assert file.read_bytes() == before


def test_a_place_where_no_file_can_be_is_refused_for_good(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for path in (tmp_path / "file" / "oneshot.db", tmp_path):
        with pytest.raises(InvalidStoreUrl, match="cannot be opened"):
            open_store(f"sqlite:///{path}")


def test_a_damaged_exemplar_is_named_and_not_believed(path: Path) -> None:
    with contextlib.closing(open_store(f"sqlite:///{path}")) as store:
        exemplar, _ = enroll(store)
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("UPDATE arrays SET parcel = substr(parcel, 1, 40)")
            other.execute("UPDATE clips SET parcel = zeroblob(length(parcel))")
            other.commit()
        with pytest.raises(StoreCorrupt):
            store.snapshot("default")
        with pytest.raises(StoreCorrupt):
            store.clip("default", exemplar.id)


def test_a_closed_store_is_unavailable(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    enroll(store)
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.version("default")
    # The last connection closed puts the log away.
    assert not path.with_name("oneshot.db-wal").exists()

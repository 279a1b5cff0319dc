"""A store that the release before migrations wrote, and one that such a release goes on using.

What it wrote is spelt out here, key by key and row by row: it must not follow the code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service.store import Store, Version, open_reader, open_store
from service.store.serialisation import pack_arrays, pack_clip
from tests.redis_server import RedisServer
from tests.service.store.samples import (
    OTHER_SPACE,
    SPACE,
    arrays_of,
    contents,
    enroll,
    sample_arrays,
    sample_clip,
)

_AT = "2026-01-01T00:00:00.000000+00:00"
_META = "oneshot:{default}:meta"
_EXEMPLARS = (("e1", "wave"), ("e2", "wave"), ("e3", "clap"))
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
PRAGMA application_id=1869832497;
PRAGMA user_version=1;
"""


def _write_file(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.executescript(_TABLES)
        file.execute("INSERT INTO collections VALUES ('default', 'i', 3, ?, ?)", (SPACE, _AT))
        for number, (id, action) in enumerate(_EXEMPLARS, 1):
            arrays, clip = pack_arrays(sample_arrays(number)), pack_clip(sample_clip(number))
            file.execute(
                "INSERT INTO exemplars VALUES ('default', ?, ?, ?, '{}')", (id, action, _AT)
            )
            file.execute("INSERT INTO arrays VALUES ('default', ?, ?, ?)", (id, SPACE, arrays))
            file.execute("INSERT INTO clips VALUES ('default', ?, ?)", (id, clip))
            file.execute(
                "INSERT INTO log VALUES ('default', ?, ?, 'exemplar_added', ?, ?, ?)",
                (number, _AT, action, SPACE, id),
            )
        file.commit()


def _write_keys(server: RedisServer) -> None:
    key = "oneshot:{default}:"
    with server.client() as client:
        client.set("oneshot:schema", 1)
        meta = {"incarnation": "i", "created": _AT, "revision": 3, "space": SPACE, "actions": 2}
        client.hset(_META, mapping=meta)
        for number, (id, action) in enumerate(_EXEMPLARS, 1):
            client.hset(f"{key}exemplars", id, f"{action}\0{_AT}\0{{}}")
            client.hset(f"{key}arrays:{SPACE}", id, pack_arrays(sample_arrays(number)))
            client.hset(f"{key}clips", id, pack_clip(sample_clip(number)))
            client.zadd(f"{key}index", {f"{action}\0{_AT}\0{id}": 0})
            entry = {
                "kind": "exemplar_added", "at": _AT, "action": action, "space": SPACE, "ids": id,
            }  # fmt: skip
            client.xadd(f"{key}log", entry, id=f"{number}-0")


@pytest.fixture
def written(url: str, request: pytest.FixtureRequest) -> str:
    """A store of the previous release, of either kind."""
    if url.startswith("sqlite"):
        _write_file(Path(url.removeprefix("sqlite:///")))
    else:
        _write_keys(request.getfixturevalue("redis_server"))
    return url


@pytest.fixture
def old(written: str) -> Iterator[Store]:
    with closing(open_store(written)) as store:
        yield store


def migrate(store: Store, space: str = OTHER_SPACE, bound: str = SPACE) -> Version:
    ids = [one.id for one in store.lacking("default", space)]
    store.keep("default", space, {id: sample_arrays() for id in ids})
    return store.rebind("default", bound=bound, space=space)


def test_it_is_read_as_it_was_written(written: str, old: Store) -> None:
    info, version, arrays, page, exemplars, clips, log = contents(old)
    assert (info.space, info.revision, info.actions, info.exemplars) == (SPACE, 3, 2, 3)
    assert version == Version("i", 3)
    assert {id: action for id, (action, _) in arrays.items()} == dict(_EXEMPLARS)
    assert [entry.action for entry in page.actions] == ["clap", "wave"]
    assert {one.id for one in exemplars} == {id for id, _ in _EXEMPLARS}
    assert clips["e2"] == sample_clip(2).joints.tobytes()
    assert [change.ids for change in log] == [("e1",), ("e2",), ("e3",)]
    (space,) = old.spaces("default")
    assert (space.space, space.bound, space.exemplars) == (SPACE, True, 3)
    with closing(open_reader(written)) as reader:
        assert reader.spaces("default") == [space]


def test_everything_can_be_done_in_it(old: Store) -> None:
    enroll(old, "new")
    assert old.delete_exemplar("default", "wave", "e1").revision == 5
    assert old.delete_action("default", "clap").revision == 6
    assert migrate(old).revision == 7
    assert old.rebind("default", bound=OTHER_SPACE, space=SPACE, back=True).revision == 8
    old.forget("default", OTHER_SPACE)
    assert len(old.snapshot("default").exemplars) == 2
    old.delete_collection("default")
    assert old.collection("default").exemplars == 0


def test_its_schema_is_not_raised(written: str, old: Store, request: pytest.FixtureRequest) -> None:
    """The release before goes on serving the old model until, and after, the switch."""
    migrate(old)
    if written.startswith("sqlite"):
        with closing(sqlite3.connect(written.removeprefix("sqlite:///"))) as file:
            assert file.execute("PRAGMA user_version").fetchone() == (1,)
            assert file.execute("SELECT sql FROM sqlite_schema WHERE name = 'log'").fetchone()
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        with server.client() as client:
            assert client.get("oneshot:schema") == b"1"


@pytest.fixture
def delete_as_before(redis_server: RedisServer) -> Callable[[str, str], None]:
    """Deletes an exemplar as the release before did: it knew the bound space only."""

    def delete(id: str, action: str) -> None:
        key = "oneshot:{default}:"
        with redis_server.client() as client:
            meta: Any = client.hgetall(_META)
            revision, space = int(meta[b"revision"]) + 1, meta[b"space"].decode()
            entry = {
                "kind": "exemplar_deleted", "at": _AT, "action": action, "space": space, "ids": id,
            }  # fmt: skip
            client.xadd(f"{key}log", entry, id=f"{revision}-0")
            client.hdel(f"{key}exemplars", id)
            client.hdel(f"{key}arrays:{space}", id)
            client.hdel(f"{key}clips", id)
            client.zrem(f"{key}index", f"{action}\0{_AT}\0{id}")
            if not client.zlexcount(f"{key}index", f"[{action}\0", f"({action}\1"):
                client.hincrby(_META, "actions", -1)
            if not client.zcard(f"{key}index"):
                space = ""
            client.hset(_META, mapping={"revision": revision, "space": space})

    return delete


def _held(server: RedisServer, space: str) -> set[bytes]:
    with server.client() as client:
        held: Any = client.hkeys(f"oneshot:{{default}}:arrays:{space}")
        return set(held)


def test_what_it_deletes_of_the_bound_space_only_goes_with_the_switch(
    redis_server: RedisServer, delete_as_before: Callable[[str, str], None]
) -> None:
    _write_keys(redis_server)
    with closing(open_store(redis_server.url)) as store:
        store.keep("default", OTHER_SPACE, {id: sample_arrays() for id, _ in _EXEMPLARS})
        delete_as_before("e3", "clap")
        assert [info.exemplars for info in store.spaces("default")] == [2, 2]
        assert store.lacking("default", OTHER_SPACE) == []
        migrate(store)
        assert _held(redis_server, OTHER_SPACE) == _held(redis_server, SPACE) == {b"e1", b"e2"}
        assert store.collection("default").actions == 1

        # And on the way back, where the old arrays are the ones left behind.
        delete_as_before("e2", "wave")
        store.rebind("default", bound=OTHER_SPACE, space=SPACE, back=True)
        assert _held(redis_server, OTHER_SPACE) == _held(redis_server, SPACE) == {b"e1"}
        assert arrays_of(store.snapshot("default")).keys() == {"e1"}


def test_a_collection_that_it_empties_keeps_nothing_that_is_believed(
    redis_server: RedisServer, delete_as_before: Callable[[str, str], None]
) -> None:
    _write_keys(redis_server)
    with closing(open_store(redis_server.url)) as store:
        store.keep("default", OTHER_SPACE, {id: sample_arrays() for id, _ in _EXEMPLARS})
        for id, action in _EXEMPLARS:
            delete_as_before(id, action)
        assert store.collection("default").space is None
        exemplar, _ = enroll(store, space=OTHER_SPACE, seed=5)
        assert _held(redis_server, OTHER_SPACE) == {exemplar.id.encode()}
        (space,) = store.spaces("default")
        assert (space.space, space.bound, space.exemplars) == (OTHER_SPACE, True, 1)
        store.delete_action("default", "wave")
        assert store.spaces("default") == []

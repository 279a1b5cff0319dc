"""What only the Redis store promises: its keys, its scripts, and a server that refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from service.store import (
    Store,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    StoreUnavailable,
    open_store,
)
from tests.redis_server import RedisServer
from tests.service.store.samples import OTHER_SPACE, SPACE, contents, enroll, sample_arrays


@pytest.fixture
def store(redis_server: RedisServer) -> Iterator[Store]:
    with closing(open_store(redis_server.url)) as store:
        yield store


def everything(server: RedisServer) -> dict[bytes, Any]:
    """The server's contents, byte for byte."""
    with server.client() as client:
        keys: Any = client.keys("*")
        return {key: client.dump(key) for key in keys}


def test_all_keys_of_a_collection_carry_its_hash_tag(
    store: Store, redis_server: RedisServer
) -> None:
    store.create_collection("a.b-c_d")
    enroll(store, "{other}:*", collection="a.b-c_d")
    with redis_server.client() as client:
        found: Any = client.keys("*")
    keys = {key.decode() for key in found}

    parts = ("meta", "exemplars", f"arrays:{SPACE}", "clips", "index", "log")
    assert keys == {
        "oneshot:schema",
        "oneshot:{default}:meta",
        *(f"oneshot:{{a.b-c_d}}:{part}" for part in parts),
    }


def test_many_collections_are_listed_in_few_round_trips(
    store: Store, redis_server: RedisServer
) -> None:
    names = sorted({"default", *(f"person_{number}" for number in range(300))})
    for name in names:
        if name != "default":
            store.create_collection(name)
    with redis_server.client() as client:
        before = client.info("stats")["total_reads_processed"]
        listed = store.collections()
        reads = client.info("stats")["total_reads_processed"] - before
    assert [info.name for info in listed] == names
    assert reads < len(names) / 4


def test_a_cluster_node_takes_every_call() -> None:
    with RedisServer({"cluster-enabled": "yes"}) as server:
        with server.client() as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
                time.sleep(0.05)
        with closing(open_store(server.url)) as store:
            store.create_collection("gym")
            exemplar, _ = enroll(store, collection="gym")
            enroll(store, "clap", collection="gym")
            contents(store, "gym")
            ids = [one.id for one in store.lacking("gym", OTHER_SPACE)]
            store.keep("gym", OTHER_SPACE, {id: sample_arrays() for id in ids})
            store.rebind("gym", bound=SPACE, space=OTHER_SPACE)
            store.spaces("gym")
            store.load("gym", ids, space=SPACE)
            store.delete_exemplar("gym", "wave", exemplar.id)
            store.forget("gym", SPACE)
            store.delete_action("gym", "clap")
            store.delete_collection("gym")
            assert [info.name for info in store.collections()] == ["default"]


def test_nothing_of_a_deleted_collection_stays(store: Store, redis_server: RedisServer) -> None:
    before = everything(redis_server)
    store.create_collection("gym")
    enroll(store, collection="gym")
    store.delete_action("gym", "wave")
    enroll(store, collection="gym", space=OTHER_SPACE)
    store.delete_collection("gym")
    assert everything(redis_server) == before


def test_keys_of_others_are_no_collections(store: Store, redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        client.set("oneshot:{a b}:meta", "")
        client.set("oneshot:{}:meta", "")
        client.set("oneshot:{a}:{b}:meta", "")
    assert [info.name for info in store.collections()] == ["default"]


def test_scripts_are_loaded_again_when_the_server_forgot_them(
    store: Store, redis_server: RedisServer
) -> None:
    enroll(store)
    with redis_server.client() as client:
        client.script_flush()
    enroll(store)
    assert store.collection("default").exemplars == 2


@pytest.mark.parametrize(
    "part", ["meta", "exemplars", f"arrays:{SPACE}", "clips", "index", "log", "log ahead"]
)
def test_a_mutation_that_fails_changes_nothing(
    store: Store, redis_server: RedisServer, part: str
) -> None:
    exemplar, _ = enroll(store)
    enroll(store, "clap")
    with redis_server.client() as client:
        if part == "log ahead":
            client.xadd("oneshot:{default}:log", {"a": "b"}, id="99-0")
        else:
            client.delete(f"oneshot:{{default}}:{part}")
            client.set(f"oneshot:{{default}}:{part}", "something foreign")
    before = everything(redis_server)

    calls: list[Callable[[], object]] = [
        lambda: enroll(store),
        lambda: enroll(store, "new"),
        lambda: store.delete_action("default", "wave"),
        lambda: store.delete_exemplar("default", "wave", exemplar.id),
    ]
    for call in calls:
        with pytest.raises(StoreCorrupt):
            call()
        assert everything(redis_server) == before


@pytest.mark.parametrize("name", ["room", "ROOM"])
def test_what_is_foreign_is_told_whatever_the_collection_is_called(
    store: Store, redis_server: RedisServer, name: str
) -> None:
    """A server that is full says OOM."""
    store.create_collection(name)
    enroll(store, collection=name)
    with redis_server.client() as client:
        client.delete(f"oneshot:{{{name}}}:index")
        client.set(f"oneshot:{{{name}}}:index", "something foreign")
    with pytest.raises(StoreCorrupt):
        store.snapshot(name)


def test_a_switch_that_fails_changes_nothing(store: Store, redis_server: RedisServer) -> None:
    exemplar, _ = enroll(store)
    without, _ = enroll(store, "clap")
    store.keep("default", OTHER_SPACE, {exemplar.id: sample_arrays(5)})
    with redis_server.client() as client:
        client.xadd("oneshot:{default}:log", {"a": "b"}, id="99-0")
    before = everything(redis_server)
    with pytest.raises(StoreCorrupt):
        store.rebind("default", bound=SPACE, space=OTHER_SPACE, without=[without.id])
    assert everything(redis_server) == before


def test_a_refused_mutation_changes_nothing(store: Store, redis_server: RedisServer) -> None:
    enroll(store)
    before = everything(redis_server)
    calls: list[Callable[[], object]] = [
        lambda: enroll(store, space=OTHER_SPACE),
        lambda: enroll(store, collection="nowhere"),
        lambda: store.delete_action("default", "jump"),
        lambda: store.delete_exemplar("default", "wave", "nothing"),
        lambda: store.create_collection("default"),
    ]
    for call in calls:
        with pytest.raises(StoreError):
            call()
        assert everything(redis_server) == before


def test_a_full_server_refuses_enrolments_only(
    own_server: RedisServer,
) -> None:
    with closing(open_store(own_server.url)) as store, own_server.client() as client:
        enroll(store)
        enroll(store, "clap")
        before, held = everything(own_server), contents(store)
        client.config_set("maxmemory", "1")
        with pytest.raises(StoreFull):
            enroll(store)
        assert everything(own_server) == before
        assert contents(store) == held
        assert store.collections() == [held[0]]
        client.script_flush()
        with closing(open_store(own_server.url)) as opened_now:
            assert contents(opened_now) == held
        store.delete_action("default", "wave")
        assert [info.action for info in store.actions("default").actions] == ["clap"]
        # The collection that is always there is emptied, and there.
        before_it = store.version("default")
        store.delete_collection("default")
        assert store.version("default").incarnation != before_it.incarnation
        assert [(info.name, info.exemplars) for info in store.collections()] == [("default", 0)]


def test_a_replica_is_read_but_not_written(own_server: RedisServer) -> None:
    with closing(open_store(own_server.url)) as store, own_server.client() as client:
        enroll(store)
        before = contents(store)
        client.replicaof("127.0.0.1", "1")
        with pytest.raises(StoreReadOnly):
            enroll(store)
        assert contents(store) == before


def test_a_server_emptied_under_a_running_service_has_a_new_default(
    store: Store, redis_server: RedisServer
) -> None:
    enroll(store)
    seen = store.version("default")
    with redis_server.client() as client:
        client.flushall()

    assert store.changes("default", seen) is None
    assert store.version("default").incarnation != seen.incarnation
    assert store.snapshot("default").exemplars == ()
    enroll(store)


def test_a_newer_schema_is_refused(redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        client.set("oneshot:schema", 2)
    before = everything(redis_server)

    with pytest.raises(StoreTooNew) as refused:
        open_store(redis_server.url)
    assert (refused.value.found, refused.value.known) == (2, 1)
    assert everything(redis_server) == before


def test_a_closed_store_is_unavailable(redis_server: RedisServer) -> None:
    store = open_store(redis_server.url)
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.version("default")

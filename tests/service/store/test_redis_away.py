"""A Redis server that comes and goes, hangs, or loses its answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from service.store import Added, OutcomeUnknown, StoreUnavailable, open_store
from tests.redis_server import RedisServer
from tests.service.store.lossy_proxy import LossyProxy
from tests.service.store.samples import (
    SPACE,
    contents,
    enroll,
    sample_arrays,
    sample_clip,
    sample_exemplar,
)


def test_an_acknowledged_enrolment_survives_kill_9_of_the_server(own_server: RedisServer) -> None:
    with closing(open_store(own_server.url)) as store:
        assert store.warnings() == []
        for _ in range(3):
            exemplar, _ = enroll(store)
            own_server.kill9()
            own_server.start()
            assert exemplar in store.exemplars("default", "wave")
        before = contents(store)
        own_server.kill9()
        own_server.start()
        assert contents(store) == before


def test_what_was_made_in_time_is_told_as_made_however_slow_reads_are(
    own_server: RedisServer,
) -> None:
    """A change waits longer than a read does."""
    with LossyProxy(own_server.port) as proxy, closing(open_store(proxy.url)) as store:
        proxy.delay = 1.2
        made = store.create_collection("gym")
        proxy.delay = 0
        assert made == store.collection("gym")


def test_a_server_that_is_away_is_said_so_at_once_and_used_again_when_back(
    own_server: RedisServer,
) -> None:
    with closing(open_store(own_server.url)) as store:
        exemplar, _ = enroll(store)
        calls: list[Callable[[], object]] = [
            store.collections,
            lambda: store.version("default"),
            lambda: enroll(store),
            lambda: store.snapshot("default"),
            lambda: store.delete_action("default", "wave"),
            lambda: store.create_collection("gym"),
            lambda: store.delete_collection("default"),
        ]
        own_server.kill9()
        for call in calls:
            begin = time.monotonic()
            with pytest.raises(StoreUnavailable) as refused:
                call()
            assert time.monotonic() - begin < 1
            assert not isinstance(refused.value, OutcomeUnknown)
        assert store.warnings() == []

        own_server.start()
        assert store.exemplars("default", "wave") == [exemplar]
        own_server.kill9()
        own_server.start()
        enroll(store)
        store.delete_action("default", "wave")


def test_a_read_of_a_server_that_hangs_is_given_up_within_a_second(
    own_server: RedisServer,
) -> None:
    with closing(open_store(own_server.url)) as store:
        own_server.freeze()
        calls: list[Callable[[], object]] = [
            lambda: store.version("default"),
            lambda: store.version("default"),
            lambda: store.snapshot("default"),
            lambda: store.actions("default"),
            # A deletion begins with a read.
            lambda: store.delete_action("default", "wave"),
        ]
        for call in calls:
            begin = time.monotonic()
            with pytest.raises(StoreUnavailable) as refused:
                call()
            assert time.monotonic() - begin < 1
            assert not isinstance(refused.value, OutcomeUnknown)
        own_server.thaw()
        store.version("default")


def test_an_enrolment_whose_answer_was_lost_is_there_once(redis_server: RedisServer) -> None:
    with LossyProxy(redis_server.port) as proxy, closing(open_store(proxy.url)) as store:
        enroll(store)
        proxy.lose_next_answer()
        _, added = enroll(store)
        assert proxy.lost == 1
        assert (added.version.revision, added.exemplars) == (2, 2)
        assert store.collection("default").exemplars == 2

        proxy.lose_next_answer()
        assert store.create_collection("gym").revision == 0
        assert proxy.lost == 2


def test_an_enrolment_whose_answer_is_late_is_done_once(redis_server: RedisServer) -> None:
    with LossyProxy(redis_server.port) as proxy, closing(open_store(proxy.url)) as store:
        proxy.delay = 1.2
        exemplar, added = enroll(store)
        assert (added.version.revision, added.exemplars) == (1, 1)
        proxy.delay = 0.0
        assert store.exemplars("default", "wave") == [exemplar]
        assert store.version("default").revision == 1


def test_an_enrolment_answered_too_late_is_told_as_perhaps_stored_and_can_be_repeated(
    redis_server: RedisServer,
) -> None:
    with LossyProxy(redis_server.port) as proxy, closing(open_store(proxy.url)) as store:
        enroll(store, "clap")
        exemplar = sample_exemplar()

        def add() -> Added:
            return store.add(
                "default", exemplar, space=SPACE, arrays=sample_arrays(), clip=sample_clip()
            )

        proxy.delay = 30.0
        begin = time.monotonic()
        with pytest.raises(OutcomeUnknown, match="may have been stored") as told:
            add()
        assert time.monotonic() - begin < 11
        assert (told.value.collection, told.value.action) == ("default", "wave")

        proxy.delay = 0.0
        assert store.exemplars("default", "wave") == [exemplar]
        assert add().exemplars == 1
        assert store.version("default").revision == 2


def test_a_deletion_answered_too_late_is_told_as_perhaps_done(redis_server: RedisServer) -> None:
    with closing(open_store(redis_server.url)) as store, redis_server.client() as client:
        enroll(store)
        enroll(store, "clap")
        # Reads are answered, what writes is not.
        client.execute_command("CLIENT", "PAUSE", 60_000, "WRITE")
        try:
            with pytest.raises(OutcomeUnknown, match="may have been deleted") as told:
                store.delete_action("default", "wave")
        finally:
            client.execute_command("CLIENT", "UNPAUSE")
        assert (told.value.collection, told.value.action) == ("default", "wave")
        store.delete_action("default", "clap")

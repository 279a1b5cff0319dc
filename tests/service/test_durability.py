"""What was acknowledged is there after a crash, whoever crashed; and what a store's absence costs.

The service goes on without a restart of its own when Redis comes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from skeleton.animator.examples import as_json
from tests.redis_server import RedisServer
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.store.lossy_proxy import LossyProxy
from tests.service_process import ServiceProcess

_PATIENCE = 30.0


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A server that the test may kill."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def own_store(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if store_kind == "sqlite":
        return f"sqlite:///{tmp_path}/var/oneshot.db"
    server: RedisServer = request.getfixturevalue("own_redis")
    return server.url


@pytest.fixture
def on_redis(own_redis: RedisServer, model: Path) -> Iterator[ServiceProcess]:
    with ServiceProcess(own_redis.url, model) as service:
        yield service


@pytest.fixture
def visitor_of_redis(on_redis: ServiceProcess) -> Iterator[Caller]:
    with on_redis.client() as client:
        yield Caller(checked_client(client))


def test_an_acknowledged_enrolment_survives_kill_9_of_the_service(
    own_store: str, model: Path
) -> None:
    with ServiceProcess(own_store, model) as service:
        with service.client() as client:
            Caller(client).enroll(performance("wave"), "wave")
            Caller(client).enroll(performance("kick"), "kick")
            Caller(client).delete("/actions/kick")
            enrolled = Caller(client).enroll(performance("bow"), "bow")
            service.kill9()
        service.start()
        with service.client() as client:
            visitor = Caller(checked_client(client))
            assert visitor.actions() == ["bow", "wave"]
            answer = visitor.recognize(performance("bow"))
            assert answer["matches"][0]["exemplar_id"] == enrolled["exemplar_id"]
            assert answer["revision"] == enrolled["revision"]
            assert visitor.enroll(performance("squat"), "squat")["revision"] == 5


def test_an_acknowledged_enrolment_survives_kill_9_of_redis(
    own_redis: RedisServer, visitor_of_redis: Caller
) -> None:
    visitor = visitor_of_redis
    for action in ("wave", "kick", "bow"):
        enrolled = visitor.enroll(performance(action), action)
        own_redis.kill9()
        own_redis.start()
        answer = fresh(visitor, action)
        assert answer["matches"][0]["exemplar_id"] == enrolled["exemplar_id"]
        assert answer["revision"] == enrolled["revision"]
    assert visitor.actions() == ["bow", "kick", "wave"]
    assert visitor.delete("/actions/bow").status_code == 204


@pytest.mark.parametrize("how", ["kill9", "freeze"])
def test_while_redis_is_away_recognition_goes_on_and_enrolment_does_not(
    own_redis: RedisServer, visitor_of_redis: Caller, how: str
) -> None:
    visitor = visitor_of_redis
    for action in ("wave", "kick"):
        visitor.enroll(performance(action), action)
    before = visitor.recognize(performance("wave"))
    assert before["stale"] is False
    getattr(own_redis, how)()

    begun = time.monotonic()
    answer = visitor.recognize(performance("wave"))
    # Less than a second of waiting for Redis, on a machine that has other work as well.
    assert time.monotonic() - begun < 2.5
    assert answer == before | {"stale": True}

    refused = visitor.post("/enroll", as_json(performance("bow"), action="bow"), JSON)
    assert refused.status_code == 503
    # A frozen Redis was sent the exemplar, and stores it when it goes on.
    perhaps_stored = how == "freeze"
    kind = "outcome-unknown" if perhaps_stored else "store-unavailable"
    assert refused.json()["type"] == f"urn:oneshot:{kind}"
    # Who only waits and repeats would enroll twice.
    assert ("retry-after" in refused.headers) != perhaps_stored
    for told in ("may have been stored", "GET /actions/bow?collection=default"):
        assert (told in refused.json()["detail"]) == perhaps_stored
    for response in (visitor.get("/actions"), visitor.delete("/actions/wave")):
        assert response.status_code == 503
    ready = visitor.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert "away" in ready.json()["warnings"][0]
    assert visitor.client.get("/healthz").status_code == 200

    own_redis.start() if how == "kill9" else own_redis.thaw()
    after = fresh(visitor, "wave")
    assert after["matches"][0]["exemplar_id"] == before["matches"][0]["exemplar_id"]
    assert set(visitor.actions()) - ({"bow"} if perhaps_stored else set()) == {"kick", "wave"}
    assert perhaps_stored or after == before
    assert visitor.enroll(performance("squat"), "squat")["exemplars"] == 1
    assert visitor.client.get("/readyz").json()["status"] == "ready"


def test_a_collection_never_asked_for_is_503_while_redis_is_away(
    own_redis: RedisServer, visitor_of_redis: Caller
) -> None:
    stranger = Caller(visitor_of_redis.client, "kitchen")
    stranger.client.post("/collections", json={"name": "kitchen"})
    own_redis.kill9()
    response = stranger.post("/recognize", as_json(performance("wave")), JSON)
    assert response.status_code == 503
    assert response.json()["type"] == "urn:oneshot:store-unavailable"


def test_a_service_started_before_redis_becomes_ready_when_it_comes(
    own_redis: RedisServer, model: Path
) -> None:
    own_redis.kill9()
    with ServiceProcess(own_redis.url, model) as service, service.client() as client:
        visitor = Caller(checked_client(client))
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["type"]) == (503, "urn:oneshot:not-ready")
        body = as_json(performance("wave"), action="wave")
        for response in (
            visitor.post("/enroll", body, JSON),
            visitor.post("/recognize", as_json(performance("wave")), JSON),
            visitor.get("/actions"),
            client.get("/collections"),
        ):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) >= 1
        own_redis.start()
        until(lambda: client.get("/readyz").status_code == 200)
        assert visitor.enroll(performance("wave"), "wave")["exemplars"] == 1


def test_a_redis_of_a_newer_release_that_comes_late_is_told_with_the_reason(
    own_redis: RedisServer, model: Path
) -> None:
    with own_redis.client() as client:
        client.set("oneshot:schema", 999)
    own_redis.kill9()
    with ServiceProcess(own_redis.url, model) as service, service.client() as client:
        assert "not been reached" in client.get("/readyz").json()["detail"]
        own_redis.start()
        until(lambda: "999" in client.get("/readyz").json()["detail"])
        visitor = Caller(checked_client(client))
        body = as_json(performance("wave"), action="wave")
        for response in (client.get("/readyz"), visitor.post("/enroll", body, JSON)):
            assert (response.status_code, response.json()["type"]) == (503, "urn:oneshot:not-ready")
            assert "upgrade the service" in response.json()["detail"]
            assert int(response.headers["retry-after"]) >= 30
        assert client.get("/healthz").status_code == 200
        assert "schema version 999" in service.log


def test_an_enrolment_that_redis_answers_late_is_done_once(
    own_redis: RedisServer, model: Path
) -> None:
    with (
        LossyProxy(own_redis.port) as proxy,
        ServiceProcess(proxy.url, model) as service,
        service.client() as client,
    ):
        visitor = Caller(checked_client(client))
        proxy.delay = 1.2
        enrolled = visitor.enroll(performance("wave"), "wave")
        assert (enrolled["exemplars"], enrolled["revision"]) == (1, 1)
        proxy.delay = 0.0
        answer = fresh(visitor, "wave")
        assert [match["exemplar_id"] for match in answer["matches"]] == [enrolled["exemplar_id"]]
        assert answer["revision"] == 1


def test_a_redis_that_may_lose_enrolments_is_told(model: Path) -> None:
    lax = {"appendonly": "no", "appendfsync": "everysec", "maxmemory-policy": "allkeys-lru"}
    with (
        RedisServer(lax) as server,
        ServiceProcess(server.url, model) as service,
        service.client() as client,
    ):
        ready = checked_client(client).get("/readyz").json()
        assert ready["status"] == "ready"
        for setting in lax:
            assert any(setting in warning for warning in ready["warnings"])
            assert setting in service.log


def test_a_redis_of_the_right_settings_gets_no_warning(visitor_of_redis: Caller) -> None:
    ready = visitor_of_redis.client.get("/readyz").json()
    assert (ready["status"], ready["warnings"]) == ("ready", [])


def test_an_emptied_redis_is_an_empty_gallery(
    own_redis: RedisServer, visitor_of_redis: Caller
) -> None:
    visitor_of_redis.enroll(performance("wave"), "wave")
    assert visitor_of_redis.recognize(performance("wave"))["matches"]
    with own_redis.client() as client:
        client.flushall()
    assert visitor_of_redis.recognize(performance("wave"))["matches"] == []
    assert visitor_of_redis.enroll(performance("kick"), "kick")["revision"] == 1


def fresh(visitor: Caller, action: str) -> dict[str, Any]:
    """The answer as soon as the service has its store again."""
    answers: list[dict[str, Any]] = []

    def is_fresh() -> bool:
        answers.append(visitor.recognize(performance(action)))
        return answers[-1]["stale"] is False

    until(is_fresh)
    return answers[-1]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)

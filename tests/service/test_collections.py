"""Collections over HTTP: separate galleries, one of which always exists."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from skeleton.animator.examples import as_json
from tests.redis_server import RedisServer
from tests.service.caller import JSON, Caller, performance
from tests.service_process import ServiceProcess


def test_default_always_exists(caller: Caller) -> None:
    assert caller.client.get("/collections/default").status_code == 200
    listed = caller.client.get("/collections").json()["collections"]
    assert "default" in [collection["name"] for collection in listed]


def test_default_is_used_unless_another_is_named(visitor: Caller) -> None:
    response = visitor.client.post(
        "/enroll", content=as_json(performance("wave"), action="greet"), headers=JSON
    )
    assert response.json()["collection"] == "default"
    assert visitor.client.get("/actions/greet").json()["collection"] == "default"


def test_a_deleted_default_is_empty_and_stays(caller: Caller) -> None:
    default = Caller(caller.client)
    default.enroll(performance("wave"), "wave")
    assert caller.client.delete("/collections/default").status_code == 204
    assert default.actions() == []
    assert default.recognize(performance("wave"))["matches"] == []
    assert default.enroll(performance("wave"), "wave")["exemplars"] == 1


def test_a_new_collection_is_empty_and_tells_its_place(caller: Caller) -> None:
    name = f"New.{uuid.uuid4().hex}_-"
    response = caller.client.post("/collections", json={"name": name})
    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["space"], made["actions"], made["exemplars"]) == (name, None, 0, 0)
    assert caller.client.get(response.headers["location"]).json() == made


def test_a_collection_tells_its_size_and_model(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    caller.enroll(performance("wave", seed=1), "wave")
    last = caller.enroll(performance("kick"), "kick")
    told = caller.client.get(f"/collections/{caller.collection}").json()
    assert (told["actions"], told["exemplars"]) == (2, 3)
    assert (told["revision"], told["space"]) == (last["revision"], last["space"])
    listed = caller.client.get("/collections").json()["collections"]
    assert told in listed


def test_a_collection_cannot_be_made_twice(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    response = caller.client.post("/collections", json={"name": caller.collection})
    assert response.status_code == 409
    assert response.json()["type"] == "urn:oneshot:collection-exists"
    assert caller.actions() == ["wave"]


def test_collections_know_nothing_of_each_other(caller: Caller) -> None:
    other = Caller(caller.client, f"other-{uuid.uuid4().hex}")
    caller.client.post("/collections", json={"name": other.collection})
    caller.enroll(performance("wave"), "wave")
    other.enroll(performance("kick"), "kick")
    assert caller.actions() == ["wave"]
    assert [match["action"] for match in other.recognize(performance("wave"))["matches"]] == [
        "kick"
    ]


def test_a_deleted_collection_is_gone_with_its_contents(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    place = f"/collections/{caller.collection}"
    assert caller.client.delete(place).status_code == 204
    assert caller.client.get(place).status_code == 404
    assert caller.client.delete(place).status_code == 404
    caller.client.post("/collections", json={"name": caller.collection})
    assert caller.actions() == []
    assert caller.revision() == 0


def test_a_deleted_collection_is_forgotten_and_not_answered_from_memory(model: Path) -> None:
    with (
        RedisServer() as server,
        ServiceProcess(server.url, model) as service,
        service.client() as client,
    ):
        client.post("/collections", json={"name": "kitchen"})
        kitchen = Caller(client, "kitchen")
        kitchen.enroll(performance("wave"), "wave")
        assert kitchen.recognize(performance("wave"))["matches"]
        assert client.delete("/collections/kitchen").status_code == 204
        server.kill9()
        response = kitchen.post("/recognize", as_json(performance("wave")), JSON)
        assert response.status_code == 503


def test_an_unknown_collection_is_404_everywhere(caller: Caller) -> None:
    stranger = Caller(caller.client, f"never-{uuid.uuid4().hex}")
    body = as_json(performance("wave"), action="wave")
    for response in (
        stranger.post("/enroll", body, JSON),
        stranger.post("/recognize", as_json(performance("wave")), JSON),
        stranger.get("/actions"),
        stranger.get("/actions/wave"),
        stranger.delete("/actions/wave"),
        stranger.delete("/actions/wave/exemplars/1"),
        stranger.client.get(f"/collections/{stranger.collection}"),
        stranger.client.delete(f"/collections/{stranger.collection}"),
    ):
        assert response.status_code == 404
        assert response.json()["type"] == "urn:oneshot:unknown-collection"
        assert stranger.collection in response.json()["detail"]


def test_an_unknown_key_in_the_address_is_refused(visitor: Caller) -> None:
    place = f"/collections/{visitor.collection}"
    for method, path in (
        ("GET", "/collections"),
        ("POST", "/collections"),
        ("GET", place),
        ("DELETE", place),
    ):
        body = {"name": f"new-{uuid.uuid4().hex}"} if method == "POST" else None
        for query in ("colection=default", "limit=3", "collection=a&collection=a"):
            response = visitor.client.request(method, f"{path}?{query}", json=body)
            assert response.status_code == 422, (method, path, query)
            assert response.json()["type"] == "urn:oneshot:invalid-request"
    assert visitor.client.get(place, params={"collection": "default"}).status_code == 200


@pytest.mark.parametrize("name", ["", "a" * 65, "a b", "küche", "a\n", "a%2Fb", "{a}", "*"])
def test_a_name_out_of_range_is_refused_everywhere(visitor: Caller, name: str) -> None:
    body = as_json(performance("wave"), action="wave")
    wrong = Caller(visitor.client, name)
    responses = [
        visitor.client.post("/collections", json={"name": name}),
        wrong.post("/enroll", body, JSON),
        wrong.post("/recognize", as_json(performance("wave")), JSON),
        wrong.get("/actions"),
        wrong.get("/actions/wave"),
        wrong.delete("/actions/wave"),
    ]
    assert [response.status_code for response in responses] == [422] * 6


@pytest.mark.parametrize("name", [".", "..", "-", "_", "a" * 64, "..."])
def test_any_name_in_range_works_on_every_call(visitor: Caller, name: str) -> None:
    response = visitor.client.post("/collections", json={"name": name})
    assert response.status_code == 201
    place = response.headers["location"]
    caller = Caller(visitor.client, name)
    caller.enroll(performance("wave"), "wave")
    assert caller.recognize(performance("wave"))["matches"][0]["action"] == "wave"
    assert caller.client.get(place).json()["exemplars"] == 1
    assert caller.client.delete(place).status_code == 204
    assert caller.client.get(place).status_code == 404


def test_a_body_of_many_values_is_refused_before_it_is_parsed(visitor: Caller) -> None:
    """Parsed, these would take seconds in which nobody else is answered."""
    body = b'{"name": [' + b"[]," * 5_000_000 + b"[]]}"
    response = visitor.client.post("/collections", content=body, headers=JSON)
    assert response.status_code == 400
    assert "more than a name" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "call"), [("GET", "/model"), ("GET", "/collections"), ("POST", "/clips:inspect")]
)
def test_an_unknown_collection_is_404_also_where_none_is_needed(
    caller: Caller, method: str, call: str
) -> None:
    body = {"content": as_json(performance("wave")), "headers": JSON} if method == "POST" else {}
    for name, status in (("nobody-made-it", 404), ("default", 200)):
        answer = caller.client.request(method, f"{call}?collection={name}", **body)
        assert answer.status_code == status
        if status == 404:
            assert answer.json()["type"] == "urn:oneshot:unknown-collection"
    assert caller.client.request(method, f"{call}?colection=default", **body).status_code == 422

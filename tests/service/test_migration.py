"""A migration as the users of running services see it: nothing stops, nothing is lost."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.store import Store, open_store
from skeleton.animator.examples import as_json
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.command_line.terminal import oneshot
from tests.service.conftest import with_new_collection
from tests.service.migrations import fill, start_applying
from tests.service.models import mirrored_model
from tests.service_process import ServiceProcess

MANY = 300


@pytest.fixture(scope="module")
def new_model(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mirrored_model(model, tmp_path_factory.mktemp("model") / "new.onnx")


@pytest.fixture(scope="module")
def new_services(
    new_model: Path, stores: Callable[[str], str]
) -> Iterator[Callable[[str], httpx.Client]]:
    """A client of a service with the new model, on the session's store of a kind."""
    known: dict[str, httpx.Client] = {}
    with contextlib.ExitStack() as stack:

        def client(kind: str) -> httpx.Client:
            if kind not in known:
                service = stack.enter_context(ServiceProcess(stores(kind), new_model))
                known[kind] = checked_client(stack.enter_context(service.client()))
            return known[kind]

        yield client


@pytest.fixture
def old(store_kind: str, clients: Callable[[str, int], httpx.Client]) -> Caller:
    """A user of a service with the old model, with a collection of her own."""
    return with_new_collection(clients(store_kind, 0))


@pytest.fixture
def new(old: Caller, store_kind: str, new_services: Callable[[str], httpx.Client]) -> Caller:
    """The same user at a service with the new model."""
    return old.elsewhere(new_services(store_kind))


@pytest.fixture
def store(store_kind: str, stores: Callable[[str], str]) -> Iterator[Store]:
    with contextlib.closing(open_store(stores(store_kind))) as store:
        yield store


def tried(caller: Caller, action: str) -> httpx.Response:
    return caller.post("/recognize", as_json(performance(action)), JSON)


def refused(caller: Caller) -> str:
    """The detail of the 409 that recognising, and enrolling as well, is answered with."""
    body = as_json(performance("bow"), action="bow")
    for answer in (caller.post("/enroll", body, JSON), tried(caller, "wave")):
        assert answer.status_code == 409, answer.text
        assert answer.json()["type"] == "urn:oneshot:model-mismatch"
    detail: str = answer.json()["detail"]
    return detail


def is_match(answer: dict[str, Any], action: str) -> bool:
    # Of arrays of another space the similarity would be negative.
    return (answer["decision"], answer["action"]) == ("match", action) and answer["similarity"] > 0


def test_the_command_that_the_refusal_names_is_the_one_that_helps(
    old: Caller, new: Caller, store_kind: str, stores: Callable[[str], str], new_model: Path
) -> None:
    for action in ("wave", "kick"):
        old.enroll(performance(action), action)
    command = re.findall(r"`oneshot (migrate apply [^`]+)`", refused(new))[0]
    ready = new.client.get("/readyz").json()
    assert old.collection in ready["other_models"]
    assert any("oneshot migrate apply" in warning for warning in ready["warnings"])

    url = stores(store_kind)
    done = oneshot(*shlex.split(command), store=url, model=str(new_model), provider="cpu")
    assert done.status == 0, done.err
    # Both services have been running all the while.
    assert is_match(new.recognize(performance("wave", seed=1)), "wave")
    assert old.collection not in new.client.get("/readyz").json()["other_models"]
    assert old.collection in refused(old)
    enrolled = new.enroll(performance("bow"), "bow")
    assert enrolled["revision"] == 4
    assert is_match(new.recognize(performance("bow", seed=1)), "bow")

    new.delete("/actions/bow")
    back = oneshot("migrate", "rollback", "-c", old.collection, store=url)
    assert back.status == 0, back.err
    assert is_match(old.recognize(performance("kick", seed=1)), "kick")
    refused(new)


def test_who_recognises_enrolls_and_deletes_during_apply_loses_nothing(
    old: Caller,
    new: Caller,
    store: Store,
    store_kind: str,
    stores: Callable[[str], str],
    new_model: Path,
) -> None:
    fill(store, old.collection, MANY)
    enrolled: list[str] = []
    deleted: list[str] = []
    recognised = 0
    refused(new)
    process = start_applying(stores(store_kind), new_model, "-c", old.collection)
    while True:
        body = as_json(performance("bow"), action="newcomer")
        answer = old.post("/enroll", body, JSON)
        if answer.status_code == 409:
            break
        assert answer.status_code == 201, answer.text
        enrolled.append(answer.json()["exemplar_id"])
        if (len(enrolled) + 2 * len(deleted)) % 3 == 0:
            gone = enrolled.pop(0)
            path = f"/actions/newcomer/exemplars/{gone}"
            assert old.delete(path).status_code == 204
            deleted.append(gone)
        answer = tried(old, "kick")
        if answer.status_code == 409:
            break
        assert answer.status_code == 200, answer.text
        assert is_match(answer.json(), "kick")
        recognised += 1
    done = process.completed()
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    assert line["outcome"] == "switched"
    assert recognised >= 3
    assert len(enrolled) >= 3
    assert deleted

    # From the switch on it is the other service that answers.
    refused(old)
    answer = new.recognize(performance("kick", seed=1))
    assert is_match(answer, "kick")
    shown = new.get("/actions/newcomer").json()["exemplars"]
    assert [one["exemplar_id"] for one in shown] == enrolled
    best = new.recognize(performance("bow"))["matches"][0]
    assert best["similarity"] > 0.99
    infos = store.spaces(old.collection)
    assert [info.exemplars for info in infos] == [MANY + len(enrolled)] * 2
    assert store.lacking(old.collection, infos[0].space) == []

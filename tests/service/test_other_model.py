"""Another model than a collection's: refused by name, everything else goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from skeleton.animator.examples import as_json
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.conftest import with_new_collection
from tests.service.models import changed_model, model_of_another_space
from tests.service_process import ServiceProcess


@pytest.fixture(scope="module")
def other_models(
    model: Path, stores: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], httpx.Client]]:
    """A client of a service with another model on the session's store of a kind."""
    path = model_of_another_space(model, tmp_path_factory.mktemp("model") / "other.onnx")
    processes: dict[str, ServiceProcess] = {}
    with ExitStack() as stack:

        def client(kind: str) -> httpx.Client:
            if kind not in processes:
                processes[kind] = stack.enter_context(ServiceProcess(stores(kind), path))
            return checked_client(processes[kind].client())

        yield client


def test_a_collection_of_another_model_is_refused_by_name(
    store_kind: str,
    clients: Callable[[str, int], httpx.Client],
    other_models: Callable[[str], httpx.Client],
) -> None:
    mine = with_new_collection(clients(store_kind, 0))
    mine.enroll(performance("wave"), "wave")
    with closing(other_models(store_kind)) as client:
        theirs = mine.elsewhere(client)
        for response in (
            theirs.post("/enroll", as_json(performance("kick"), action="kick"), JSON),
            theirs.post("/recognize", as_json(performance("wave")), JSON),
        ):
            assert response.status_code == 409
            problem = response.json()
            assert problem["type"] == "urn:oneshot:model-mismatch"
            assert mine.collection in problem["detail"]
            assert "ONESHOT_MODEL" in problem["detail"]
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert mine.collection in ready.json()["other_models"]
        named = len(ready.json()["other_models"])
        told = " ".join(ready.json()["warnings"])
        counted = re.search(r"(\d+) (collections? belongs?) to another model", told)
        assert counted is not None, told
        assert int(counted[1]) == named
        assert counted[2] == ("collection belongs" if counted[1] == "1" else "collections belong")
        # Listing and deleting need no model.
        assert theirs.actions() == ["wave"]
    assert mine.revision() == 1
    assert mine.recognize(performance("wave"))["decision"] == "match"


def test_an_emptied_collection_takes_the_next_model(
    store_kind: str,
    clients: Callable[[str, int], httpx.Client],
    other_models: Callable[[str], httpx.Client],
) -> None:
    mine = with_new_collection(clients(store_kind, 0))
    first = mine.enroll(performance("wave"), "wave")
    assert mine.recognize(performance("wave"))["matches"]
    with closing(other_models(store_kind)) as client:
        theirs = mine.elsewhere(client)
        assert theirs.post("/recognize", as_json(performance("wave")), JSON).status_code == 409
        assert theirs.delete("/actions/wave").status_code == 204
        assert theirs.recognize(performance("wave"))["matches"] == []
        second = theirs.enroll(performance("wave"), "wave")
        assert second["space"] != first["space"]
        assert theirs.recognize(performance("wave"))["matches"][0]["action"] == "wave"
        assert mine.collection not in client.get("/readyz").json()["other_models"]
    assert mine.post("/recognize", as_json(performance("wave")), JSON).status_code == 409
    assert mine.collection in mine.client.get("/readyz").json()["other_models"]
    assert mine.client.get(f"/collections/{mine.collection}").json()["space"] == second["space"]


def test_the_thresholds_are_the_models_own_and_not_constants(
    model: Path, stores: Callable[[str], str], tmp_path: Path, visitor: Caller
) -> None:
    """A stricter calibration of the same weights: same collection, same scores, unknown."""

    def strict(stated: dict[str, object], test: dict[str, object]) -> None:
        calibration: dict[str, object] = stated["calibration"]  # type: ignore[assignment]
        calibration["threshold"] = 1e6

    visitor.enroll(performance("wave"), "wave")
    before = visitor.recognize(performance("wave"))
    assert before["decision"] == "match"
    path = changed_model(model, tmp_path / "strict.onnx", strict)
    with ServiceProcess(stores("sqlite"), path) as service, service.client() as client:
        after = visitor.elsewhere(checked_client(client)).recognize(performance("wave"))
    assert after == before | {"decision": "unknown", "action": None, "threshold": 1e6}

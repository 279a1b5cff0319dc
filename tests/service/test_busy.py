"""A full queue says so at once, and nothing is lost over it."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

from tests.service.bodies import clip
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.contract import check_problem
from tests.service_process import ServiceProcess

CLIENTS = 16
ROUNDS = 12


def test_a_full_queue_is_told_and_what_was_acknowledged_is_there(
    model: Path, tmp_path: Path
) -> None:
    settings = {"queue": "1", "workers": "1"}
    store = f"sqlite:///{tmp_path}/oneshot.db"
    statuses: Counter[int] = Counter()
    acknowledged: list[str] = []
    with ServiceProcess(store, model, settings) as service:

        def work(number: int) -> None:
            with service.client() as client:
                for turn in range(ROUNDS):
                    body = clip().replace(b'"x"', f'"{number}-{turn}"'.encode())
                    response = client.post("/enroll", content=body, headers=JSON)
                    statuses[response.status_code] += 1
                    if response.status_code == 201:
                        acknowledged.append(response.json()["action"])
                    else:
                        assert check_problem(response)["type"] == "urn:oneshot:busy"
                    # Whoever only asks after the service is never told that it is busy.
                    assert client.get("/readyz").status_code == 200

        threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) == {201, 429}
        assert sum(statuses.values()) == CLIENTS * ROUNDS
        with service.client() as client:
            visitor = Caller(checked_client(client))
            assert set(visitor.actions()) == set(acknowledged)
            assert visitor.revision() == len(acknowledged)
            assert visitor.recognize(performance("wave"))["matches"]

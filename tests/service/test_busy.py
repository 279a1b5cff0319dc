"""A full queue says so at once, and nothing is lost over it."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from service.bodies import JSON as JSON_TYPE
from service.bodies import read_body
from service.problems import SlowBody, kind_of
from tests.service.bodies import clip
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.contract import check_problem
from tests.service_process import ServiceProcess

MIB = 2**20
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


def test_no_more_bodies_lie_in_memory_than_there_are_places(model: Path, tmp_path: Path) -> None:
    settings = {"queue": "1", "workers": "1"}
    with (
        ServiceProcess(f"sqlite:///{tmp_path}/oneshot.db", model, settings) as service,
        ExitStack() as stack,
    ):
        before = service.memory()
        senders = [stack.enter_context(half_sent(service.port, 15 * MIB)) for _ in range(40)]
        answered = [sender for sender in senders if told(sender)]
        assert len(answered) == 38
        assert service.peak_memory() < before + 100 * MIB
        with service.client() as client:
            visitor = Caller(client)
            refused = visitor.post("/recognize", clip(), JSON)
            assert check_problem(refused)["type"] == "urn:oneshot:busy"
            assert client.get("/readyz").status_code == 200
            stack.close()
            time.sleep(0.2)
            assert visitor.enroll(performance("wave"), "wave")["exemplars"] == 1


def test_a_body_that_does_not_arrive_in_time_is_a_problem_that_says_so() -> None:
    parts: list[dict[str, Any]] = [{"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.sleep(3600)
        return parts.pop()

    headers = [(b"content-type", b"application/json")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(SlowBody, match=r"only 1 bytes .* 0\.05 seconds") as raised:
        asyncio.run(read_body(request, (JSON_TYPE,), 1024, longest=0.05))
    assert kind_of(raised.value).status == 408


def half_sent(port: int, size: int) -> socket.socket:
    """A sender of a body that stops before its last byte."""
    sender = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = "POST /recognize HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    try:
        sender.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
        sender.sendall(b" " * (size - 1))
    except OSError:
        sender.close()
        raise
    return sender


def told(sender: socket.socket) -> bool:
    """Whether it was told that the service is busy; a body that is waited for gets no answer."""
    sender.settimeout(1.0)
    try:
        answer = sender.recv(4096)
    except TimeoutError:
        return False
    assert re.match(rb"HTTP/1.1 429 ", answer)
    return True

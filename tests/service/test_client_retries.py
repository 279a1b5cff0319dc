"""What is waited out, what is sent again, and what never is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from service import client as module
from service.client import Client, OneshotError, OutcomeUnknown, ServiceUnreachable
from tests.service.both_clients import Connect, each_client
from tests.service.caller import performance
from tests.service.scripted_server import Scripted, ScriptedServer, answered, refused
from tests.service_process import ServiceProcess, free_port

WAVE = performance("wave", 1)
COLLECTIONS = answered({"collections": []})
NO_ANSWER = Scripted(0)

Calls = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # clients heed the environment's proxies


@each_client
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("of_the_service", [True, False])
def test_a_busy_or_absent_service_is_waited_for(
    connect: Connect, status: int, of_the_service: bool
) -> None:
    slug = {429: "busy", 503: "store-unavailable"}[status]
    no = refused(status, slug) if of_the_service else Scripted(status, b"overload")
    with ScriptedServer(no, no, COLLECTIONS) as server, connect(server.url) as client:
        assert client.collections() == ()
    first, second = server.pauses
    assert 0.08 < first < second < 2.0


@each_client
def test_retry_after_is_waited_for(connect: Connect) -> None:
    answers = [refused(429, "busy", Retry_After="1"), COLLECTIONS]
    with ScriptedServer(*answers) as server, connect(server.url) as client:
        client.collections()
    assert 1.0 < server.pauses[0] < 2.5


@each_client
def test_retry_after_may_be_a_date(connect: Connect) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    past = "Fri, 31 Dec 1999 23:59:59 GMT"
    answers = [
        refused(503, "not-ready", Retry_After=date),
        refused(503, "not-ready", Retry_After=past),
        refused(503, "not-ready", Retry_After="soon"),
        COLLECTIONS,
    ]
    with ScriptedServer(*answers) as server, connect(server.url) as client:
        client.collections()
    waited, *others = server.pauses
    assert 0.9 < waited < 3.5
    assert all(pause < 2.0 for pause in others)


@each_client
def test_after_the_last_retry_the_error_comes_out(connect: Connect) -> None:
    with ScriptedServer(refused(429, "busy", Retry_After="0")) as server:
        with connect(server.url, retries=2) as client, pytest.raises(module.Busy) as raised:
            client.enroll(WAVE, "wave")
        assert len(server.received) == 3
        assert len({request.body for request in server.received}) == 1
        with connect(server.url, retries=0) as client, pytest.raises(module.Busy):
            client.enroll(WAVE, "wave")
        assert len(server.received) == 4
    assert raised.value.retry_after == 0.0


@each_client
def test_nobody_waits_longer_than_is_stated(connect: Connect) -> None:
    late = str(int(module.LONGEST_RETRYING))
    with ScriptedServer(refused(503, "store-corrupt", Retry_After=late)) as server:
        with connect(server.url) as client, pytest.raises(module.StoreCorrupt) as raised:
            client.collections()
        assert len(server.received) == 1
    assert raised.value.retry_after == module.LONGEST_RETRYING


@each_client
@pytest.mark.parametrize(
    ("status", "slug"),
    [(422, "unusable-clip"), (409, "model-mismatch"), (408, "slow-body"), (500, "internal-error")],
)
def test_what_will_not_change_is_not_tried_again(connect: Connect, status: int, slug: str) -> None:
    with ScriptedServer(refused(status, slug)) as server, connect(server.url) as client:
        with pytest.raises(OneshotError):
            client.recognize(WAVE)
        assert len(server.received) == 1


CHANGES: dict[str, Calls] = {
    "enroll": lambda c: c.enroll(WAVE, "wave"),
    "delete": lambda c: c.delete("wave"),
    "create": lambda c: c.create_collection("x"),
    "delete a collection": lambda c: c.delete_collection("x"),
}


@each_client
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("answer", [refused(503, "outcome-unknown"), NO_ANSWER])
def test_what_may_have_been_done_is_not_done_again(
    connect: Connect, change: str, answer: Scripted
) -> None:
    with ScriptedServer(answer) as server, connect(server.url) as client:
        with pytest.raises(OutcomeUnknown):
            CHANGES[change](client)
        assert len(server.received) == 1


@each_client
def test_a_reading_whose_answer_was_lost_is_sent_again(connect: Connect) -> None:
    with ScriptedServer(NO_ANSWER, COLLECTIONS) as server, connect(server.url) as client:
        assert client.collections() == ()
        assert len(server.received) == 2
    with ScriptedServer(NO_ANSWER) as server, connect(server.url, retries=1) as client:
        with pytest.raises(ServiceUnreachable):
            client.recognize(WAVE)
        assert len(server.received) == 2


@each_client
def test_a_service_that_is_not_there_is_told_with_its_address(connect: Connect) -> None:
    port = free_port()
    began = time.monotonic()
    with (
        connect(f"http://user:secret@127.0.0.1:{port}", retries=1) as client,
        pytest.raises(ServiceUnreachable, match=f"http://127.0.0.1:{port}") as raised,
    ):
        client.enroll(WAVE, "wave")
    assert time.monotonic() - began < 2.0
    assert raised.value.status is None
    assert "secret" not in str(raised.value)


@each_client
def test_a_service_that_starts_late_is_waited_for(connect: Connect) -> None:
    port = free_port()
    servers: list[ScriptedServer] = []

    def start() -> None:
        servers.append(ScriptedServer(refused(404, "unknown-collection"), port=port))

    timer = threading.Timer(0.4, start)
    timer.start()
    # Even an enrolment: nobody can have received it.
    with connect(f"http://127.0.0.1:{port}") as client, pytest.raises(module.UnknownCollection):
        client.enroll(WAVE, "wave")
    timer.join()
    with servers[0] as server:
        assert len(server.received) == 1


@each_client
def test_a_silent_service_is_given_up(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with connect(url, timeout=0.2, retries=0) as client:
            with pytest.raises(ServiceUnreachable, match=r"timed out|Timeout"):
                client.recognize(WAVE)
            with pytest.raises(OutcomeUnknown, match="look before"):
                client.enroll(WAVE, "wave")


@each_client
def test_a_busy_service_gets_every_clip_in_the_end_and_once(
    connect: Connect, model: Path, tmp_path: Path
) -> None:
    settings = {"queue": "1", "workers": "1"}
    statuses: list[int] = []
    failures: list[Exception] = []
    with ServiceProcess(f"sqlite:///{tmp_path}/oneshot.db", model, settings) as service:

        def work(number: int) -> None:
            with connect(service.url, retries=100, transport=noting(connect, statuses)) as client:
                for turn in range(3):
                    try:
                        client.enroll(WAVE, f"{number}-{turn}")
                    except Exception as error:
                        failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert 429 in statuses
        assert statuses.count(201) == 18
        with connect(service.url) as client:
            assert [entry.exemplars for entry in client.actions()] == [1] * 18


@each_client
def test_a_connection_is_used_again_but_not_when_it_was_idle(connect: Connect) -> None:
    # The service closes it after 5 s, and a call on one that is just being closed would be lost.
    with ScriptedServer(COLLECTIONS) as server, connect(server.url) as client:
        client.collections()
        client.collections()
        time.sleep(2.2)
        client.collections()
        first, second, third = (request.port for request in server.received)
    assert first == second != third


def noting(connect: Connect, statuses: list[int]) -> Any:
    """A transport for a client that notes the status of every answer."""

    class Waiting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            statuses.append(response.status_code)
            return response

    class Awaiting(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            statuses.append(response.status_code)
            return response

    return Waiting() if connect is Client else Awaiting()

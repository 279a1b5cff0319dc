"""How the service stops: what it has begun is answered, and nothing is spilt."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.service.bodies import clip
from tests.service_process import ServiceProcess


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/oneshot.db"


def test_a_stopped_service_answers_what_it_has_begun(store: str, model: Path) -> None:
    """SIGTERM comes while half of a body is on its way: the rest is read and answered."""
    with ServiceProcess(store, model) as service:
        body = json.dumps({"clip": json.loads(clip())["clip"]}).encode()
        address = ("127.0.0.1", service.port)
        with socket.create_connection(address, timeout=60) as sender:
            head = "POST /recognize HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            sender.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:100])
            time.sleep(0.3)
            ended: list[int] = []
            stopping = threading.Thread(target=lambda: ended.append(service.stop()))
            stopping.start()
            time.sleep(0.7)
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(address, timeout=5)
            sender.sendall(body[100:])
            answer = sender.recv(65536).decode()
            stopping.join()
        assert answer.startswith("HTTP/1.1 200 ")
        assert ended in ([0], [-signal.SIGTERM])
        assert "Traceback" not in service.log


def test_an_interrupt_from_the_keyboard_leaves_no_traceback(store: str, model: Path) -> None:
    with ServiceProcess(store, model) as service:
        service.stop(signal.SIGINT)
        assert "Traceback" not in service.log

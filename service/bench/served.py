"""The served side: a real server process, started fresh and always ended."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from service.bench.bodies import Body
from service.bench.processor_time import processor_time

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01


class ServerFailed(RuntimeError):
    """The server did not start, ended, or answered with an error; the message quotes it."""


class Server:
    """A `python -m service serve` on a free local port: a context that ends it.

    `ready_seconds` is the time from its start to the first 200 of `/readyz`.
    """

    def __init__(self, store: str, log: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ready_seconds = 0.0
        self._log = log
        self._environment = os.environ | {
            "ONESHOT_HOST": "127.0.0.1",
            "ONESHOT_PORT": str(self.port),
            "ONESHOT_STORE": store,
            "ONESHOT_LOG_LEVEL": "warning",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> "Server":
        begun = time.perf_counter()
        try:
            self._start()
            self._wait_until_ready(begun + _START_SECONDS)
            self.ready_seconds = time.perf_counter() - begun
        except BaseException:
            self._end()
            raise
        return self

    def _start(self) -> None:
        with self._log.open("wb") as log, _interrupts_later():
            # A session of its own: Ctrl-C comes to the benchmark alone, which ends the server.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def processor_seconds(self) -> float:
        """User and system time of the process so far."""
        return processor_time(self.pid)

    def ask(self, method: str, target: str, body: Body | None = None) -> Any:
        """Send one request and return its JSON. Raises `ServerFailed`."""
        connection = self.connect()
        try:
            return ask(connection, method, target, body)
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _wait_until_ready(self, deadline: float) -> None:
        assert self._process is not None
        while time.perf_counter() < deadline:
            if self._process.poll() is not None:
                said = self._log.read_text(errors="replace").strip()[-500:]
                raise ServerFailed(f"the server ended with {self._process.returncode}: {said}")
            try:
                self.ask("GET", "/readyz")
                return
            except (OSError, ServerFailed):
                time.sleep(_POLL_SECONDS)
        raise ServerFailed(f"the server was not ready within {_START_SECONDS:g} seconds")

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        finally:
            # Also when a second Ctrl-C cuts the waiting short.
            self._process.kill()
            self._process.wait()


def ask(
    connection: http.client.HTTPConnection, method: str, target: str, body: Body | None = None
) -> Any:
    """Send one request over an open connection and return its JSON. Raises `ServerFailed`."""
    headers = {"Content-Type": body.media_type} if body else {}
    try:
        connection.request(method, target, body.content if body else None, headers)
        response = connection.getresponse()
        content = response.read()
    except http.client.HTTPException as error:
        raise ServerFailed(f"{method} {target[:100]}: {error!r}") from error
    if response.status >= 400:
        said = content[:300].decode(errors="replace")
        raise ServerFailed(f"{method} {target[:100]} gave {response.status}: {said}")
    return json.loads(content) if content else None


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold Ctrl-C back: a process that is just being made could not be ended any more."""
    held: list[int] = []
    usual = {
        number: signal.signal(number, lambda number, frame: held.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
    if held:
        raise KeyboardInterrupt


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

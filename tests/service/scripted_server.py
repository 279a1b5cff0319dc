"""An HTTP server that answers as a test wrote it down, for what no real service can be made to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Scripted:
    """One answer; with status 0 the connection is closed without any."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """One request as it came, when, and from which port of the client's."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    port: int


def answered(content: Any, status: int = 200) -> Scripted:
    """An answer in JSON."""
    return Scripted(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def refused(status: int, slug: str, **headers: str) -> Scripted:
    """A problem of the service's."""
    problem = {
        "type": f"urn:oneshot:{slug}", "title": "No", "status": status, "detail": "try this"
    }  # fmt: skip
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    described = {"Content-Type": "application/problem+json", **named}
    return Scripted(status, json.dumps(problem).encode(), described)


class ScriptedServer:
    """Answers one request after the other as scripted, the last answer again and again."""

    def __init__(self, *script: Scripted, port: int = 0) -> None:
        self.received: list[Received] = []
        self._script = list(script)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def pauses(self) -> list[float]:
        """Seconds between each request and the one before."""
        times = [request.at for request in self.received]
        return [later - earlier for earlier, later in pairwise(times)]

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_call(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.received.append(
                    Received(
                        self.command,
                        self.path,
                        headers,
                        body,
                        time.monotonic(),
                        self.client_address[1],
                    )
                )
                answer = server._script.pop(0) if len(server._script) > 1 else server._script[0]
                if not answer.status:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_DELETE = handle_call  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the test tells what went wrong."""

        return Handler

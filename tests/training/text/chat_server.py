"""An endpoint that speaks the chat-completions protocol over real HTTP, and answers by script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

#: What the endpoint does with the n-th request: its status and body, or a content to answer with.
Script = Callable[[int, dict[str, Any]], str | tuple[int, str]]

GLOBAL = json.dumps(
    {
        "side": "either",
        "global": [
            "The right hand swings from side to side over a bent right elbow.",
            "With the right forearm upright, the right wrist fans out and in.",
        ],
    }
)
LOCAL = json.dumps(
    {
        "right elbow": "bends to a right angle and stays so.",
        "RightWrist": "swings outward and inward again and again",
        "left knee": "stays still.",
    }
)


class ChatServer(ThreadingHTTPServer):
    """Keeps what it was asked: `requests`, and the keys that were sent."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def actions(self) -> list[str]:
        """The actions that were asked about, each once, in order."""
        prompts = [request["messages"][0]["content"] for request in self.requests]
        return list(dict.fromkeys(re.findall(r'the action "(.*?)"', p)[0] for p in prompts))


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = len(self.server.requests)
        self.server.requests.append(body)
        self.server.keys.append(self.headers["Authorization"])
        done = (
            self.server.script(number, body) if self.path == "/v1/chat/completions" else (404, "")
        )
        if isinstance(done, str):
            message = {"role": "assistant", "content": done}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            reply: dict[str, Any] = {
                "id": f"chat-{number}", "object": "chat.completion", "created": 0,
                "model": body["model"], "choices": [choice],
            }  # fmt: skip
            status = 200
        else:
            status, reason = done
            reply = {"error": {"message": reason, "type": "refused"}}
        data = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "10")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def as_asked(_: int, request: dict[str, Any]) -> str:
    """A model that does what both prompts say."""
    return GLOBAL if '"global"' in request["messages"][0]["content"] else LOCAL


@contextmanager
def serving(script: Script = as_asked) -> Iterator[ChatServer]:
    """A running endpoint."""
    with ChatServer(script) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

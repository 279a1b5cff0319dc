"""A real Redis server for tests, which can be killed and started again on the same data."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import redis

_START_SECONDS = 20.0


class RedisServer:
    """A `redis-server` on a free local port, with the settings the service asks for.

    `settings` overrides some of them. It runs from the start; `stop` removes its data.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("no redis-server on the PATH: apt-get install redis-server")
        self._program = program
        self._settings = {
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "save": "",
            **(settings or {}),
        }
        self.folder = Path(tempfile.mkdtemp(prefix="oneshot-redis-"))
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The running server's process id."""
        return self._process_now().pid

    def client(self) -> redis.Redis:
        """A plain client, for what a test does behind the service's back."""
        return redis.Redis.from_url(self.url, protocol=2)

    def start(self) -> None:
        """Starts the server on its port and folder and waits until it answers."""
        words = [self._program, "--port", str(self.port), "--bind", "127.0.0.1"]
        words += ["--dir", str(self.folder), "--daemonize", "no", "--logfile", "redis.log"]
        for setting, value in self._settings.items():
            words += [f"--{setting}", value]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        log = (self.folder / "redis.log").read_text()
                        raise RuntimeError(f"redis-server did not start:\n{log}") from error
                time.sleep(0.02)

    def kill9(self) -> None:
        """Ends the server at once, as a crash would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Keeps the server from answering while its port stays open."""
        self._process_now().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen server go on."""
        self._process_now().send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends the server and removes its data."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> RedisServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _process_now(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process

    def _end(self, how: signal.Signals) -> None:
        process = self._process_now()
        process.send_signal(how)
        process.wait()
        self._process = None


# Cluster mode listens 10 000 ports higher, too.
_HIGHEST_PORT = 55_535


def _free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port <= _HIGHEST_PORT:
            return port

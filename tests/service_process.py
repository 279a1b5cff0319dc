"""The service as its users run it: a process of its own, which can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import httpx

from tests.warm_process import WarmProcess, run_to_end

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0


class ServiceProcess:
    """`python -m service serve` on a free local port; it answers when the constructor returns.

    `store` is a URL of ONESHOT_STORE; `settings` are further ONESHOT_ variables without prefix,
    in any case. `stop` ends it as an operator would, `kill9` as a crash would, and `start` starts
    it again on the same port and store. A start that fails raises, with the log.
    """

    def __init__(self, store: str, model: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self._environment = service_environment(
            store=store,
            model=str(model),
            port=str(self.port),
            **{"provider": "cpu", "workers": "2", **(settings or {})},
        )
        handle, name = tempfile.mkstemp(prefix="oneshot-service-", suffix=".log")
        os.close(handle)
        self._log = Path(name)
        self._process: WarmProcess | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> str:
        """The URL of its store."""
        return self._environment["ONESHOT_STORE"]

    @property
    def pid(self) -> int:
        """The running service's process id."""
        return self._process_now().pid

    @property
    def log(self) -> str:
        """Everything it wrote to its output, from the first start on."""
        return self._log.read_text(errors="replace")

    def client(self) -> httpx.Client:
        """A client of this service; a slow machine does not make a test fail."""
        # Without the certificates that a machine trusts: reading them takes longer than a call.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx.Client(base_url=self.url, timeout=60.0, trust_env=False, verify=nobody)

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        self._process = WarmProcess(
            "service", "serve",
            environment=self._environment, output=self._log,
        )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        with self.client() as client:
            while True:
                try:
                    client.get("/healthz")
                    return
                except httpx.TransportError as error:
                    if self._process.poll() is not None or time.monotonic() > deadline:
                        self.kill9()
                        raise RuntimeError(f"the service did not start:\n{self.log}") from error
                time.sleep(0.05)

    def kill9(self) -> None:
        """Ends the process at once."""
        process = self._process_now()
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._process = None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process in good order; its exit status, 0 when it was not running."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            return process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"the service did not stop:\n{self.log}") from None

    def memory(self) -> int:
        """Bytes of memory the process holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def peak_memory(self) -> int:
        """The most bytes of memory the process ever held."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def __enter__(self) -> ServiceProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._log.unlink(missing_ok=True)

    def _process_now(self) -> WarmProcess:
        if self._process is None:
            raise RuntimeError("the service is not running")
        return self._process


def service_environment(**settings: str) -> dict[str, str]:
    """This process's environment with these ONESHOT_ settings and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ONESHOT_")}
    return plain | {f"ONESHOT_{name.upper()}": value for name, value in settings.items()}


def serve_and_fail(**settings: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m service serve` that is expected to end of itself, and returns how it did."""
    environment = service_environment(**settings)
    return run_to_end("service", "serve", environment=environment, seconds=_START_SECONDS)


def free_port() -> int:
    """A local port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

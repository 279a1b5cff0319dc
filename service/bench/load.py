"""Load: a compiled client that sends one body again and again."""

import csv
import json
import math
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from service.bench.bodies import Body

_WRK_SCRIPT = """
local file = io.open(os.getenv("BENCH_BODY"), "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = os.getenv("BENCH_MEDIA_TYPE")
file:close()

function done(summary, latency, requests)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format(
    '\\n{"requests": %d, "failed": %d, "microseconds": %d, "p50": %d, "p99": %d}\\n',
    summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99)))
end
"""


class NoLoadClient(RuntimeError):
    """Neither wrk nor hey is installed."""


class LoadFailed(RuntimeError):
    """The load could not be sent, or the server refused some of it."""


@dataclass(frozen=True)
class LoadFigures:
    """What a load got: answers, milliseconds of half and of 99 % of them, answers a second."""

    requests: int
    p50_ms: float
    p99_ms: float
    per_second: float


class LoadClient:
    """`wrk`, else `hey`; `name` says which. Its files lie in `folder`. Raises `NoLoadClient`."""

    def __init__(self, folder: Path) -> None:
        found = next((n for n in ("wrk", "hey") if shutil.which(n)), None)
        if found is None:
            raise NoLoadClient(
                "neither wrk nor hey is on the PATH: apt-get install wrk, or see "
                "https://github.com/wg/wrk"
            )
        self.name = found
        self._folder = folder
        self._script = folder / "post.lua"
        self._script.write_text(_WRK_SCRIPT)

    def send(self, body: Body, url: str, *, clients: int, seconds: int) -> LoadFigures:
        """Post the body to `url` from so many connections at once. Raises `LoadFailed`."""
        file = self._folder / f"body.{body.kind}"
        file.write_bytes(body.content)
        send = self._wrk if self.name == "wrk" else self._hey
        return send(file, body.media_type, url, clients, seconds)

    def _wrk(
        self, file: Path, media_type: str, url: str, clients: int, seconds: int
    ) -> LoadFigures:
        options = f"-t1 -c{clients} -d{seconds}s --timeout 30s".split()
        said = _output(
            ["wrk", *options, "-s", str(self._script), url],
            seconds,
            {"BENCH_BODY": str(file), "BENCH_MEDIA_TYPE": media_type},
        )
        figures = json.loads(said.splitlines()[-1])
        return _figures(
            figures["requests"],
            figures["failed"],
            figures["microseconds"] / 1e6,
            figures["p50"] / 1e3,
            figures["p99"] / 1e3,
        )

    def _hey(
        self, file: Path, media_type: str, url: str, clients: int, seconds: int
    ) -> LoadFigures:
        options = f"-cpus 1 -z {seconds}s -c {clients} -t 30 -o csv -m POST".split()
        said = _output(["hey", *options, "-T", media_type, "-D", str(file), url], seconds, {})
        rows = list(csv.DictReader(said.splitlines()))
        taken = sorted(float(row["response-time"]) * 1e3 for row in rows)
        failed = sum(row["status-code"] != "200" for row in rows)
        if not taken:
            raise LoadFailed("hey got no answer")
        return _figures(len(rows), failed, seconds, _share(taken, 0.5), _share(taken, 0.99))


def _output(command: list[str], seconds: int, environment: dict[str, str]) -> str:
    try:
        # run() ends the client on any exception, Ctrl-C among them.
        done = subprocess.run(
            command,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LoadFailed(f"{command[0]} did not end") from error
    if done.returncode or not done.stdout.strip():
        raise LoadFailed(f"{command[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return done.stdout


def _figures(requests: int, failed: int, seconds: float, p50: float, p99: float) -> LoadFigures:
    if failed or not requests:
        raise LoadFailed(f"{failed} of {requests} requests failed")
    return LoadFigures(requests, p50, p99, requests / seconds)


def _share(ordered: list[float], share: float) -> float:
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]

"""The benchmark: what it measures and leaves behind, never how fast anything is."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.bench.bare_session import SessionFigures, measure_session
from service.bench.bodies import clip_to_recognize, gallery, json_body, npy_body, prepared
from service.bench.load import LoadClient, LoadFailed, LoadFigures
from service.bench.processor_time import processor_time
from service.bench.report import report, table
from service.bench.rounds import Round, ServedLoad, Start
from service.bench.served import Server, ServerFailed
from service.encoder import Encoder
from service.store import open_store
from skeleton.readers import read_joint_lists, read_npy
from tests.redis_server import RedisServer
from tests.service_process import service_environment
from tests.warm_process import ROOT

_TINY = ("--rounds", "1", "--seconds", "1", "--actions", "3")


@pytest.fixture
def environment(model: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which the benchmark finds the model and puts its files into a folder."""
    (tmp_path / "temporary").mkdir()
    found = service_environment(model=str(model), provider="cpu", workers="2")
    return found | {"TMPDIR": str(tmp_path / "temporary")}


def bench(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service", "bench", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def leftovers(environment: dict[str, str]) -> list[Path]:
    return list(Path(environment["TMPDIR"]).glob("oneshot-*"))


@pytest.fixture(scope="module")
def redis_store() -> Iterator[str]:
    server = RedisServer()
    yield server.url
    server.stop()


def test_a_run_reports_every_figure_and_leaves_nothing_behind(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = bench(environment, *_TINY, "--json", str(tmp_path / "report.json"))
    assert done.returncode == 0, done.stderr
    for words in ("processor", "cores", "provider", "space", "Bare session", "over bare session",
                  "beyond the session", "npy, as a share of the session's", "/readyz 200",
                  "first over median"):  # fmt: skip
        assert words in done.stdout
    found = json.loads((tmp_path / "report.json").read_text())
    assert {"processor", "cores", "python", "numpy", "measured"} <= set(found["machine"])
    assert {"model", "provider", "store", "workers", "client"} <= set(found["subject"])
    assert set(found["cpu_ms_beyond_session"]) == {"npy", "json"}
    assert set(found["beyond_to_session"]) == {"npy", "json"}
    loads = [(load["body"], load["clients"]) for load in found["loads"]]
    assert loads == [("npy", 1), ("json", 1), ("npy", 8), ("json", 8)]
    for figure in _figures(found):
        assert len(figure["rounds"]) == 1
        assert figure["least"] <= figure["median"] <= figure["greatest"]
    assert all(figure["median"] > 0 for figure in _figures(found["loads"], found["start"]))
    assert leftovers(environment) == []


def _figures(*parts: Any) -> Iterator[dict[str, Any]]:
    for part in parts:
        if isinstance(part, dict) and "median" in part:
            yield part
        elif isinstance(part, (dict, list)):
            yield from _figures(*(part.values() if isinstance(part, dict) else part))


def test_a_store_of_the_operator_is_as_it_was_afterwards(
    environment: dict[str, str], redis_store: str
) -> None:
    done = bench(environment, *_TINY, "--store", redis_store)
    assert done.returncode == 0, done.stderr
    store = open_store(redis_store)
    assert [(info.name, info.exemplars) for info in store.collections()] == [("default", 0)]
    store.close()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_what_it_started(
    environment: dict[str, str], ending: signal.Signals
) -> None:
    command = [sys.executable, "-m", "service", "bench", "--rounds", "50"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        # Where the tests run in the background, interrupts are ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        deadline = time.monotonic() + 60
        while not (servers := _children(running.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert servers
        running.send_signal(ending)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in servers)
    assert leftovers(environment) == []


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and f"\nPPid:\t{pid}\n" in (entry / "status").read_text():
                found.append(int(entry.name))
    return found


def test_without_a_compiled_client_it_says_how_to_get_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = bench(environment | {"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert "apt-get install wrk" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--rounds", "0"), ("--seconds", "61"), ("--actions", "many"), ("--clients", "9")]
)
def test_arguments_out_of_range_are_refused(
    environment: dict[str, str], arguments: tuple[str, str]
) -> None:
    done = bench(environment, *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_what_cannot_be_measured_ends_with_one_line(environment: dict[str, str]) -> None:
    for change, arguments in (
        ({"ONESHOT_MODEL": "no-such.onnx"}, ()),
        ({}, ("--store", "redis://:secret@127.0.0.1:1")),
        ({}, ("--store", "mysql://somewhere")),
    ):
        done = bench(environment | change, *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
        assert "secret" not in done.stderr


def test_both_bodies_hold_the_same_clip() -> None:
    joints = clip_to_recognize()
    assert joints.shape == (64, 25, 3)
    assert np.array_equal(read_npy(npy_body(joints).content), joints)
    tree = json.loads(json_body(joints).content)
    assert np.array_equal(read_joint_lists(tree["clip"]["joints"]), joints)


def test_a_gallery_has_as_many_actions_as_asked_for() -> None:
    assert len({name for name, _ in gallery(70)}) == 70


def test_the_bare_session_counts_every_thread(model: Path) -> None:
    encoder = Encoder(model, provider="cpu")
    clip = prepared(clip_to_recognize(), encoder.info.layout, encoder.info.frames)
    found = measure_session(encoder, clip, threads=2, seconds=0.2)
    assert found.threads == 2
    assert found.per_second > 0
    # A clip in each of two threads: twice the time between two clips.
    assert found.ms * found.per_second == pytest.approx(2000)
    assert 0 < found.p50_ms <= found.p99_ms


def test_processor_time_is_that_of_the_other_process() -> None:
    program = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        first = processor_time(other.pid)
        assert first >= 0.2
        assert processor_time(other.pid) - first < 0.2
        other.communicate(b"\n")
    with pytest.raises(ProcessLookupError):
        processor_time(other.pid)


def test_a_refused_load_is_no_figure(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    body = npy_body(clip_to_recognize())
    client = LoadClient(tmp_path)
    with Server(f"sqlite:///{tmp_path}/store.db", tmp_path / "log") as server:
        url = server.url + body.target("/recognize", collection="none")
        with pytest.raises(LoadFailed, match="requests failed"):
            client.send(body, url, clients=1, seconds=1)
        with pytest.raises(ServerFailed, match="404"):
            server.ask("POST", body.target("/recognize", collection="none"), body)
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_ratios_are_taken_within_a_round() -> None:
    rounds = [_round(speed) for speed in (1.0, 0.5)]
    found = report({}, {}, rounds)
    load = next(load for load in found.loads if (load.body, load.clients) == ("npy", 8))
    assert load.per_second.rounds == (120.0, 60.0)
    assert load.to_session.rounds == (0.6, 0.6)
    assert found.cpu_ms_beyond_session["json"].rounds == (1.5, 1.5)
    assert found.cpu_ms_beyond_tight_session["json"].rounds == (2.0, 2.0)
    assert found.beyond_to_session["npy"].rounds == pytest.approx((7 / 5.5 - 1, 14 / 12.5 - 1))
    assert found.start.first_to_following.median == 1.5
    assert "1.50 [1.50, 1.50]" in table(found)


def _round(speed: float) -> Round:
    loads = tuple(
        ServedLoad(kind, clients, LoadFigures(100, 5.0, 9.0, 120.0 * speed), 7.0 / speed)
        for clients in (1, 8)
        for kind in ("npy", "json")
    )
    ms = 5.0 / speed
    session = SessionFigures(1, ms, ms, 2 * ms, 7.0 / speed - 2.0, 110.0 * speed)
    sessions = SessionFigures(2, 2 * ms, 2 * ms, 4 * ms, ms, 200.0 * speed)
    return Round(Start(2.0, 15.0, 10.0), session, sessions, 7.0 / speed - 1.5, loads)

"""A run over many clips that does not come to its end: what was done by then is told."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from service.settings import DEFAULT_MODEL
from tests.service.command_line.terminal import oneshot
from tests.service.scripted_server import Scripted, ScriptedServer, answered, refused
from tests.service_process import ServiceProcess, service_environment
from tests.warm_process import ROOT

WAVE = ROOT / "examples" / "enroll" / "wave.json"
_ENROLLED = {
    "action": "wave", "collection": "default", "exemplar_id": "1", "exemplars": 1, "space": "s",
    "revision": 1, "quality": {"frames": 9, "seconds": 1.0, "seen": 1.0, "motion": 1.0},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of 300 clips."""
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(300):
        shutil.copy(WAVE, clips / f"{number:03}.json")
    return clips


def _enrolling(folder: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "service", "enroll", str(folder), "-a", "wave", "--json",
         "--url", url],
        cwd=ROOT, env=service_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The rest of the output; `communicate` would lose what was read ahead of a line."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as out, process.stderr as err:
        rest, said = out.read(), err.read()
    process.wait(60)
    return rest, said


def _first(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def test_lines_come_as_clips_are_done_and_a_killed_service_ends_them(
    folder: Path, tmp_path: Path
) -> None:
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as service:
        process = _enrolling(folder, service.url)
        lines = _first(process, 5)
        service.kill9()
        rest, said = _ended(process)
        lines += rest.splitlines()
        answers = [json.loads(line) for line in lines]
        told = {answer["exemplar_id"] for answer in answers if "error" not in answer}
        assert process.returncode == 3, said
        assert 5 <= len(told) < 300
        assert f"{len(told)} of 300 done" in said
        assert "Traceback" not in said
        service.start()
        shown = oneshot("actions", "show", "wave", "--json", "--url", service.url).lines[0]
        stored = {exemplar["exemplar_id"] for exemplar in shown["exemplars"]}
        assert told <= stored
        # Only what was told to be uncertain can be there as well.
        errors = [answer["error"]["type"] for answer in answers if "error" in answer]
        under_way = re.search(r"(\d+) under way", said)
        unsure = errors.count("urn:oneshot:outcome-unknown")
        assert len(stored - told) <= unsure + (int(under_way[1]) if under_way else 0)


@pytest.mark.parametrize("slug", ["not-ready", "store-unavailable", "store-corrupt"])
def test_a_service_that_cannot_is_not_asked_for_every_clip(folder: Path, slug: str) -> None:
    with ScriptedServer(refused(503, slug)) as server:
        done = oneshot("enroll", folder, "-a", "wave", "--jobs", "1", "--url", server.url)
        asked = len(server.received)
    assert done.status == 3
    assert asked <= 5  # one clip's


def test_an_interrupt_leaves_what_was_done(folder: Path, tmp_path: Path) -> None:
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as service:
        process = _enrolling(folder, service.url)
        lines = _first(process, 5)
        process.send_signal(signal.SIGINT)
        rest, said = _ended(process)
    assert process.returncode == 130, said
    done = len(lines) + len(rest.splitlines())
    assert f"error: {done} of 300 done" in said
    assert said.count("\n") == 1
    assert "interrupted" in said


def test_a_table_shows_the_clips_that_were_answered(folder: Path) -> None:
    with ScriptedServer(*[answered(_ENROLLED, 201)] * 3, Scripted(0)) as service:
        files = sorted(folder.iterdir())[:5]
        done = oneshot("enroll", *files, "-a", "wave", "--jobs", "1", "--url", service.url)
    assert done.status == 1, done.err
    assert [row.split()[1] for row in done.out.splitlines()[1:]] == ["wave"] * 3
    assert done.err.count("may have taken effect") == 2


def test_an_interrupted_run_prints_the_table_of_what_was_done(folder: Path, tmp_path: Path) -> None:
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as service:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "enroll", str(folder), "-a", "wave",
             "--url", service.url],
            cwd=ROOT, env=service_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        with service.client() as client:
            while not client.get("/actions").json()["actions"]:
                assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    rows = out.splitlines()[1:]
    assert f"{len(rows)} of 300 done" in said
    assert all(" wave " in row for row in rows)


def test_a_closed_pipe_ends_a_run_with_what_was_done(folder: Path, tmp_path: Path) -> None:
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as service:
        process = _enrolling(folder, service.url)
        _first(process, 1)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(60) == 1
        said = process.stderr.read()
        process.stderr.close()
    assert "standard output was closed" in said
    assert "of 300 done" in said
    assert said.count("\n") == 1

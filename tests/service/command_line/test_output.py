"""What `oneshot` writes to: pipes that close, full disks, narrow encodings, terminals."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.service.command_line.terminal import all_of, on_a_terminal, oneshot
from tests.service.scripted_server import ScriptedServer, answered
from tests.service_process import ServiceProcess, service_environment
from tests.warm_process import ROOT

WAVE = ROOT / "examples" / "recognize" / "wave.json"
_WHEN = "2026-01-01T00:00:00+00:00"


def _command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "service", *map(str, arguments)]


def _environment(**more: str) -> dict[str, str]:
    return service_environment() | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | more


def _actions(count: int, name: str = "action") -> ScriptedServer:
    entries = [
        {"action": f"{name} {n}", "exemplars": 1, "created": _WHEN, "updated": _WHEN}
        for n in range(count)
    ]
    return ScriptedServer(answered({"actions": entries, "next": None}))


@pytest.mark.parametrize("shape", [("--json",), ()])
def test_a_pipe_that_closes_ends_the_command_quietly(shape: Sequence[str]) -> None:
    with _actions(5000) as service:
        process = subprocess.Popen(
            _command("actions", "--url", service.url, *shape),
            cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


@pytest.mark.parametrize("arguments", [("actions", "--json"), ("actions",)])
def test_a_full_disk_is_one_line(arguments: Sequence[str]) -> None:
    with _actions(5) as service, Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            _command(*arguments, "--url", service.url),
            cwd=ROOT, env=_environment(), stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "error: standard output: No space left on device\n"


def _serving(tmp_path: Path) -> dict[str, str]:
    settings = service_environment(
        store=f"sqlite:///{tmp_path}/s.db", port="0", provider="cpu", log_level="error"
    )
    return settings | {"PYTHONPATH": str(ROOT)}


def test_a_service_whose_greeting_nobody_reads_ends_in_good_order(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        _command("serve"), cwd=ROOT, env=_serving(tmp_path), stdout=writer,
        stderr=subprocess.PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_service_whose_greeting_cannot_be_written_says_so_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            _command("serve"), cwd=ROOT, env=_serving(tmp_path), stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "error: standard output: No space left on device\n"


def test_characters_that_an_encoding_lacks_are_replaced() -> None:
    with _actions(1, "gruß 挥手") as service:
        done = subprocess.run(
            _command("actions", "--url", service.url), cwd=ROOT, capture_output=True,
            env=_environment(PYTHONIOENCODING="ascii"), timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"gru? ?? 0" in done.stdout


def test_nothing_is_drawn_where_there_are_no_dots(tmp_path: Path) -> None:
    file = tmp_path / "é.json"
    shutil.copy(WAVE, file)
    done = subprocess.run(
        _command("inspect", file), cwd=ROOT, capture_output=True,
        env=_environment(PYTHONIOENCODING="ascii"), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"25 joints" in done.stdout
    assert b"?" not in done.stdout
    assert done.stderr.count(b"\n") == 1
    assert b"--out" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_a_file_name_that_is_no_text_is_shown_as_far_as_it_can_be(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"wave\xff.json")
    shutil.copy(WAVE, file)
    store = f"sqlite:///{tmp_path}/s.db"
    assert oneshot("enroll", WAVE, "--action", "wave", "--local", store=store).status == 0
    done = oneshot("recognize", tmp_path, "--json", "--local", store=store)
    assert "Traceback" not in done.err
    assert done.lines[0]["file"].endswith("wave�.json")


def test_the_bar_is_on_the_terminal_and_the_output_stays_clean(
    running: Callable[[str, int], ServiceProcess], tmp_path: Path
) -> None:
    for number in range(8):
        shutil.copy(WAVE, tmp_path / f"{number}.json")
    where = ("--url", running("sqlite", 0).url, "--collection", "bar")
    assert oneshot("collections", "create", "bar", *where[:2]).status == 0
    seen, terminal = pty.openpty()
    process = subprocess.Popen(
        _command("recognize", tmp_path, "--json", *where),
        cwd=ROOT, env=_environment(TERM="xterm"), stdout=subprocess.PIPE, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    out, _ = process.communicate(timeout=120)
    shown = all_of(seen)
    assert process.returncode == 0, shown
    assert "recognising" in shown.decode()
    assert "/8" in shown.decode()
    assert [len(json.loads(line)["matches"]) for line in out.splitlines()] == [0] * 8


def test_a_narrow_terminal_cuts_the_middle_of_paths(
    running: Callable[[str, int], ServiceProcess], tmp_path: Path
) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    shutil.copy(WAVE, folder / "wave.json")
    # A collection of its own: the row is as long as what others have enrolled makes it.
    where = ("--url", running("sqlite", 0).url, "--collection", "narrow")
    assert oneshot("collections", "create", "narrow", *where[:2]).status == 0
    header, row = on_a_terminal("recognize", folder / "wave.json", *where).splitlines()
    assert header.split()[-1] == "warnings"
    assert "…" in row
    assert "wave.json" in row.split()[0]

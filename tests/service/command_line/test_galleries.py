"""`oneshot actions` and `oneshot collections`: what is there, and less of it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.command_line.terminal import oneshot
from tests.service_process import service_environment
from tests.warm_process import ROOT

WAVE = ROOT / "examples" / "enroll" / "wave.json"


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def test_actions_are_listed_shown_and_deleted(store: str) -> None:
    enrolled = [
        oneshot("enroll", WAVE, "-a", "wave", "--local", "--json", store=store).lines[0]
        for _ in range(2)
    ]
    assert "wave" in oneshot("actions", "--local", store=store).out
    shown = oneshot("actions", "show", "wave", "--local", store=store).out
    assert all(each["exemplar_id"] in shown for each in enrolled)
    first = enrolled[0]["exemplar_id"]
    assert (
        oneshot("actions", "delete", "wave", "--exemplar", first, "--local", store=store).status
        == 0
    )
    left = oneshot("actions", "show", "wave", "--local", "--json", store=store).lines[0]
    assert [e["exemplar_id"] for e in left["exemplars"]] == [enrolled[1]["exemplar_id"]]
    assert oneshot("actions", "delete", "wave", "--local", store=store).status == 0
    gone = oneshot("actions", "show", "wave", "--local", store=store)
    assert gone.status == 2
    assert "wave" in gone.err


def test_collections_are_made_listed_and_deleted(store: str) -> None:
    assert oneshot("collections", "create", "kitchen", "--local", store=store).status == 0
    listed = oneshot("collections", "--local", "--json", store=store).lines
    assert [entry["name"] for entry in listed] == ["default", "kitchen"]
    again = oneshot("collections", "create", "kitchen", "--local", store=store)
    assert again.status == 2
    assert "kitchen" in again.err
    assert oneshot("collections", "delete", "kitchen", "--local", store=store).status == 0
    names = oneshot("collections", "list", "--local", store=store).out
    assert "kitchen" not in names


@pytest.mark.parametrize("before", [True, False])
def test_options_count_before_the_command_and_after_it(store: str, before: bool) -> None:
    assert oneshot("collections", "create", "other", "--local", store=store).status == 0
    for where in ("default", "other"):
        assert (
            oneshot("enroll", WAVE, "-a", "kick", "--local", "-c", where, store=store).status == 0
        )
    options = ("-c", "other", "--local")
    words = ("actions", *options, "delete", "kick")
    done = oneshot(*(words if before else ("actions", "delete", "kick", *options)), store=store)
    assert done.status == 0, done.err
    left = {
        where: len(oneshot("actions", "--local", "-c", where, "--json", store=store).lines)
        for where in ("default", "other")
    }
    assert left == {"default": 1, "other": 0}


def test_an_option_after_the_command_goes_before_one_in_front_of_it() -> None:
    away = ("--url", "http://127.0.0.1:9")
    done = oneshot(
        "collections", "--url", "http://127.0.0.1:7", "list", *away, url="http://127.0.0.1:5"
    )
    assert "127.0.0.1:9" in done.err
    done = oneshot("collections", *away, "list", url="http://127.0.0.1:5")
    assert done.status == 3
    assert "127.0.0.1:9" in done.err


def test_an_option_that_the_command_lacks_is_refused(store: str) -> None:
    oneshot("enroll", WAVE, "-a", "kick", "--local", store=store)
    assert oneshot("actions", "--json", "--local", "delete", "kick", store=store).status == 2
    assert len(oneshot("actions", "--local", "--json", store=store).lines) == 1


def test_a_collection_with_exemplars_is_not_deleted_unasked(store: str) -> None:
    oneshot("collections", "create", "kitchen", "--local", store=store)
    oneshot("enroll", WAVE, "-a", "wave", "--local", "-c", "kitchen", store=store)
    delete = ("collections", "delete", "kitchen", "--local")
    done = oneshot(*delete, store=store)
    assert done.status == 2
    assert "1 exemplar" in done.err
    assert "--yes" in done.err
    assert len(oneshot("collections", "--local", "--json", store=store).lines) == 2
    assert oneshot(*delete, "--yes", store=store).status == 0
    assert len(oneshot("collections", "--local", "--json", store=store).lines) == 1


@pytest.mark.parametrize("closed", ["<&-", "2>&-"])
def test_a_closed_stream_is_no_end(store: str, closed: str) -> None:
    oneshot("enroll", WAVE, "-a", "wave", "--local", store=store)
    command = f"{sys.executable} -m service collections delete default --local {closed}"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, env=service_environment(store=store),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    if closed == "<&-":
        assert "--yes" in done.stderr
    assert len(oneshot("actions", "--local", "--json", store=store).lines) == 1


@pytest.mark.parametrize(("answer", "left"), [("n", 2), ("y", 1)])
def test_on_a_terminal_the_deletion_is_asked_for(store: str, answer: str, left: int) -> None:
    oneshot("collections", "create", "kitchen", "--local", store=store)
    oneshot("enroll", WAVE, "-a", "wave", "--local", "-c", "kitchen", store=store)
    person, terminal = pty.openpty()
    os.write(person, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "service", "collections", "delete", "kitchen", "--local"],
        cwd=ROOT, env=service_environment(store=store), stdin=terminal, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    os.close(person)
    os.close(terminal)
    assert b"1 exemplar" in done.stderr
    assert done.returncode == (0 if answer == "y" else 2)
    assert len(oneshot("collections", "--local", "--json", store=store).lines) == left

"""`oneshot` itself: help, completion, exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.command_line.wording import as_options
from service.settings import Settings
from tests.service.command_line.terminal import oneshot
from tests.warm_process import ROOT

COMMANDS = (
    "serve", "enroll", "recognize", "actions", "collections", "migrate", "inspect", "convert",
    "bench",
)  # fmt: skip


def test_help_lists_every_command_and_the_exit_status() -> None:
    done = oneshot("--help")
    assert done.status == 0
    assert all(command in done.out for command in COMMANDS)
    assert "Status: 0" in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = oneshot(command, "--help")
    assert done.status == 0
    assert f"oneshot {command}" in done.out


@pytest.mark.parametrize(
    "command", [(), *((name,) for name in COMMANDS), ("actions", "show"), ("migrate", "plan")]
)
def test_a_switch_takes_no_value_and_its_help_shows_none(command: tuple[str, ...]) -> None:
    shown = oneshot(*command, "--help").out
    assert "--help" in shown
    assert "bool" not in shown


def test_serve_lists_the_settings() -> None:
    shown = " ".join(oneshot("serve", "--help").out.split())
    for name, field in Settings.model_fields.items():
        assert f"ONESHOT_{name.upper()} (" in shown
        assert str(field.description).replace("`", "") in shown


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("give layout=, one of coco", "give --layout, one of coco"),
        ("name one with format=", "name one with --format"),
        ("check axes=, or send axes=x,-y,-z", "check --axes, or send --axes x,-y,-z"),
        ("layout= and person=; give skeleton=PATH", "--layout and --person; give --skeleton PATH"),
        ("a/layout=b.json, 'format=', ?fps=30", "a/layout=b.json, 'format=', ?fps=30"),
    ],
)
def test_what_python_calls_an_argument_is_told_as_an_option(says: str, told: str) -> None:
    assert as_options(says) == told


def test_what_a_clip_lacks_is_told_as_an_option() -> None:
    done = oneshot("inspect", ROOT / "examples" / "recognize" / "kick.npy")
    assert done.status == 2
    assert "give --layout, one of" in done.err
    assert "layout=" not in done.err


def test_the_name_of_a_file_is_told_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "person=2").mkdir()
    file = tmp_path / "person=2" / "kick fps=30.npy"
    file.write_bytes((ROOT / "examples" / "recognize" / "kick.npy").read_bytes())
    done = oneshot("inspect", "person=2/kick fps=30.npy", folder=tmp_path)
    assert done.status == 2
    assert done.err.startswith("error: person=2/kick fps=30.npy: ")
    assert "give --layout, one of" in done.err


def test_a_store_that_is_a_path_is_told_how_to_write_it(tmp_path: Path) -> None:
    path = f"{tmp_path}/x.db"
    for arguments in (("actions", "--local"), ("migrate", "plan"), ("serve",)):
        done = oneshot(*arguments, store=path, provider="cpu")
        assert done.status in (2, 3)
        assert "ONESHOT_STORE" in done.err
        assert f"write sqlite:///{path} for the file" in done.err


@pytest.mark.parametrize("arguments", [("no-such",), ("recognize",), ("enroll", "--nonsense")])
def test_a_wrong_command_line_ends_with_status_2(arguments: tuple[str, ...]) -> None:
    done = oneshot(*arguments)
    assert done.status == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str) -> None:
    """Which one it is, is told by the process that the command is called from."""
    called = f"exec -a {shell} bash -c '{sys.executable} -m service --show-completion; true'"
    script = subprocess.run(
        ["bash", "-c", called], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert "oneshot" in script
    assert f"_ONESHOT_COMPLETE=complete_{shell}" in script


def test_completion_proposes_commands_and_formats() -> None:
    def proposed(words: str, count: int) -> str:
        environment = os.environ | {
            "_ONESHOT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count),
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "service"], env=environment, cwd=ROOT, capture_output=True,
            text=True, timeout=60, check=False,
        ).stdout  # fmt: skip

    assert "recognize" in proposed("oneshot rec", 1)
    assert "bvh" in proposed("oneshot recognize --format b", 3)


def test_a_service_that_is_away_ends_with_status_3_and_says_what_to_do() -> None:
    done = oneshot("actions", "--url", "http://127.0.0.1:9")
    assert done.status == 3
    assert "oneshot serve" in done.err
    assert "--local" in done.err


@pytest.mark.parametrize(
    "wrong",
    [("--url", "127.0.0.1:8765"), ("--url", ""), ("--url", "http://[::1"), ("--key", "a b")],
)
def test_a_url_or_key_that_is_none_is_one_line(wrong: tuple[str, str]) -> None:
    done = oneshot("actions", *wrong)
    assert done.status == 2
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1


def test_an_empty_name_is_one_line() -> None:
    done = oneshot("actions", "show", "")
    assert done.status == 2
    assert done.err == "error: the name is empty\n"


def test_the_version_is_told() -> None:
    from importlib.metadata import version

    assert oneshot("--version").out == version("oneshot-actions") + "\n"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux does")
def test_matching_is_not_shared_among_threads_unless_that_is_asked_for() -> None:
    program = (
        "import os, sys; sys.argv = ['oneshot', '--version']\n"
        "from service.command_line import main\n"
        "main()\n"
        "import numpy; numpy.ones((999, 999)) @ numpy.ones((999, 999))\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    for asked, threads in ({}, 1), ({"OPENBLAS_NUM_THREADS": "2"}, 2):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment | asked,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(done.stdout.split()[-1]) == threads

"""The README's commands do what it says, run as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import DEFAULT_MODEL
from tests.service_process import ServiceProcess, service_environment
from tests.warm_process import ROOT

PUBLISHED = "http://127.0.0.1:8000"


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("readme")
    with ServiceProcess(f"sqlite:///{folder}/store.db", DEFAULT_MODEL) as process:
        yield process


def output_of(command: list[str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_shell_commands_enroll_and_recognise_the_example_clips(
    service: ServiceProcess,
) -> None:
    commands = next(block for block in blocks("sh") if "/recognize" in block)
    commands = commands.replace(PUBLISHED, service.url).replace("curl ", "curl -sS ")
    output = output_of(["bash", "-ec", commands])
    answers = [json.loads(text) for text in output.replace("}{", "}\n{").splitlines()]
    assert [answer["action"] for answer in answers] == ["wave", "kick", "squat", "wave", "wave"]
    assert [answer["exemplars"] for answer in answers[:3]] == [1, 1, 1]
    assert all(answer["decision"] == "match" for answer in answers[3:])


def test_the_python_example_prints_a_match(service: ServiceProcess) -> None:
    program = blocks("python")[0]
    output = output_of([sys.executable, "-c", program.replace(PUBLISHED, service.url)])
    decision, action, probability = output.split()
    assert (decision, action) == ("match", "kick")
    assert 0.5 < float(probability) <= 1


@pytest.mark.parametrize("section", ["Your skeletons", "Command line and client"])
def test_the_commands_of_a_section_run(
    section: str, service: ServiceProcess, tmp_path: Path
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\n(.*?)^## ", text, flags=re.DOTALL | re.MULTILINE)
    environment = service_environment(url=service.url, store=service.store, provider="cpu")
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "SHELL": "/bin/bash",
    }
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    found = re.findall(r"```(sh|python)\n(.*?)```", body, flags=re.DOTALL)
    assert found
    for language, program in found:
        program = program.replace(PUBLISHED, service.url)
        # From a file: of `-c` the last command takes the place of the shell, which it may ask for.
        script = tmp_path / "block.sh"
        script.write_text(program.replace("curl ", "curl -sS --fail-with-body "))
        command = ["bash", "-e", str(script)]
        if language == "python":
            command = [sys.executable, "-c", program]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{program}\n{done.stdout}\n{done.stderr}"
        assert done.stdout


def test_every_file_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((?!http)([^)#]+)\)", text) + re.findall(r"@(examples/\S+)", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []

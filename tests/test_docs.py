"""Every page of docs/ does what it says: its blocks are run, page by page, against a service."""

from __future__ import annotations

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
_BLOCK = re.compile(r"<!-- before\n(.*?)-->|```(\w+)\n(.*?)```", flags=re.DOTALL)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceProcess]:
    """A service with an empty store for each page."""
    with ServiceProcess(f"sqlite:///{tmp_path}/store.db", DEFAULT_MODEL) as process:
        yield process


def blocks(page: Path) -> list[tuple[str, str]]:
    """The page's blocks to run, each with its language; what stands in a comment before a block
    is put before its first line."""
    found, before = [], ""
    for comment, language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if comment:
            before = comment
        elif language in ("sh", "python"):
            found.append((language, before + text))
            before = ""
    return found


PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if blocks(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page: Path, service: ServiceProcess, tmp_path: Path) -> None:
    environment = service_environment(url=service.url, store=f"sqlite:///{tmp_path}/local.db")
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for language, text in blocks(page):
        program = text.replace(PUBLISHED, service.url)
        command = [sys.executable, "-c", program]
        if language == "sh":
            program = program.replace("curl ", "curl --silent --show-error --fail-with-body ")
            command = ["bash", "-ec", program]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        assert done.stdout or "--output" in text or "convert" in text, f"{text} prints nothing"

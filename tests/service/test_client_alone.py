"""The client's one file works wherever it is copied, beside httpx and numpy alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from service import client
from skeleton.animator.examples import as_npy
from tests.service.caller import performance
from tests.service_process import ServiceProcess

PROGRAM = """
import asyncio, sys
sys.path[:] = [p for p in sys.path if "site-packages" not in p] + sys.argv[2:]
import numpy as np
from client import AsyncClient, Client, UnknownAction

joints = np.load("wave.npy")
with Client(sys.argv[1], collection="alone") as client:
    client.create_collection("alone")
    client.enroll("wave.npy", "wave", layout="kinect_v2", fps=30)
    print(client.recognize(joints, layout="kinect_v2", fps=30).action)
    try:
        client.action("kick")
    except UnknownAction as error:
        print(error.status)

async def later():
    async with AsyncClient(sys.argv[1], collection="alone") as client:
        print([entry.action async for entry in client.actions()])
        await client.delete_collection("alone")

asyncio.run(later())
print(sorted({"service", "skeleton", "pydantic", "orjson"} & set(sys.modules)))
"""


def test_the_file_copied_alone_works(
    running: Callable[[str, int], ServiceProcess], tmp_path: Path
) -> None:
    folder, packages = tmp_path / "mine", tmp_path / "packages"
    folder.mkdir()
    packages.mkdir()
    (folder / "client.py").write_bytes(Path(client.__file__).read_bytes())
    (folder / "wave.npy").write_bytes(as_npy(performance("wave", 1)))
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    for package in {*needed("httpx"), *needed("numpy")}:
        link_to(distribution(package), packages)
    # -S: nothing that is installed beside the interpreter, such as this project, is found.
    done = subprocess.run(
        [sys.executable, "-S", "-E", "program.py", running("sqlite", 0).url, str(packages)],
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["wave", "404", "['wave']", "[]"]


def needed(name: str) -> set[str]:
    """A distribution and all that it needs to be installed with."""
    found, waiting = set(), [name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for line in distribution(name).requires or []:
            if ";" not in line:
                waiting.append(re.split(r"[^A-Za-z0-9._-]", line)[0])
    if "anyio" in found:
        found.add("typing_extensions")  # needed by it on Python older than 3.13
    return found


def link_to(package: Distribution, folder: Path) -> None:
    """Make a distribution's files importable from a folder."""
    for top in {file.parts[0] for file in package.files or [] if file.parts[0] != ".."}:
        there = Path(str(package.locate_file(top)))
        if there.suffix != ".dist-info" and not (folder / top).exists():
            (folder / top).symlink_to(there)

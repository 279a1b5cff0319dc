"""The deployment as its files say it: compose files, Dockerfile and build context."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def compose(path: str = "compose.yaml") -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / path).read_text())
    return content


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), continued lines joined and comments left out."""
    lines = (ROOT / "docker" / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    joined = text.replace("\\\n", " ")
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [(name, arguments) for name, arguments in pairs]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, its FROM first."""
    found: list[list[tuple[str, str]]] = []
    for instruction in instructions():
        if instruction[0] == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def workdir() -> str:
    """Where the finished image's command runs, and relative paths begin."""
    (found,) = [arguments for name, arguments in stages()[-1] if name == "WORKDIR"]
    return found


def copied_from_context(stage: list[tuple[str, str]]) -> set[str]:
    """What a stage copies from the checkout, not from another stage."""
    sources: set[str] = set()
    for name, arguments in stage:
        if name == "COPY" and not arguments.startswith("--from="):
            sources.update(arguments.split()[:-1])
    return sources

"""The house: which package may import which (DESIGN.md, "The house"), read from the source."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("skeleton", "training", "model_export", "service")
OWN = set(PACKAGES) | {"tests", "docker"}
ALLOWED: dict[str, set[str]] = {
    "skeleton": {"numpy"},
    "service": {
        "skeleton", "numpy", "onnxruntime", "redis", "fastapi", "fastapi_offline", "starlette",
        "pydantic", "pydantic_core", "pydantic_settings", "orjson", "uvicorn", "httpx", "typer",
        "rich", "python_multipart",
    },
}  # fmt: skip
FORBIDDEN: dict[str, set[str]] = {
    "skeleton": OWN - {"skeleton"},
    "training": OWN - {"training", "skeleton"} | {"fastapi", "redis"},
    "model_export": OWN - {"model_export", "training", "skeleton"} | {"fastapi", "redis"},
    "service": OWN - {"service", "skeleton"} | {"torch", "onnx", "onnxscript"},
}


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every package a file imports, wherever it does, and whether on being imported itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = [node.module or ""]
        for name in names:
            yield name.partition(".")[0], id(node) not in inside


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    assert files(package)
    for path in files(package):
        wrong = {name for name, _ in imported(path)} & FORBIDDEN[package]
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_needs_no_library_but_its_own(package: str) -> None:
    import sys

    for path in files(package):
        names = {name for name, at_once in imported(path) if at_once}
        wrong = names - ALLOWED[package] - {package} - set(sys.stdlib_module_names)
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"


def test_what_ships_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert set(listed["tool"]["setuptools"]["packages"]["find"]["include"]) == folders

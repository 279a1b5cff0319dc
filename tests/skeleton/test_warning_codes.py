"""Warning codes: whoever meets one in an answer finds it explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from skeleton.warning_codes import WARNING_CODES

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted(
    path
    for package in ("skeleton", "service")
    for path in (ROOT / package).rglob("*.py")
    # They begin their errors like remarks, and give no remarks.
    if path.name not in ("layout_fields.py", "layout_file.py", "warning_codes.py")
    and "command_line" not in path.parts
)


def remark_codes(path: Path) -> Iterator[str]:
    """The codes of all texts like `code: …` in a file that are not what an error says."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "warning")
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in said:
            continue
        # Of an f-string the words may begin with a value: f"empty: {count} frames".
        whole = not isinstance(node, ast.JoinedStr)
        first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            match = re.match(r"([a-z_]{2,}): " + r"\S" * whole, first.value)
            if match:
                yield match.group(1)


def test_every_remark_has_a_code_that_is_explained_and_every_code_is_met() -> None:
    assert {code for path in SOURCES for code in remark_codes(path)} == set(WARNING_CODES)


def test_the_page_of_warnings_is_the_table_of_codes() -> None:
    text = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)) == WARNING_CODES


def test_the_readme_names_only_codes_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `warnings` \| (.*)$", text, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", row))
    assert named
    assert named <= set(WARNING_CODES)

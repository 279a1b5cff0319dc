"""`oneshot actions` and `oneshot collections`: what is there, and less of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.command_line.terminal import oneshot
from tests.service_process import ROOT

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
    assert gone.status == 1
    assert "wave" in gone.err


def test_collections_are_made_listed_and_deleted(store: str) -> None:
    assert oneshot("collections", "create", "kitchen", "--local", store=store).status == 0
    listed = oneshot("collections", "--local", "--json", store=store).lines
    assert [entry["name"] for entry in listed] == ["default", "kitchen"]
    again = oneshot("collections", "create", "kitchen", "--local", store=store)
    assert again.status == 1
    assert "kitchen" in again.err
    assert oneshot("collections", "delete", "kitchen", "--local", store=store).status == 0
    names = oneshot("collections", "list", "--local", store=store).out
    assert "kitchen" not in names

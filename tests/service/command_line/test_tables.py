"""The tables of `oneshot`: what they tell, and that a terminal of 80 columns loses nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from service.settings import DEFAULT_MODEL
from service.store import open_store
from tests.service.command_line.terminal import on_a_terminal, oneshot
from tests.service.migrations import fill, space
from tests.service.models import mirrored_model
from tests.service.scripted_server import ScriptedServer, answered
from tests.warm_process import ROOT

WAVE = ROOT / "examples" / "recognize" / "wave.json"
_WHEN = "2026-01-01T01:30:59.123456+02:00"
_SHOWN = "2025-12-31 23:30"


def _recognised(decision: str, *actions: str) -> Any:
    numbers = {"similarity": 0.7, "score": 0.4, "probability": 0.6}
    matches = [{"action": action, "exemplar_id": "e", **numbers} for action in actions]
    first = numbers if actions else dict.fromkeys(numbers)
    return answered(
        {
            "decision": decision, "action": actions[0] if decision == "match" else None, **first,
            "margin": None, "threshold": 0.3, "matches": matches, "space": "s", "revision": 1,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "best"),
    [("ambiguous", "kick / high kick"), ("unknown", "kick"), ("match", "")],
)
def test_the_best_are_named_where_there_is_no_match(decision: str, best: str) -> None:
    with ScriptedServer(_recognised(decision, "kick", "high kick", "wave")) as service:
        done = oneshot("recognize", WAVE, "-k", "1", "--url", service.url)
    header, row = done.out.splitlines()
    at = header.index("best")
    assert row[at : header.index("warnings")].strip() == best
    assert "k=2" in service.received[0].target
    assert done.err == ""


def test_an_empty_collection_is_told_beneath_the_table() -> None:
    with ScriptedServer(_recognised("unknown")) as service:
        told = oneshot("recognize", WAVE, "-c", "gym", "--url", service.url)
        as_json = oneshot("recognize", WAVE, "-c", "gym", "--json", "--url", service.url)
    assert told.status == 0
    assert told.err == "note: nothing is enrolled in collection 'gym'\n"
    assert as_json.err == ""


def _entry(**more: Any) -> dict[str, Any]:
    return {"exemplars": 1, "created": _WHEN, "updated": _WHEN, **more}


LISTS = {
    ("actions",): {"actions": [_entry(action="wave with both hands")], "next": None},
    ("actions", "show", "wave"): {
        "action": "wave", "collection": "default", "exemplars": [
            {"exemplar_id": "0123456789abcdef" * 2, "created": _WHEN, "quality": {
                "frames": 64, "seconds": 2.13, "seen": 1.0, "motion": 0.7, "warnings": []}},
        ],
    },
    ("collections",): {
        "collections": [_entry(name="kitchen", space="0123456789ab" * 5, revision=17, actions=3)]
    },
}  # fmt: skip


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_lists_have_one_line_an_entry_at_80_columns(arguments: tuple[str, ...]) -> None:
    with ScriptedServer(answered(LISTS[arguments])) as service:
        shown = on_a_terminal(*arguments, "--url", service.url)
        (line,) = oneshot(*arguments, "--json", "--url", service.url).lines
    header, row = shown.splitlines()
    assert "created (UTC)" in header
    assert _SHOWN in row
    assert "0123456789abc" not in row or "show" in arguments
    assert "2026-01-01T01:30:59.123456+02:00" in str(line)


def test_a_plan_that_a_terminal_has_no_room_for_is_told_in_blocks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    new = mirrored_model(DEFAULT_MODEL, tmp_path / "new.onnx")
    target = "mirrored-" + space()
    with contextlib.closing(open_store(url)) as store:
        store.create_collection("gym")
        first = fill(store, "gym", 2)[0]
        store.keep("gym", target, {first: store.load("gym", [first])[0].arrays})
    settings = {"store": url, "provider": "cpu", "model": str(new)}
    narrow = on_a_terminal("migrate", "plan", **settings)
    default, gym = (
        dict(line.split(maxsplit=1) for line in block.splitlines())
        for block in narrow.strip().split("\n\n")
    )
    assert default == {"collection": "default", "state": "empty"} | {
        name: default[name] for name in ("target", "actions", "exemplars", "embedded", "unusable")
    }
    assert (gym["collection"], gym["state"], gym["exemplars"]) == ("gym", "begun", "2")
    assert gym["space"] == space()[:12]
    assert gym["kept"].startswith(f"{target[:12]} ")
    assert gym["size"].endswith("B")
    wide = on_a_terminal("migrate", "plan", columns=200, **settings)
    assert wide.splitlines()[0].split() == [*gym]

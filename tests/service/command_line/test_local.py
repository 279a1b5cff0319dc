"""`--local`: the commands on the store itself, without a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.command_line.terminal import oneshot
from tests.service_process import ServiceProcess
from tests.warm_process import ROOT

ENROLL = ROOT / "examples" / "enroll"
RECOGNIZE = ROOT / "examples" / "recognize"


def test_without_a_service_the_store_is_used_straight(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"
    done = oneshot(
        "enroll", ENROLL / "wave.json", "--action", "wave", "--local", store=store, provider="cpu"
    )
    assert done.status == 0, done.err
    done = oneshot("recognize", RECOGNIZE / "wave.json", "--local", "--json", store=store)
    assert [line["action"] for line in done.lines] == ["wave"]
    with ServiceProcess(store, ROOT / "service" / "models" / "default.onnx") as service:
        assert oneshot("actions", "--json", "--url", service.url).lines[0]["action"] == "wave"


@pytest.mark.parametrize(
    "arguments",
    [
        ("actions",), ("collections",), ("recognize", RECOGNIZE / "wave.json"),
        ("actions", "delete", "wave"), ("collections", "delete", "mine", "--yes"),
    ],
)  # fmt: skip
def test_who_only_looks_makes_no_store(arguments: tuple[str | Path, ...], tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/none/store.db"
    done = oneshot(*arguments, "--local", store=store, provider="cpu")
    assert done.status == 3
    assert done.err == (
        f"error: there is no store {store}: enroll something, or name another by ONESHOT_STORE\n"
    )
    assert not (tmp_path / "none").exists()


def test_a_local_store_that_cannot_be_opened_ends_with_one_line() -> None:
    done = oneshot("actions", "--local", store="mysql://somewhere")
    assert done.status in (2, 3)
    assert done.err.count("\n") == 1


def test_layouts_of_ones_own_are_for_a_local_store(tmp_path: Path) -> None:
    clip = ROOT / "examples" / "files" / "my_camera.npy"
    own = ("--layouts", ROOT / "examples" / "layouts", "--layout", "my_camera")
    settings = {"store": f"sqlite:///{tmp_path}/store.db", "provider": "cpu"}
    done = oneshot("enroll", clip, "-a", "wave", "--local", *own, **settings)
    assert done.status == 0, done.err
    found = oneshot("recognize", clip, "--local", "--json", *own, **settings).lines
    assert found[0]["matches"][0]["action"] == "wave"
    refused = oneshot("recognize", clip, *own, "--url", "http://127.0.0.1:9")
    assert refused.status == 2
    assert "ONESHOT_LAYOUTS" in refused.err

"""Joint importance: which joints mattered, in answers, in tables and in colour."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from service.client import AsyncClient, Client
from skeleton.animator.examples import as_json
from skeleton.drawing.colours import Palette, levels, scale_of
from tests.service.caller import JSON, Caller, checked_client, performance
from tests.service.command_line.terminal import oneshot
from tests.service.conftest import with_new_collection
from tests.service.file_bodies import openpose
from tests.service.small_model import ALL, LAYOUT, small_model
from tests.service_process import ServiceProcess
from tests.warm_process import ROOT

WAVE = ROOT / "examples/recognize/wave.json"
KICK = ROOT / "examples/recognize/kick.json"
STRONGEST = scale_of(Palette())[-1]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model(tmp_path_factory.mktemp("model") / "small.onnx")


@pytest.fixture(scope="module")
def service(file: Path) -> Iterator[ServiceProcess]:
    with ServiceProcess(f"sqlite:///{file}.db", file) as process:
        yield process


@pytest.fixture(scope="module")
def silent_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that does not tell."""
    return small_model(tmp_path_factory.mktemp("model") / "silent.onnx", ALL[:3], matching=None)


@pytest.fixture(scope="module")
def silent(silent_file: Path) -> Iterator[ServiceProcess]:
    with ServiceProcess(f"sqlite:///{silent_file}.db", silent_file) as process:
        yield process


@pytest.fixture(scope="module")
def client(service: ServiceProcess) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield checked_client(client)


@pytest.fixture
def caller(client: httpx.Client) -> Caller:
    """A user of a service whose model tells."""
    return with_new_collection(client)


@pytest.mark.parametrize(
    ("action", "joint"),
    [("wave", "right_wrist"), ("wave_left", "left_wrist"), ("kick", "right_ankle")],
)
def test_an_answer_tells_which_joints_mattered_the_most_important_first(
    caller: Caller, action: str, joint: str
) -> None:
    told = caller.recognize(performance(action))["joint_importance"]
    assert next(iter(told)) == joint
    assert set(told) == set(caller.client.get("/model").json()["joints"]) == set(LAYOUT.joints)
    assert list(told.values()) == sorted(told.values(), reverse=True)
    assert sum(told.values()) == pytest.approx(1, abs=1e-3)
    assert all(len(str(share)) <= len("0.1234") for share in told.values())


def test_it_is_the_querys_and_not_the_exemplars(caller: Caller) -> None:
    caller.enroll(performance("kick"), "kick")
    alone = caller.recognize(performance("wave"))
    caller.enroll(performance("wave", 1), "wave")
    assert caller.recognize(performance("wave"))["joint_importance"] == alone["joint_importance"]


def test_a_model_that_tells_none_leaves_the_field_out(silent: ServiceProcess) -> None:
    with silent.client() as client:
        caller = with_new_collection(checked_client(client))
        assert "joint_importance" not in caller.recognize(performance("wave"))


def test_openapi_says_that_it_may_be_absent_but_is_never_null(visitor: Caller) -> None:
    document = visitor.client.get("/openapi.json").json()
    schema = document["components"]["schemas"]["RecognizeAnswer"]
    told = schema["properties"]["joint_importance"]
    assert "joint_importance" not in schema["required"]
    assert told["type"] == "object"
    assert told["additionalProperties"] == {"type": "number", "minimum": 0, "maximum": 1}
    assert "absent" in told["description"]
    # All others are always there.
    assert set(schema["required"]) == set(schema["properties"]) - {"joint_importance"}


def test_both_clients_tell_it(service: ServiceProcess) -> None:
    async def asked() -> Any:
        async with AsyncClient(service.url) as client:
            return await client.recognize(WAVE)

    with Client(service.url) as client:
        blocking = client.recognize(WAVE)
    with service.client() as raw:
        answer = raw.post("/recognize", content=WAVE.read_bytes(), headers=JSON).json()
    assert blocking.joint_importance == answer["joint_importance"]
    assert list(blocking.joint_importance or {}) == list(answer["joint_importance"])
    assert asyncio.run(asked()) == blocking


def test_the_table_names_the_joints_that_mattered_most(service: ServiceProcess) -> None:
    done = oneshot("recognize", WAVE, KICK, "--url", service.url)
    assert done.status == 0, done.err
    head, *rows = done.out.splitlines()
    assert "matter most" in head
    for row, joint in zip(rows, ("right_wrist", "right_ankle"), strict=True):
        assert f"{joint}, " in row
        assert sum(name in row for name in LAYOUT.joints) == 3


def test_json_lines_tell_all_joints(service: ServiceProcess) -> None:
    (line,) = oneshot("recognize", WAVE, "--json", "--url", service.url).lines
    assert set(line["joint_importance"]) == set(LAYOUT.joints)
    assert next(iter(line["joint_importance"])) == "right_wrist"


def test_the_table_has_no_column_for_what_the_model_does_not_tell(silent: ServiceProcess) -> None:
    done = oneshot("recognize", WAVE, "--url", silent.url)
    assert done.status == 0, done.err
    assert "decision" in done.out
    assert "matter most" not in done.out


def strongest(picture: bytes) -> tuple[int, int]:
    """Pixels of the strongest shade in the left and in the right half, below the legend."""
    with Image.open(BytesIO(picture)) as image:
        pixels = np.asarray(image.convert("RGB"))[100:]
    there = (pixels == levels(STRONGEST)).all(axis=-1)
    half = there.shape[1] // 2
    return int(there[:, :half].sum()), int(there[:, half:].sum())


@pytest.mark.parametrize("kind", ["image/png", "image/gif"])
def test_an_inspected_clip_is_drawn_in_the_colours_of_importance(
    client: httpx.Client, silent: ServiceProcess, kind: str
) -> None:
    body, headers = as_json(performance("wave")), JSON | {"accept": kind}
    told = client.post("/clips:inspect", content=body, headers=headers)
    received, prepared = strongest(told.content)
    assert received == 0
    assert prepared > 20
    with silent.client() as other:
        plain = other.post("/clips:inspect", content=body, headers=headers)
    assert strongest(plain.content) == (0, 0)


def test_a_clip_that_must_be_refused_is_drawn_all_the_same(client: httpx.Client) -> None:
    headers = {"content-type": "application/octet-stream", "accept": "image/png"}
    response = client.post("/clips:inspect", content=openpose(), headers=headers)
    assert response.status_code == 200
    assert strongest(response.content) == (0, 0)


def test_the_command_draws_it_too(file: Path, silent_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "wave.png"
    done = oneshot("inspect", WAVE, "-o", out, model=str(file))
    assert done.status == 0, done.err
    assert strongest(out.read_bytes())[1] > 20
    shown = oneshot("inspect", WAVE, model=str(file))
    assert "matter most: right wrist 0." in shown.out
    assert "matter most" not in oneshot("inspect", WAVE, model=str(silent_file)).out


def test_the_readmes_picture_is_coloured_by_a_real_answer(
    service: ServiceProcess, tmp_path: Path
) -> None:
    from skeleton.drawing.picture import main

    with service.client() as raw:
        answer = raw.post("/recognize", content=WAVE.read_bytes(), headers=JSON)
    stored, drawn = tmp_path / "answer.json", tmp_path / "picture.svg"
    stored.write_bytes(answer.content)
    enrolled = ROOT / "examples/enroll/wave.json"
    main([str(enrolled), str(WAVE), str(stored), "-o", str(drawn)])
    most = max(json.loads(answer.content)["joint_importance"].values())
    assert STRONGEST in drawn.read_text()
    assert f"{most:.2f}" in drawn.read_text()

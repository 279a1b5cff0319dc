"""`POST /clips:inspect`: what was understood, told or drawn, and nothing stored."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from skeleton.animator import animate
from skeleton.animator.examples import as_json
from tests.service.bodies import BODIES, clip, npy
from tests.service.caller import JSON, NPY, Caller, performance
from tests.service.clip_files import clip_file, two_persons
from tests.service.contract import check_problem
from tests.service.file_bodies import openpose
from tests.service.forms import FORM, form

OCTETS = {"content-type": "application/octet-stream"}


def inspected(caller: Caller, body: bytes, headers: dict[str, str], **query: Any) -> dict[str, Any]:
    response = caller.post("/clips:inspect", body, headers, **query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_json_is_told_what_was_understood(visitor: Caller) -> None:
    made = performance("wave")
    told = inspected(visitor, as_json(made), JSON)
    assert (told["format"], told["layout"], told["axes"]) == ("json", "kinect_v2", "x,y,z")
    assert told["joints"] == list(made.layout.joints)
    assert (told["fps"], told["fps_given"], told["frames"]) == (30, True, len(made.joints))
    assert told["seconds"] == pytest.approx(len(made.joints) / 30)
    assert (told["persons"], told["person"], told["seen"]) == (1, 0, 1)
    assert 1.2 < told["height"] < 2.2
    assert (told["usable"], told["reason"], told["warnings"]) == (True, None, [])


def test_what_the_model_lacks_is_told_with_what_stands_in(visitor: Caller) -> None:
    made = animate("wave", layout="coco")
    told = inspected(visitor, npy(made.joints), NPY, layout="coco")
    model = visitor.client.get("/model").json()
    assert {*told["mapped"], *told["derived"], *told["missing"]} == set(model["joints"])
    assert told["derived"]["pelvis"] == ["left_hip", "right_hip"]
    assert told["fps_given"] is False
    assert any(warning.startswith("fps_missing") for warning in told["warnings"])


def test_a_wrong_axis_is_told(visitor: Caller) -> None:
    joints = performance("wave").joints * np.float32([1, -1, -1])
    told = inspected(visitor, npy(joints), NPY, layout="kinect_v2", fps=30)
    assert any(warning.startswith("upside_down") for warning in told["warnings"])
    right = inspected(visitor, npy(joints), NPY, layout="kinect_v2", fps=30, axes="x,-y,-z")
    assert (right["axes"], right["warnings"]) == ("x,-y,-z", [])


def test_the_persons_are_counted_and_the_used_one_named(visitor: Caller) -> None:
    body = form({"file": ("two.skeleton", two_persons())})
    told = inspected(visitor, body, FORM)
    # Who kicks moves more than who waves.
    assert (told["persons"], told["person"]) == (2, 1)
    assert any(warning.startswith("more_persons") for warning in told["warnings"])
    assert inspected(visitor, body, FORM, person=0)["person"] == 0


def test_a_clip_that_must_be_refused_is_told_why_and_drawn(visitor: Caller) -> None:
    told = inspected(visitor, openpose(), OCTETS)
    assert (told["format"], told["usable"]) == ("openpose", False)
    assert "two-dimensional" in told["reason"]
    for kind in ("image/png", "image/gif"):
        drawn = visitor.post("/clips:inspect", openpose(), OCTETS | {"accept": kind})
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, kind)


@pytest.mark.parametrize("kind", ["image/png", "image/gif"])
def test_a_clip_is_drawn_as_the_caller_accepts(visitor: Caller, kind: str) -> None:
    file = clip_file("bvh", "kick")
    body = form({"file": (file.name, file.data)})
    drawn = visitor.post("/clips:inspect", body, FORM | {"accept": f"text/html, {kind};q=0.9"})
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, kind)
    width, height = _size(drawn.content)
    assert width >= 200
    assert height >= 100


def test_pictures_of_different_axes_differ(visitor: Caller) -> None:
    body = npy(performance("wave").joints)
    drawn = {
        visitor.post(
            "/clips:inspect", body, NPY | {"accept": "image/png"}, layout="kinect_v2", axes=axes
        ).content
        for axes in ("x,y,z", "x,-y,-z", "x,z,-y")
    }
    assert len(drawn) == 3


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/png;q=0.1, */*;q=0.2"])
def test_json_is_the_answer_unless_a_picture_is_liked_better(visitor: Caller, accept: str) -> None:
    response = visitor.post("/clips:inspect", _unnamed(clip()), JSON | {"accept": accept})
    assert response.headers["content-type"] == "application/json"
    assert response.json()["usable"] is True


def test_what_cannot_be_answered_is_told_what_can(visitor: Caller) -> None:
    response = visitor.post("/clips:inspect", _unnamed(clip()), JSON | {"accept": "text/html"})
    problem = check_problem(response)
    assert (problem["status"], problem["type"]) == (406, "urn:oneshot:not-acceptable")
    assert "image/png" in problem["detail"]


def test_nothing_is_stored(visitor: Caller) -> None:
    revision = visitor.revision()
    inspected(visitor, _unnamed(clip()), JSON)
    assert (visitor.revision(), visitor.actions()) == (revision, [])


@pytest.mark.parametrize(
    "name", ["cut short", "no layout", "unknown layout", "npy: cut in the data", "npy: no layout"]
)
def test_a_bad_body_is_the_same_problem_as_elsewhere(visitor: Caller, name: str) -> None:
    bad = BODIES[name]
    query = {key: value for key, value in bad.query.items() if key != "action"}
    response = visitor.post("/clips:inspect", _unnamed(bad.data), bad.headers, **query)
    problem = check_problem(response)
    assert (problem["status"], problem["type"]) == (bad.status, f"urn:oneshot:{bad.kind}")


@pytest.mark.parametrize("query", [{"k": 3}, {"action": "wave"}, {"colection": "x"}])
def test_what_it_does_not_take_is_named(visitor: Caller, query: dict[str, Any]) -> None:
    response = visitor.post("/clips:inspect", _unnamed(clip()), JSON, **query)
    assert response.status_code == 422
    assert next(iter(query)) in response.json()["detail"]


def test_a_wrong_content_type_is_told_the_right_one(visitor: Caller) -> None:
    response = visitor.post("/clips:inspect", _unnamed(clip()), {"content-type": "text/plain"})
    problem = check_problem(response)
    assert problem["status"] == 415
    for told in ("-H 'Content-Type: application/json'", "?format=", "-F file=@"):
        assert told in problem["detail"]


def _unnamed(body: bytes) -> bytes:
    return body.replace(b'{"action": "x", ', b"{")


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG or a GIF."""
    if picture.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", picture[16:24])
    else:
        width, height = struct.unpack("<HH", picture[6:10])
    return width, height

"""Names of actions: any script, any sign, as long as it fits in a path's segment."""

from __future__ import annotations

import json

import pytest

from skeleton.animator.examples import as_npy
from tests.service.bodies import LISTS
from tests.service.caller import JSON, NPY, Caller, performance

GOOD = [
    "wave", "Wave", " wave ", "heben — rechter Arm", "挥手", "لوّح", "👋🏽",
    "e\u0301", "é", "%2F", "%",
    "a?b=c&d#e", "..", ".", "...", "a\\b", "'; DROP TABLE exemplars; --", '"', "{x}", "+", "null",
    "\u202egnaw", "\u200b", "a" * 200, "👋" * 200, "\u00a0", "\U0010ffff",
]  # fmt: skip
BAD = [
    "", "a/b", "/", "a\nb", "a\tb", "\x00", "a\x7f", "\x85", "a" * 201, "👋" * 201, "\ufffd",
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_a_name_comes_back_as_it_was_given(caller: Caller, name: str) -> None:
    enrolled = caller.enroll(performance("wave"), name)
    assert enrolled["action"] == name
    again = caller.enroll_npy(performance("wave"), name)
    assert (again["action"], again["exemplars"]) == (name, 2)
    assert caller.recognize(performance("wave"))["matches"][0]["action"] == name
    assert caller.actions() == [name]


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_a_name_can_be_asked_for_and_deleted(visitor: Caller, name: str) -> None:
    body = json.dumps({"action": name, "clip": {"layout": "kinect_v2", "joints": LISTS}}).encode()
    place = visitor.post("/enroll", body, JSON).headers["location"]
    assert visitor.client.get(place).json()["action"] == name
    assert visitor.get("/actions", after=name).json()["actions"] == []
    assert visitor.client.delete(place).status_code == 204
    assert visitor.actions() == []


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_a_name_out_of_range_is_refused(visitor: Caller, name: str) -> None:
    body = json.dumps({"action": name, "clip": {"layout": "kinect_v2", "joints": LISTS}}).encode()
    query = {"action": name, "layout": "kinect_v2"}
    for response in (
        visitor.post("/enroll", body, JSON),
        visitor.post("/enroll", as_npy(performance("wave")), NPY, **query),
    ):
        assert response.status_code == 422
        assert "action" in response.json()["detail"]
        assert "^[" not in response.json()["detail"]  # words, and no pattern
    assert visitor.revision() == 0


def test_composed_and_decomposed_letters_are_two_names(visitor: Caller) -> None:
    visitor.enroll(performance("wave"), "\u00e9")
    visitor.enroll(performance("wave"), "e\u0301")
    assert len(visitor.actions()) == 2


@pytest.mark.parametrize("bytes_of_name", ["%FF", "%ED%A0%80", "wave%C3"])
def test_a_name_that_is_no_utf_8_is_refused(visitor: Caller, bytes_of_name: str) -> None:
    address = f"/enroll?collection={visitor.collection}&layout=kinect_v2&action={bytes_of_name}"
    body = as_npy(performance("wave"))
    assert visitor.client.post(address, content=body, headers=NPY).status_code == 422
    assert visitor.client.get(f"/actions/{bytes_of_name}").status_code == 422
    assert visitor.revision() == 0


@pytest.mark.parametrize("name", [3, True, None, ["wave"], {"a": 1}])
def test_a_name_that_is_no_text_is_refused(visitor: Caller, name: object) -> None:
    body = json.dumps({"action": name, "clip": {"layout": "kinect_v2", "joints": LISTS}}).encode()
    assert visitor.post("/enroll", body, JSON).status_code == 422
    assert visitor.revision() == 0

"""`/actions` over HTTP: what a gallery holds, page by page, and how it goes away again."""

from __future__ import annotations

from itertools import chain

import pytest

from tests.service.caller import Caller, performance


def test_every_action_is_listed_across_pages(caller: Caller) -> None:
    names = [f"action {number:03}" for number in range(105)]
    for name in reversed(names):
        caller.enroll_npy(performance("wave"), name)
    first = caller.get("/actions").json()
    assert len(first["actions"]) == 100
    second = caller.get("/actions", after=first["next"]).json()
    assert second["next"] is None
    found = [entry["action"] for entry in first["actions"] + second["actions"]]
    assert found == names
    pages: list[list[str]] = []
    after: str | None = None
    while True:
        page = caller.get("/actions", limit=35, **({"after": after} if after else {})).json()
        pages.append([entry["action"] for entry in page["actions"]])
        if (after := page["next"]) is None:
            break
    assert [len(page) for page in pages] == [35, 35, 35]
    assert list(chain.from_iterable(pages)) == names
    whole = caller.get("/actions", limit=1000).json()
    assert (len(whole["actions"]), whole["next"]) == (105, None)


def test_an_empty_collection_lists_nothing(caller: Caller) -> None:
    answer = caller.get("/actions").json()
    assert answer == {"collection": caller.collection, "actions": [], "next": None}


def test_a_cursor_need_not_exist_any_more(caller: Caller) -> None:
    for name in ("a", "b", "c"):
        caller.enroll(performance("wave"), name)
    after = caller.get("/actions", limit=2).json()["next"]
    caller.delete(f"/actions/{after}")
    rest = caller.get("/actions", after=after).json()
    assert [entry["action"] for entry in rest["actions"]] == ["c"]


def test_an_action_shows_its_exemplars_oldest_first(caller: Caller) -> None:
    enrolled = [caller.enroll(performance("wave", seed=s), "wave") for s in range(3)]
    answer = caller.get("/actions/wave").json()
    assert [e["exemplar_id"] for e in answer["exemplars"]] == [
        each["exemplar_id"] for each in enrolled
    ]
    assert [e["quality"] for e in answer["exemplars"]] == [each["quality"] for each in enrolled]
    moments = [e["created"] for e in answer["exemplars"]]
    listed = caller.get("/actions").json()["actions"][0]
    assert (listed["created"], listed["updated"]) == (moments[0], moments[-1])
    assert listed["exemplars"] == 3


def test_a_deleted_action_is_recognised_no_more(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    caller.enroll(performance("kick"), "kick")
    revision = caller.revision()
    response = caller.delete("/actions/wave")
    assert (response.status_code, response.content) == (204, b"")
    assert caller.revision() == revision + 1
    assert caller.actions() == ["kick"]
    matches = caller.recognize(performance("wave"))["matches"]
    assert [match["action"] for match in matches] == ["kick"]


def test_a_deleted_exemplar_takes_its_action_along_when_it_is_the_last(caller: Caller) -> None:
    ids = [caller.enroll(performance("wave", seed=s), "wave")["exemplar_id"] for s in range(2)]
    for id in ids:
        assert caller.delete(f"/actions/wave/exemplars/{id}").status_code == 204
    assert caller.get("/actions/wave").status_code == 404
    assert caller.actions() == []
    assert caller.recognize(performance("wave"))["matches"] == []


def test_what_is_not_there_is_404(caller: Caller) -> None:
    mine = caller.enroll(performance("wave"), "wave")["exemplar_id"]
    caller.enroll(performance("kick"), "kick")
    revision = caller.revision()
    for response, kind in (
        (caller.get("/actions/jump"), "unknown-action"),
        (caller.delete("/actions/jump"), "unknown-action"),
        (caller.delete(f"/actions/jump/exemplars/{mine}"), "unknown-action"),
        (caller.delete("/actions/wave/exemplars/0"), "unknown-exemplar"),
        (caller.delete(f"/actions/kick/exemplars/{mine}"), "unknown-exemplar"),
    ):
        assert response.status_code == 404
        assert response.json()["type"] == f"urn:oneshot:{kind}"
    assert caller.revision() == revision


@pytest.mark.parametrize("id", ["a b", "%00", "*", "a" * 65, "é"])
def test_an_id_out_of_range_is_refused(visitor: Caller, id: str) -> None:
    visitor.enroll(performance("wave"), "wave")
    assert visitor.delete(f"/actions/wave/exemplars/{id}").status_code == 422
    assert visitor.actions() == ["wave"]


def test_a_path_with_a_slash_too_many_leads_nowhere_else(caller: Caller) -> None:
    """Followed and tidied up by a client, a redirect to `exemplars/..` would delete the action."""
    caller.enroll(performance("wave"), "wave")
    assert caller.delete("/actions/wave/exemplars/..%2f").status_code == 404
    assert caller.get("/actions/").status_code == 404
    assert caller.actions() == ["wave"]

"""Actions by name: the same promises from every store."""

from __future__ import annotations

import pytest

from service.store import InvalidName, Store, UnknownAction, UnknownExemplar
from tests.service.store.samples import contents, enroll


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "a?[b-c]",
        "a:b{c}d",
        "{default}",
        "w\\n",
        "挥手 👋",
        "é",
        "e\N{COMBINING ACUTE ACCENT}",
        " ",
        "%s",
        "'; --",
        "x" * 200,
    ],
)
def test_actions_may_have_any_printable_name(store: Store, action: str) -> None:
    enroll(store, "neighbour")
    exemplar, _ = enroll(store, action)
    enroll(store, action[:190] + "+more")

    assert store.exemplars("default", action) == [exemplar]
    names = [info.action for info in store.actions("default").actions]
    assert names == sorted(["neighbour", action, action[:190] + "+more"])
    store.delete_action("default", action)
    assert [info.action for info in store.actions("default").actions] == sorted(
        ["neighbour", action[:190] + "+more"]
    )


@pytest.mark.parametrize(
    "action", ["", "x" * 201, "a/b", "a\0b", "a\nb", "\x7f", "\x85", "\ud800", "a\ufffd"]
)
def test_an_action_out_of_range_is_refused(store: Store, action: str) -> None:
    before = contents(store)

    with pytest.raises(InvalidName):
        enroll(store, action)
    assert contents(store) == before


def test_actions_come_in_pages_by_name(store: Store) -> None:
    names = ["B", "a", "a1", "b", "ä", "🙂", "\uff5e"]
    for name in names:
        enroll(store, name)
        enroll(store, name)

    seen: list[str] = []
    cursor = None
    while True:
        page = store.actions("default", after=cursor, limit=3)
        assert len(page.actions) <= 3
        assert all(info.exemplars == 2 for info in page.actions)
        seen += [info.action for info in page.actions]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(names)
    assert store.actions("default", limit=7).next is None
    assert store.actions("default", after="aa").actions[0].action == "b"
    assert store.actions("default", after="\uff5e\uff5e").actions[0].action == "🙂"


def test_an_action_without_exemplars_is_gone(store: Store) -> None:
    exemplar, _ = enroll(store)
    store.delete_exemplar("default", "wave", exemplar.id)

    assert store.actions("default").actions == ()
    assert store.collection("default").actions == 0
    with pytest.raises(UnknownAction):
        store.exemplars("default", "wave")
    with pytest.raises(UnknownExemplar):
        store.clip("default", exemplar.id)


def test_deleting_an_action_leaves_its_neighbours(store: Store) -> None:
    for name in ("wave", "wav", "wave2", "wave"):
        enroll(store, name)
    kept = [one.id for one in store.snapshot("default").exemplars if one.action != "wave"]

    store.delete_action("default", "wave")
    assert [one.id for one in store.snapshot("default").exemplars] == kept
    info = store.collection("default")
    assert (info.actions, info.exemplars) == (2, 2)

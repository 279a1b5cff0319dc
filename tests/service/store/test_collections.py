"""Collections: made, listed, deleted, never mistaken for one another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.store import (
    CollectionExists,
    InvalidName,
    Store,
    UnknownCollection,
)
from tests.service.store.samples import OTHER_SPACE, SPACE, arrays_of, contents, enroll

STRANGE_NAMES = ["a.b", "-", "_", ".", "..", "A" * 64, "meta", "0", "default2"]
REFUSED_NAMES = ["", "a" * 65, "a b", "a}", "{a}", "a:b", "*", "ä", "a\n", "a/b", "}:meta", "a\0"]


def test_default_is_always_there(store: Store) -> None:
    (info,) = store.collections()
    assert (info.name, info.space, info.revision) == ("default", None, 0)
    assert (info.actions, info.exemplars) == (0, 0)
    assert abs(info.created - datetime.now(UTC)) < timedelta(minutes=1)


def test_collections_are_listed_by_name(store: Store) -> None:
    for name in ("zoo", "Zoo", "a.b-c_d"):
        made = store.create_collection(name)
        assert made == store.collection(name)
    enroll(store, collection="zoo")
    enroll(store, collection="zoo")

    listed = store.collections()
    assert [info.name for info in listed] == ["Zoo", "a.b-c_d", "default", "zoo"]
    assert listed == [store.collection(info.name) for info in listed]
    assert (listed[3].space, listed[3].revision) == (SPACE, 2)
    assert (listed[3].actions, listed[3].exemplars) == (1, 2)


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_collections_do_not_touch_each_other(store: Store, name: str) -> None:
    store.create_collection(name)
    enroll(store)
    before = contents(store)
    exemplar, _ = enroll(store, collection=name, space=OTHER_SPACE)

    assert [one.id for one in store.snapshot(name).exemplars] == [exemplar.id]
    assert contents(store) == before
    store.delete_collection(name)
    assert contents(store) == before


@pytest.mark.parametrize("name", REFUSED_NAMES)
def test_a_collection_name_out_of_range_is_refused_by_every_call(store: Store, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.collection(name),
        lambda: store.create_collection(name),
        lambda: store.delete_collection(name),
        lambda: store.version(name),
        lambda: enroll(store, collection=name),
        lambda: store.snapshot(name),
        lambda: store.changes(name, store.version("default")),
        lambda: store.load(name, ["a"]),
        lambda: store.load(name, []),
        lambda: store.actions(name),
        lambda: store.exemplars(name, "wave"),
        lambda: store.delete_action(name, "wave"),
        lambda: store.delete_exemplar(name, "wave", "a"),
        lambda: store.clip(name, "a"),
        lambda: store.log(name),
    ]
    for call in calls:
        with pytest.raises(InvalidName):
            call()
    assert [info.name for info in store.collections()] == ["default"]


def test_an_unknown_collection_is_unknown_to_every_call(store: Store) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.collection("no"),
        lambda: store.delete_collection("no"),
        lambda: store.version("no"),
        lambda: enroll(store, collection="no"),
        lambda: store.snapshot("no"),
        lambda: store.changes("no", store.version("default")),
        lambda: store.load("no", ["a"]),
        lambda: store.load("no", []),
        lambda: store.actions("no"),
        lambda: store.exemplars("no", "wave"),
        lambda: store.delete_action("no", "wave"),
        lambda: store.delete_exemplar("no", "wave", "a"),
        lambda: store.clip("no", "a"),
        lambda: store.log("no"),
    ]
    for call in calls:
        with pytest.raises(UnknownCollection):
            call()


def test_a_collection_is_made_once(store: Store) -> None:
    store.create_collection("gym")
    enroll(store, collection="gym")
    before = contents(store, "gym")

    for name in ("gym", "default"):
        with pytest.raises(CollectionExists):
            store.create_collection(name)
    assert contents(store, "gym") == before


def test_a_collection_made_anew_is_another_one(
    store: Store, open_another: Callable[..., Store]
) -> None:
    reader = open_another()
    store.create_collection("gym")
    enroll(store, collection="gym")
    seen = reader.version("gym")
    store.delete_collection("gym")
    with pytest.raises(UnknownCollection):
        reader.version("gym")

    store.create_collection("gym")
    enroll(store, collection="gym")
    now = reader.version("gym")
    assert now.revision == seen.revision
    assert now.incarnation != seen.incarnation
    assert reader.changes("gym", seen) is None


def test_deleting_default_empties_it(store: Store) -> None:
    exemplar, _ = enroll(store)
    seen = store.version("default")

    store.delete_collection("default")
    assert store.version("default").incarnation != seen.incarnation
    assert arrays_of(store.snapshot("default")) == {}
    assert store.log("default") == []
    enroll(store, id=exemplar.id, seed=2)
    assert len(store.snapshot("default").exemplars) == 1


def test_a_store_opened_again_holds_what_it_held(
    store: Store, open_another: Callable[..., Store]
) -> None:
    store.create_collection("gym")
    enroll(store)
    before = contents(store), store.collections()
    store.close()

    again = open_another()
    assert (contents(again), again.collections()) == before

"""Arrays of further spaces: kept beside, bound to in one moment, dropped, never left behind."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from service.store import (
    InvalidName,
    NotEmbedded,
    SpaceInUse,
    SpaceMismatch,
    Store,
    StoreTooNew,
    UnknownCollection,
    Version,
    open_reader,
)
from tests.redis_server import RedisServer
from tests.service.store.samples import (
    OTHER_SPACE,
    SPACE,
    arrays_of,
    contents,
    enroll,
    sample_arrays,
    sample_clip,
)

THIRD_SPACE = "c" * 64


def embed(store: Store, *ids: str, space: str = OTHER_SPACE, seed: int = 100) -> None:
    store.keep("default", space, {id: sample_arrays(seed) for id in ids})


def kept(store: Store) -> dict[str, tuple[bool, int]]:
    return {info.space: (info.bound, info.exemplars) for info in store.spaces("default")}


@pytest.fixture
def everything(url: str, request: pytest.FixtureRequest) -> Callable[[], Any]:
    """Reads all that the store has written down, below the store's own calls."""
    if url.startswith("sqlite"):

        def rows() -> Any:
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                return list(connection.iterdump())

        return rows
    server: RedisServer = request.getfixturevalue("redis_server")

    def keys() -> Any:
        with server.client() as client:
            found: Any = client.keys("*")
            return {key.decode(): client.dump(key) for key in found}

    return keys


def test_what_is_kept_of_another_space_changes_nothing_that_is_matched(store: Store) -> None:
    first, _ = enroll(store)
    second, _ = enroll(store, "clap", seed=1)
    before = contents(store)
    embed(store, first.id)

    assert contents(store) == before
    assert kept(store) == {SPACE: (True, 2), OTHER_SPACE: (False, 1)}
    assert [one.id for one in store.lacking("default", OTHER_SPACE)] == [second.id]
    assert store.lacking("default", SPACE) == []
    assert len(store.lacking("default", THIRD_SPACE)) == 2


def test_the_size_of_what_is_kept_is_told(store: Store) -> None:
    first, _ = enroll(store)
    enroll(store)
    embed(store, first.id)
    bound, other = store.spaces("default")
    assert bound.bytes == 2 * other.bytes
    values = sum(array.nbytes for array in sample_arrays().values())
    assert values < other.bytes < values + 500


def test_what_is_kept_already_stays(store: Store) -> None:
    exemplar, _ = enroll(store)
    embed(store, exemplar.id, seed=7)
    embed(store, exemplar.id, seed=8)
    embed(store, exemplar.id, seed=9, space=SPACE)
    assert arrays_of(store.snapshot("default"))[exemplar.id][1]["embedding"][1] == (
        sample_arrays(0)["embedding"].tobytes()
    )
    store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    assert arrays_of(store.snapshot("default"))[exemplar.id][1]["embedding"][1] == (
        sample_arrays(7)["embedding"].tobytes()
    )


def test_nothing_is_kept_of_an_exemplar_that_is_gone(
    store: Store, everything: Callable[[], Any]
) -> None:
    enroll(store)
    before = everything()
    embed(store, "gone", "too")
    assert everything() == before
    assert kept(store) == {SPACE: (True, 1)}


def test_a_collection_is_bound_to_another_space_in_one_moment(store: Store) -> None:
    first, _ = enroll(store)
    second, added = enroll(store, "clap", seed=1)
    embed(store, first.id, second.id)
    page, clip = store.actions("default"), store.clip("default", first.id)

    version = store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    assert version == store.version("default")
    assert version == Version(added.version.incarnation, added.version.revision + 1)
    snapshot = store.snapshot("default")
    assert snapshot.space == store.collection("default").space == OTHER_SPACE
    wanted = sample_arrays(100)["embedding"].tobytes()
    held = arrays_of(snapshot)
    assert {id: action for id, (action, _) in held.items()} == {
        first.id: "wave",
        second.id: "clap",
    }
    assert all(arrays["embedding"][1] == wanted for _, arrays in held.values())
    assert arrays_of(snapshot) == arrays_of(
        type(snapshot)(version, OTHER_SPACE, tuple(store.load("default", [first.id, second.id])))
    )
    assert store.actions("default") == page
    assert store.clip("default", first.id).joints.tobytes() == clip.joints.tobytes()
    # The old arrays are there still, for the way back.
    assert kept(store) == {OTHER_SPACE: (True, 2), SPACE: (False, 2)}
    (change,) = store.changes("default", added.version) or []
    assert (change.kind, change.space) == ("collection_migrated", OTHER_SPACE)
    assert (change.action, change.ids, change.added, change.removed) == ("", (), (), ())


def test_arrays_of_a_stated_space_are_loaded_whatever_the_collection_is_bound_to(
    store: Store,
) -> None:
    first, _ = enroll(store)
    second, _ = enroll(store)
    embed(store, first.id)
    ids = [first.id, second.id]
    before = [one.arrays["embedding"].tobytes() for one in store.load("default", ids)]
    embed(store, second.id)
    assert [one.id for one in store.load("default", ids, space=THIRD_SPACE)] == []
    store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    loaded = store.load("default", ids, space=SPACE)
    assert [one.arrays["embedding"].tobytes() for one in loaded] == before
    assert store.load("default", ids)[0].arrays["embedding"].tobytes() != before[0]


def test_from_then_on_the_new_space_enrolls_and_the_old_one_is_refused(store: Store) -> None:
    exemplar, _ = enroll(store)
    embed(store, exemplar.id)
    store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    with pytest.raises(SpaceMismatch) as refused:
        enroll(store)
    assert (refused.value.bound, refused.value.given) == (OTHER_SPACE, SPACE)
    newcomer, _ = enroll(store, space=OTHER_SPACE)
    assert [one.id for one in store.lacking("default", SPACE)] == [newcomer.id]
    # An enrolment of before whose answer was lost is answered as done when it is sent again.
    revision = store.version("default").revision
    store.add("default", exemplar, space=SPACE, arrays=sample_arrays(), clip=sample_clip())
    assert store.version("default").revision == revision


def test_a_collection_is_not_bound_while_an_exemplar_lacks_arrays(
    store: Store, everything: Callable[[], Any]
) -> None:
    first, _ = enroll(store)
    second, _ = enroll(store, "clap")
    embed(store, first.id)
    before = everything()
    with pytest.raises(NotEmbedded) as refused:
        store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    assert refused.value.count == 1
    with pytest.raises(NotEmbedded):
        store.rebind("default", bound=SPACE, space=OTHER_SPACE, without=[first.id])
    with pytest.raises(NotEmbedded):
        store.rebind("default", bound=SPACE, space=THIRD_SPACE, without=[second.id])
    assert everything() == before


def test_a_collection_that_moved_meanwhile_is_not_bound(
    store: Store, everything: Callable[[], Any]
) -> None:
    exemplar, _ = enroll(store)
    embed(store, exemplar.id)
    embed(store, exemplar.id, space=THIRD_SPACE)
    before = everything()
    with pytest.raises(SpaceMismatch) as refused:
        store.rebind("default", bound=THIRD_SPACE, space=OTHER_SPACE)
    assert refused.value.bound == SPACE
    assert everything() == before
    store.delete_action("default", "wave")
    with pytest.raises(SpaceMismatch):
        store.rebind("default", bound=SPACE, space=OTHER_SPACE)


def test_binding_to_the_space_it_has_changes_nothing(
    store: Store, everything: Callable[[], Any]
) -> None:
    exemplar, _ = enroll(store)
    embed(store, exemplar.id)
    version = store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    before = everything()
    again = store.rebind("default", bound=SPACE, space=OTHER_SPACE, without=[exemplar.id])
    assert again == version
    assert everything() == before


def test_exemplars_are_deleted_in_the_same_moment(store: Store) -> None:
    first, _ = enroll(store)
    second, _ = enroll(store)
    third, _ = enroll(store, "clap")
    embed(store, first.id)
    version = store.version("default")
    after = store.rebind(
        "default", bound=SPACE, space=OTHER_SPACE, without=[second.id, third.id, "gone"]
    )
    assert after.revision == version.revision + 1
    info = store.collection("default")
    assert (info.actions, info.exemplars) == (1, 1)
    assert [one.id for one in store.snapshot("default").exemplars] == [first.id]
    assert kept(store) == {OTHER_SPACE: (True, 1), SPACE: (False, 1)}
    (change,) = store.changes("default", version) or []
    assert change.ids == change.removed
    assert set(change.ids) == {second.id, third.id}
    # The action's count goes on rightly.
    store.delete_action("default", "wave")
    assert store.collection("default").actions == 0


def test_a_collection_of_which_nothing_is_left_is_bound_to_nothing(store: Store) -> None:
    exemplar, _ = enroll(store)
    store.rebind("default", bound=SPACE, space=OTHER_SPACE, without=[exemplar.id])
    info = store.collection("default")
    assert (info.space, info.actions, info.exemplars) == (None, 0, 0)
    assert store.spaces("default") == []
    enroll(store, space=THIRD_SPACE)


def test_there_and_back_leaves_what_was(store: Store) -> None:
    exemplar, _ = enroll(store)
    held = arrays_of(store.snapshot("default"))
    embed(store, exemplar.id)
    store.rebind("default", bound=SPACE, space=OTHER_SPACE)
    store.rebind("default", bound=OTHER_SPACE, space=SPACE, back=True)
    assert arrays_of(store.snapshot("default")) == held
    assert [(c.kind, c.space) for c in store.log("default")] == [
        ("exemplar_added", SPACE),
        ("collection_migrated", OTHER_SPACE),
        ("collection_rolled_back", SPACE),
    ]


def test_a_space_is_forgotten_but_not_the_one_in_use(store: Store) -> None:
    exemplar, _ = enroll(store)
    embed(store, exemplar.id)
    before = contents(store)
    with pytest.raises(SpaceInUse):
        store.forget("default", SPACE)
    store.forget("default", OTHER_SPACE)
    store.forget("default", THIRD_SPACE)
    assert contents(store) == before
    assert kept(store) == {SPACE: (True, 1)}
    with pytest.raises(NotEmbedded):
        store.rebind("default", bound=SPACE, space=OTHER_SPACE)


@pytest.mark.parametrize("way", ["exemplars", "action", "collection"])
@pytest.mark.parametrize("switched", [False, True])
def test_a_deletion_leaves_arrays_of_no_space(
    store: Store, everything: Callable[[], Any], way: str, switched: bool
) -> None:
    store.create_collection("gym")
    ids = [enroll(store, collection="gym")[0].id for _ in range(2)]
    for space in (OTHER_SPACE, THIRD_SPACE):
        store.keep("gym", space, {id: sample_arrays() for id in ids})
    if switched:
        store.rebind("gym", bound=SPACE, space=OTHER_SPACE)
    if way == "collection":
        store.delete_collection("gym")
        left = str(everything())
        assert "gym" not in left
    elif way == "action":
        store.delete_action("gym", "wave")
    else:
        store.delete_exemplar("gym", "wave", ids[0])
        assert [info.exemplars for info in store.spaces("gym")] == [1, 1, 1]
        store.delete_exemplar("gym", "wave", ids[1])
    if way != "collection":
        assert store.spaces("gym") == []
    written = everything()
    if isinstance(written, dict):
        assert not [key for key in written if ":arrays:" in key]
    else:
        assert not [row for row in written if 'INTO "arrays"' in row]


def test_an_exemplar_enrolled_at_any_moment_is_never_lost(
    store: Store, open_another: Callable[..., Store]
) -> None:
    """Binding races enrolments and deletions: what is acknowledged has arrays, or is refused."""
    enroll(store, "first")
    other = open_another()
    acknowledged: list[str] = []
    refused = threading.Event()

    def enrol() -> None:
        while not refused.is_set():
            try:
                exemplar, _ = enroll(other, "busy")
            except SpaceMismatch:
                refused.set()
                return
            acknowledged.append(exemplar.id)
            if len(acknowledged) % 5 == 0:
                other.delete_exemplar("default", "busy", acknowledged.pop())

    thread = threading.Thread(target=enrol)
    thread.start()
    try:
        while True:
            embed(store, *(one.id for one in store.lacking("default", OTHER_SPACE)))
            try:
                store.rebind("default", bound=SPACE, space=OTHER_SPACE)
                break
            except NotEmbedded:
                continue
    finally:
        thread.join(30)
        refused.set()
    held = {one.id for one in store.snapshot("default").exemplars if one.action == "busy"}
    assert held == set(acknowledged)
    assert store.lacking("default", OTHER_SPACE) == []


def test_names_out_of_range_and_unknown_collections_are_refused(store: Store) -> None:
    calls: list[Callable[[str, str], object]] = [
        lambda name, space: store.lacking(name, space),
        lambda name, space: store.keep(name, space, {"a": sample_arrays()}),
        lambda name, space: store.rebind(name, bound=SPACE, space=space),
        lambda name, space: store.forget(name, space),
    ]
    for call in calls:
        with pytest.raises(InvalidName):
            call("default", "a b")
        with pytest.raises(InvalidName):
            call("a b", SPACE)
        with pytest.raises(UnknownCollection):
            call("no", SPACE)
    with pytest.raises(UnknownCollection):
        store.spaces("no")
    with pytest.raises(InvalidName):
        store.spaces("}:meta")


def test_a_reader_that_only_looks_writes_nothing(
    url: str, store: Store, everything: Callable[[], Any]
) -> None:
    enroll(store)
    before = everything()
    with closing(open_reader(url)) as reader:
        assert contents(reader) == contents(store)  # type: ignore[arg-type]
        assert reader.spaces("default") == store.spaces("default")
        assert not hasattr(reader, "add")
    assert everything() == before


def test_a_reader_that_only_looks_refuses_a_newer_schema(url: str, store: Store) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
            other.execute("PRAGMA user_version=2")
    else:
        with closing(store):
            store._redis.command("SET", "oneshot:schema", 2)  # type: ignore[attr-defined]
    with pytest.raises(StoreTooNew):
        open_reader(url)

"""The log, and bringing a reader up to date with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from service.store import Store, Version
from tests.service.store.samples import SPACE, enroll


def test_the_log_tells_every_change_in_order(store: Store) -> None:
    first, _ = enroll(store, "wave")
    second, _ = enroll(store, "wave 2")
    third, _ = enroll(store, "wave 2", created=datetime.now(UTC) + timedelta(seconds=1))
    store.delete_exemplar("default", "wave", first.id)
    store.delete_action("default", "wave 2")

    log = store.log("default")
    assert [(c.revision, c.kind, c.action, c.ids) for c in log] == [
        (1, "exemplar_added", "wave", (first.id,)),
        (2, "exemplar_added", "wave 2", (second.id,)),
        (3, "exemplar_added", "wave 2", (third.id,)),
        (4, "exemplar_deleted", "wave", (first.id,)),
        (5, "action_deleted", "wave 2", (second.id, third.id)),
    ]
    assert all(change.space == SPACE for change in log)
    assert all(abs(c.at - datetime.now(UTC)) < timedelta(minutes=1) for c in log)
    assert (log[0].added, log[0].removed) == ((first.id,), ())
    assert (log[4].added, log[4].removed) == ((), (second.id, third.id))


def test_the_log_comes_in_pages(store: Store) -> None:
    for _ in range(5):
        enroll(store)

    assert [change.revision for change in store.log("default", 0, 2)] == [1, 2]
    assert [change.revision for change in store.log("default", 2, 2)] == [3, 4]
    assert [change.revision for change in store.log("default", 4, 2)] == [5]
    assert store.log("default", 5) == []


def test_changes_are_those_since_a_version(store: Store) -> None:
    start = store.version("default")
    _, added = enroll(store)
    second, _ = enroll(store)

    assert store.changes("default", store.version("default")) == []
    assert [c.revision for c in store.changes("default", start) or []] == [1, 2]
    assert [c.added for c in store.changes("default", added.version) or []] == [(second.id,)]


def test_changes_of_a_state_that_never_was_ask_for_a_snapshot(store: Store) -> None:
    enroll(store)
    now = store.version("default")

    assert store.changes("default", Version(now.incarnation, 2)) is None
    assert store.changes("default", Version(now.incarnation, -1)) is None
    assert store.changes("default", Version("another", 0)) is None


def test_the_log_keeps_a_stated_number_of_changes(open_another: Callable[..., Store]) -> None:
    store = open_another(log_length=4)
    versions = [store.version("default")]
    for _ in range(6):
        versions.append(enroll(store)[1].version)

    assert [change.revision for change in store.log("default")] == [3, 4, 5, 6]
    assert store.changes("default", versions[1]) is None
    assert [c.revision for c in store.changes("default", versions[2]) or []] == [3, 4, 5, 6]
    store.delete_action("default", "wave")
    assert [change.revision for change in store.log("default")] == [4, 5, 6, 7]

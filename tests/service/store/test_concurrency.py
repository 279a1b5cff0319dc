"""Many threads and processes at one store at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from service.store import Snapshot, SpaceMismatch, Store, open_store
from tests.service.store.samples import (
    OTHER_SPACE,
    SPACE,
    arrays_of,
    enroll,
    sample_arrays,
    sample_clip,
    sample_exemplar,
)


def start_enrolling(url: str, action: str, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.service.store.enrol_process", url, action, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_no_enrolment_of_many_threads_is_lost(store: Store) -> None:
    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(lambda n: enroll(store, f"action {n % 5}", seed=n), range(120)))

    info = store.collection("default")
    assert (info.revision, info.exemplars, info.actions) == (120, 120, 5)
    assert sorted(added.version.revision for _, added in done) == list(range(1, 121))
    assert set(arrays_of(store.snapshot("default"))) == {exemplar.id for exemplar, _ in done}
    log = store.log("default", 0, 1000)
    assert {c.revision: c.added for c in log} == {
        added.version.revision: (exemplar.id,) for exemplar, added in done
    }


def test_no_enrolment_of_several_processes_is_lost(store: Store, url: str) -> None:
    writers = [start_enrolling(url, f"action {n}", 20) for n in range(3)]
    own = [enroll(store, "own")[0].id for _ in range(20)]
    printed = [writer.communicate(timeout=60)[0].split() for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    ids = set(own).union(*printed)
    assert len(ids) == 80
    assert set(arrays_of(store.snapshot("default"))) == ids
    assert store.version("default").revision == 80


def test_many_may_open_a_new_store_at_once(url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(url), range(8)))
    incarnations = {store.version("default").incarnation for store in stores}
    for store in stores:
        store.close()
    assert len(incarnations) == 1


def test_one_exemplar_added_by_many_threads_is_there_once(store: Store) -> None:
    exemplar = sample_exemplar()

    def add(_: int) -> int:
        added = store.add(
            "default", exemplar, space=SPACE, arrays=sample_arrays(), clip=sample_clip()
        )
        return added.version.revision

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(16))) == {1}
    assert store.collection("default").exemplars == 1


def test_of_two_models_only_one_binds_an_empty_collection(store: Store) -> None:
    def add(n: int) -> str | None:
        space = (SPACE, OTHER_SPACE)[n % 2]
        try:
            enroll(store, space=space)
        except SpaceMismatch:
            return None
        return space

    with ThreadPoolExecutor(8) as pool:
        bound = set(pool.map(add, range(16))) - {None}
    assert bound == {store.collection("default").space}
    assert store.collection("default").exemplars == 8


def test_a_snapshot_is_of_one_moment_while_others_write(
    store: Store, open_another: Callable[..., Store]
) -> None:
    stop = threading.Event()

    def write(n: int) -> None:
        while not stop.is_set():
            kept, _ = enroll(store, f"action {n}")
            enroll(store, f"action {n}")
            store.delete_exemplar("default", f"action {n}", kept.id)
            store.delete_action("default", f"action {n}")

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, n) for n in range(3)]
        reader = open_another()
        seen: dict[int, Snapshot] = {}
        while len(seen) < 30 and not any(writer.done() for writer in writers):
            snapshot = reader.snapshot("default")
            seen[snapshot.version.revision] = snapshot
        stop.set()
    assert [writer.result() for writer in writers] == [None] * 3
    states: dict[int, set[str]] = {0: set()}
    for change in store.log("default", 0, 10_000):
        states[change.revision] = states[change.revision - 1] - {*change.removed} | {*change.added}
    for revision, snapshot in seen.items():
        assert set(arrays_of(snapshot)) == states[revision]
        assert snapshot.space == (SPACE if snapshot.exemplars else None)

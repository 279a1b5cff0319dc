"""The gallery in memory is always what the store holds, whoever changed it and how often."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from service.encoder import Encoder
from service.galleries import Galleries
from service.gallery import Gallery
from service.recogniser import Recogniser
from service.routes.dependencies import change_store
from service.store import (
    Exemplar,
    Store,
    StoredClip,
    StoreUnavailable,
    UnknownCollection,
    Version,
    open_store,
)
from service.workers import Workers
from skeleton import Recording
from tests.service.caller import performance

WIDTH = 4
LOCAL = (2, 3)
SECONDS = 10.0
CLIP = StoredClip(np.zeros((1, 1, 1, 3), dtype=np.float32), "one", ("head",), (-1,), "x,y,z")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def open_short(
    store_kind: str, stores: Callable[[str], str], tmp_path: Path
) -> Callable[[], Store]:
    """Opens a store whose log keeps three changes, so that it is often too short."""
    url = f"sqlite:///{tmp_path}/short.db" if store_kind == "sqlite" else stores("redis")
    return lambda: open_store(url, log_length=3)


def add(store: Store, collection: str, number: int, action: str, space: str = "s") -> None:
    vector = np.zeros(WIDTH, dtype=np.float32)
    vector[number % WIDTH] = number
    arrays = {
        "embedding": vector,
        "cohort_mean": np.asarray(number, dtype=np.float32),
        "cohort_std": np.asarray(1, dtype=np.float32),
        "local": np.full(LOCAL, number, dtype=np.float32),
    }
    exemplar = Exemplar(f"e{number}", action, START + timedelta(seconds=number))
    store.add(collection, exemplar, space=space, arrays=arrays, clip=CLIP)


def rows(gallery: Gallery) -> dict[str, tuple[str, list[float], float, list[float] | None]]:
    return {
        id: (
            gallery.names[gallery.numbers[row]],
            gallery.embeddings[row].tolist(),
            float(gallery.cohort_mean[row]),
            None if gallery.local is None else gallery.local[row].ravel().tolist(),
        )
        for row, id in enumerate(gallery.ids)
    }


@pytest.mark.parametrize("seed", range(6))
def test_a_gallery_is_what_the_store_holds_after_any_changes(
    open_short: Callable[[], Store], seed: int
) -> None:
    random, name = Random(seed), f"any-{seed}"
    ours, theirs = open_short(), open_short()
    ours.create_collection(name)
    local = LOCAL if seed % 2 else None
    galleries, number, space = Galleries(ours, WIDTH, local=local), 0, "s"
    for _ in range(120):
        held = rows(Galleries(theirs, WIDTH).current(name)[0])
        change = random.random()
        if change < 0.6 or not held:
            if not held:
                space = random.choice(["s", "t"])
            number += 1
            add(theirs, name, number, f"a{random.randrange(4)}", space)
        elif change < 0.8:
            id = random.choice(sorted(held))
            theirs.delete_exemplar(name, held[id][0], id)
        elif change < 0.92:
            theirs.delete_action(name, random.choice(sorted(held.values()))[0])
        else:
            theirs.delete_collection(name)
            theirs.create_collection(name)
        if random.random() < 0.4:
            gallery, stale = galleries.current(name)
            expected = theirs.snapshot(name)
            assert not stale
            assert gallery.version == expected.version
            assert gallery.space == expected.space
            afresh = Galleries(theirs, WIDTH, local=local).current(name)[0]
            assert rows(gallery) == rows(afresh)
            assert gallery.numbers[gallery.firsts].tolist() == list(range(len(gallery.names)))
            assert (np.diff(gallery.numbers, prepend=-1)[gallery.firsts] == 1).all()
            # Equal scores come in this order, whatever a process has been through.
            assert gallery.ids == afresh.ids
            assert list(zip(gallery.actions, gallery.ids, strict=True)) == sorted(
                zip(gallery.actions, gallery.ids, strict=True)
            )
            assert set(gallery.ids) == {e.id for e in expected.exemplars}
    ours.delete_collection(name)
    with pytest.raises(UnknownCollection):
        galleries.current(name)
    ours.close()
    theirs.close()


def test_local_features_are_held_only_for_a_model_that_matches_by_them(line: Interrupted) -> None:
    assert Galleries(line, WIDTH).current("default")[0].local is None
    galleries = Galleries(line, WIDTH, local=LOCAL)
    empty = galleries.current("default")[0].local
    assert empty is not None
    assert empty.shape == (0, *LOCAL)
    add(line, "default", 7, "wave")
    held = galleries.current("default")[0].local
    assert held is not None
    assert held.dtype == np.float32
    assert np.array_equal(held, np.full((1, *LOCAL), 7))
    assert Galleries(line, WIDTH).current("default")[0].local is None


def test_threads_that_ask_at_once_all_get_the_newest(open_short: Callable[[], Store]) -> None:
    ours, theirs = open_short(), open_short()
    ours.create_collection("threads")
    galleries, wrong = Galleries(ours, WIDTH), list[int]()
    acknowledged = 0

    def ask() -> None:
        while acknowledged < 60:
            known = acknowledged
            gallery, _ = galleries.current("threads")
            if not known <= len(gallery) <= gallery.version.revision == len(gallery):
                wrong.append(known)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 61):
        add(theirs, "threads", number, "a")
        acknowledged = number
    for thread in threads:
        thread.join()
    assert wrong == []
    ours.delete_collection("threads")
    ours.close()
    theirs.close()


class Interrupted:
    """A real store behind a line that can be cut, or be slow for one collection."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False
        self.slow: str | None = None
        self.go_on = threading.Event()

    def version(self, name: str) -> Version:
        if self.away:
            raise StoreUnavailable("the line is cut")
        return self._store.version(name)

    def snapshot(self, name: str) -> Any:
        if name == self.slow:
            assert self.go_on.wait(SECONDS)
        return self._store.snapshot(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path}/line.db")) as store:
        yield store


@pytest.fixture
def line(stored: Store) -> Interrupted:
    return Interrupted(stored)


def test_what_was_asked_for_long_ago_is_let_go_and_loaded_anew(line: Interrupted) -> None:
    galleries, names = Galleries(line, WIDTH, most=3), ["a", "b", "c", "d"]
    for number, name in enumerate(names):
        line.create_collection(name)
        add(line, name, number + 1, "wave")
    first = {name: galleries.current(name)[0] for name in names[:3]}
    assert galleries.current("a")[0] is first["a"]
    galleries.current("d")
    assert galleries.current("a")[0] is first["a"]
    anew = galleries.current("b")[0]
    assert anew is not first["b"]
    assert rows(anew) == rows(first["b"])


def test_names_of_no_collection_push_nothing_out(line: Interrupted) -> None:
    galleries = Galleries(line, WIDTH, most=2)
    known = galleries.current("default")[0]
    for number in range(5):
        with pytest.raises(UnknownCollection):
            galleries.current(f"nobody-{number}")
    assert galleries.current("default")[0] is known


def test_a_forgotten_collection_is_not_in_memory_any_more(line: Interrupted) -> None:
    galleries = Galleries(line, WIDTH)
    galleries.current("default")
    galleries.forget("default")
    line.away = True
    with pytest.raises(StoreUnavailable):
        galleries.current("default")


def test_a_collection_that_loads_slowly_delays_no_other(line: Interrupted) -> None:
    galleries = Galleries(line, WIDTH)
    line.create_collection("large")
    line.slow = "large"
    loading = threading.Thread(target=galleries.current, args=("large",))
    loading.start()
    other = threading.Thread(target=galleries.current, args=("default",))
    other.start()
    other.join(SECONDS / 2)
    assert not other.is_alive()
    assert loading.is_alive()
    line.go_on.set()
    loading.join()


def test_what_was_acknowledged_is_recognised_right_after_the_store_returns(
    line: Interrupted, model: Path
) -> None:
    recogniser = Recogniser(Encoder(model, provider="cpu"), line)
    wave, kick = recording("wave"), recording("kick")
    recogniser.enroll("default", "wave", wave)
    assert not recogniser.recognize("default", wave, 5).stale
    line.away = True
    assert recogniser.recognize("default", wave, 5).stale
    line.away = False
    recogniser.enroll("default", "kick", kick)
    after = recogniser.recognize("default", kick, 5)
    assert not after.stale
    assert after.judgement.matches[0].action == "kick"


def test_what_was_acknowledged_here_is_known_while_the_store_is_away(
    line: Interrupted, model: Path
) -> None:
    """Even if it goes right after the answer, before anyone was recognised."""
    recogniser = Recogniser(Encoder(model, provider="cpu"), line)
    wave = recording("wave")
    recogniser.enroll("default", "wave", wave)
    line.away = True
    after = recogniser.recognize("default", wave, 5)
    assert after.stale
    assert [match.action for match in after.judgement.matches] == ["wave"]


@pytest.mark.parametrize("deleted", ["action", "exemplar"])
def test_a_deletion_acknowledged_here_is_known_while_the_store_is_away(
    line: Interrupted, model: Path, deleted: str
) -> None:
    """Even right after an outage, when recognition does not ask the store for a while."""
    recogniser = Recogniser(Encoder(model, provider="cpu"), line)
    wave, kick = recording("wave"), recording("kick")
    enrolled = recogniser.enroll("default", "wave", wave)
    recogniser.enroll("default", "kick", kick)
    line.away = True
    assert recogniser.recognize("default", wave, 5).stale
    line.away = False
    workers = Workers(1, 4)
    service: Any = SimpleNamespace(recogniser=recogniser, workers=workers)

    def change(store: Store) -> None:
        if deleted == "action":
            store.delete_action("default", "wave")
        else:
            store.delete_exemplar("default", "wave", enrolled.exemplar.id)

    asyncio.run(change_store(service, "default", change))
    workers.close()
    line.away = True
    after = recogniser.recognize("default", wave, 5)
    assert after.stale
    assert [match.action for match in after.judgement.matches] == ["kick"]


def test_a_stale_memory_of_another_model_refuses_no_enrolment(
    line: Interrupted, model: Path
) -> None:
    add(line, "default", 1, "wave", space="another")
    recogniser = Recogniser(Encoder(model, provider="cpu"), line)
    recogniser.galleries.current("default")
    line.delete_action("default", "wave")
    line.away = True
    enrolled = recogniser.enroll("default", "wave", recording("wave"))
    assert enrolled.added.exemplars == 1
    assert enrolled.similar is None


def recording(action: str) -> Recording:
    clip = performance(action)
    return Recording(clip.joints, clip.layout, clip.layout.axes, clip.fps)


def migrate(store: Store, collection: str, space: str, width: int = WIDTH) -> None:
    """Binds a collection to a space of its own shape and names."""
    lacking = store.lacking(collection, space)
    vector = np.ones(width, dtype=np.float32)
    arrays = {"embedding": vector, "cohort_mean": np.asarray(1, dtype=np.float32)}
    store.keep(collection, space, {one.id: arrays for one in lacking})
    bound = store.collection(collection).space
    assert bound is not None
    store.rebind(collection, bound=bound, space=space)


def test_a_gallery_follows_a_switch_to_arrays_of_another_width(line: Interrupted) -> None:
    galleries = Galleries(line, WIDTH)
    add(line, "default", 1, "wave")
    galleries.current("default")
    migrate(line, "default", "t", width=7)
    gallery, _ = galleries.current("default")
    assert (gallery.space, gallery.embeddings.shape) == ("t", (1, 7))


def test_of_another_models_collection_only_its_space_is_known(line: Interrupted) -> None:
    """Its arrays may have any names: they are not even looked at."""
    odd = {"vector": np.ones(3, dtype=np.float32)}
    line.add("default", Exemplar("e1", "wave", START), space="odd", arrays=odd, clip=CLIP)
    ours = Galleries(line, WIDTH, "s")
    for number in (2, 3):
        gallery, _ = ours.current("default")
        assert (gallery.space, len(gallery)) == ("odd", 0)
        assert gallery.version == line.version("default")
        exemplar = Exemplar(f"e{number}", "wave", START)
        line.add("default", exemplar, space="odd", arrays=odd, clip=CLIP)
    migrate(line, "default", "s")
    gallery, _ = ours.current("default")
    assert (gallery.space, len(gallery)) == ("s", 3)
    migrate(line, "default", "t")
    assert len(ours.current("default")[0]) == 0
    line.delete_action("default", "wave")
    add(line, "default", 4, "kick", space="s")
    assert ours.current("default")[0].ids == ("e4",)


class SwitchedBetween(Interrupted):
    """A store that another process switches just before the arrays of a change are read."""

    def load(self, name: str, ids: Any, **which: Any) -> Any:
        migrate(self._store, name, "t", width=7)
        return self._store.load(name, ids, **which)


def test_a_switch_while_changes_are_read_mixes_no_two_spaces(stored: Store) -> None:
    line = SwitchedBetween(stored)
    galleries = Galleries(line, WIDTH)
    add(line, "default", 1, "wave")
    galleries.current("default")
    add(line, "default", 2, "wave")
    gallery, _ = galleries.current("default")
    assert (gallery.space, gallery.embeddings.shape) == ("s", (2, WIDTH))
    assert galleries.current("default")[0].space == "t"

"""The gallery in memory is always what the store holds, whoever changed it and how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from service.gallery import Galleries, Gallery
from service.store import Exemplar, Store, StoredClip, UnknownCollection, open_store

WIDTH = 4
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
    }
    exemplar = Exemplar(f"e{number}", action, START + timedelta(seconds=number))
    store.add(collection, exemplar, space=space, arrays=arrays, clip=CLIP)


def rows(gallery: Gallery) -> dict[str, tuple[str, list[float], float]]:
    return {
        id: (
            gallery.names[gallery.numbers[row]],
            gallery.embeddings[row].tolist(),
            float(gallery.cohort_mean[row]),
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
    galleries, number, space = Galleries(ours, WIDTH), 0, "s"
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
            assert rows(gallery) == rows(Galleries(theirs, WIDTH).current(name)[0])
            assert set(gallery.ids) == {e.id for e in expected.exemplars}
    ours.delete_collection(name)
    with pytest.raises(UnknownCollection):
        galleries.current(name)
    ours.close()
    theirs.close()


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

"""Random histories: every store does what a plain dictionary would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.store import Exemplar, Snapshot, Store, UnknownAction, UnknownExemplar, Version
from tests.service.store.samples import SPACE, START, arrays_of, sample_arrays, sample_clip

ACTIONS = st.sampled_from(["wave", "wav", "挥手"])
NUMBERS = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("add"), ACTIONS, NUMBERS),
    st.tuples(st.just("add"), ACTIONS, NUMBERS),
    st.tuples(st.just("delete_exemplar"), ACTIONS, NUMBERS),
    st.tuples(st.just("delete_action"), ACTIONS, NUMBERS),
    st.tuples(st.just("follow"), ACTIONS, NUMBERS),
)


class Reader:
    """Follows a collection by its changes alone, as the gallery does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.version = store.version("default")
        self.held: dict[str, Any] = {}

    def follow(self) -> None:
        for change in self.store.changes("default", self.version) or []:
            for id in change.removed:
                self.held.pop(id)
            if change.added:
                loaded = tuple(self.store.load("default", change.added))
                # One that a later change removed is not there any more.
                part = arrays_of(Snapshot(self.version, SPACE, loaded))
                self.held |= {id: part.get(id) for id in change.added}
            self.version = Version(self.version.incarnation, change.revision)


def step(store: Store, model: dict[str, str], kind: str, action: str, id: str) -> int:
    """Does one step in store and model; how far the revision must have risen."""
    known = action in model.values()
    if kind == "add":
        if id in model:
            return 0
        number = int(id)
        exemplar = Exemplar(id, action, START + timedelta(seconds=number), {"n": number})
        added = store.add(
            "default",
            exemplar,
            space=SPACE,
            arrays=sample_arrays(number),
            clip=sample_clip(number),
        )
        model[id] = action
        assert added.exemplars == list(model.values()).count(action)
        return 1
    if kind == "delete_exemplar":
        try:
            store.delete_exemplar("default", action, id)
        except UnknownAction:
            assert not known
            return 0
        except UnknownExemplar:
            assert known
            assert model.get(id) != action
            return 0
        assert model.pop(id) == action
        return 1
    try:
        store.delete_action("default", action)
    except UnknownAction:
        assert not known
        return 0
    for gone in [id for id, of in model.items() if of == action]:
        del model[gone]
    return 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=25))
def test_any_history_leaves_what_a_dictionary_would(
    store: Store, steps: list[tuple[str, str, int]]
) -> None:
    store.delete_collection("default")
    model: dict[str, str] = {}
    reader = Reader(store)
    revision = 0
    for kind, action, number in steps:
        if kind == "follow":
            reader.follow()
        else:
            revision += step(store, model, kind, action, str(number))
    reader.follow()

    snapshot = store.snapshot("default")
    assert snapshot.version.revision == reader.version.revision == revision
    assert {one.id: one.action for one in snapshot.exemplars} == model
    assert reader.held == arrays_of(snapshot)
    assert snapshot.space == (SPACE if model else None)
    for id, (action, held) in arrays_of(snapshot).items():
        assert action == model[id]
        assert held["embedding"][1] == sample_arrays(int(id))["embedding"].tobytes()
        assert store.clip("default", id).joints.tobytes() == sample_clip(int(id)).joints.tobytes()
    infos = store.actions("default").actions
    assert {i.action: i.exemplars for i in infos} == {
        action: list(model.values()).count(action) for action in set(model.values())
    }
    info = store.collection("default")
    assert (info.actions, info.exemplars) == (len(set(model.values())), len(model))
    for one in infos:
        times = [e.created for e in store.exemplars("default", one.action)]
        assert (one.created, one.updated) == (min(times), max(times))

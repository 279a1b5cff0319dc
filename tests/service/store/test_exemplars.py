"""Adding, reading and removing exemplars: the same promises from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from service.store import (
    ExemplarExists,
    SpaceMismatch,
    Store,
    UnknownAction,
    UnknownCollection,
    UnknownExemplar,
    Version,
)
from tests.service.store.samples import (
    OTHER_SPACE,
    SPACE,
    START,
    arrays_of,
    contents,
    enroll,
    sample_arrays,
    sample_clip,
    sample_exemplar,
)


def test_an_exemplar_comes_back_as_it_was_given(store: Store) -> None:
    exemplar, _ = enroll(store, seed=3)

    assert store.exemplars("default", "wave") == [exemplar]
    (held,) = store.snapshot("default").exemplars
    assert (held.id, held.action) == (exemplar.id, "wave")
    assert held.arrays.keys() == sample_arrays(3).keys()
    for name, array in sample_arrays(3).items():
        assert held.arrays[name].dtype == np.float32
        assert held.arrays[name].shape == array.shape
        assert held.arrays[name].tobytes() == array.tobytes()


def test_a_clip_comes_back_to_the_bit_with_a_layout_of_the_users_own(store: Store) -> None:
    exemplar, _ = enroll(store, seed=5)

    clip, given = store.clip("default", exemplar.id), sample_clip(5)
    assert clip.joints.tobytes() == given.joints.tobytes()
    assert clip.joints.shape == given.joints.shape
    assert clip.joints.dtype == np.float32
    assert replace(clip, joints=given.joints).__dict__ == given.__dict__


def test_a_clip_may_lack_frame_rate_and_person(store: Store) -> None:
    exemplar = sample_exemplar()
    clip = replace(sample_clip(), fps=None, person=None)
    store.add("default", exemplar, space=SPACE, arrays=sample_arrays(), clip=clip)

    held = store.clip("default", exemplar.id)
    assert (held.fps, held.person) == (None, None)


def test_a_moment_of_any_time_zone_is_kept(store: Store) -> None:
    moment = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=5)))
    enroll(store, created=moment)

    (held,) = store.exemplars("default", "wave")
    assert held.created == moment
    assert held.created.tzinfo == UTC


def test_each_change_raises_the_revision_by_one(store: Store) -> None:
    start = store.version("default")
    first, added = enroll(store)
    assert added.version == Version(start.incarnation, start.revision + 1)
    second, _ = enroll(store)
    enroll(store, "clap")
    assert store.version("default").revision == start.revision + 3
    assert store.delete_exemplar("default", "wave", first.id).revision == start.revision + 4
    assert store.delete_action("default", "clap").revision == start.revision + 5
    assert store.delete_exemplar("default", "wave", second.id) == store.version("default")
    assert store.version("default") == Version(start.incarnation, start.revision + 6)


def test_an_enrolment_tells_how_many_exemplars_its_action_has(store: Store) -> None:
    assert enroll(store, "wave")[1].exemplars == 1
    assert enroll(store, "clap")[1].exemplars == 1
    assert enroll(store, "wave")[1].exemplars == 2


def test_adding_the_same_twice_is_done_once(store: Store) -> None:
    exemplar, added = enroll(store)
    before = contents(store)

    again = store.add("default", exemplar, space=SPACE, arrays=sample_arrays(), clip=sample_clip())
    assert again == added
    assert contents(store) == before


@pytest.mark.parametrize("differing", ["action", "metadata", "arrays", "clip", "space"])
def test_an_id_is_not_given_to_other_content(store: Store, differing: str) -> None:
    exemplar, _ = enroll(store)
    before = contents(store)
    other = {
        "action": replace(exemplar, action="clap"),
        "metadata": replace(exemplar, metadata={}),
    }.get(differing, exemplar)

    with pytest.raises(ExemplarExists):
        store.add(
            "default",
            other,
            space=OTHER_SPACE if differing == "space" else SPACE,
            arrays=sample_arrays(1 if differing == "arrays" else 0),
            clip=sample_clip(1 if differing == "clip" else 0),
        )
    assert contents(store) == before


def test_a_collection_is_bound_to_the_space_of_its_first_exemplar(store: Store) -> None:
    assert store.collection("default").space is None
    enroll(store)
    assert store.collection("default").space == store.snapshot("default").space == SPACE
    before = contents(store)

    with pytest.raises(SpaceMismatch) as refused:
        enroll(store, space=OTHER_SPACE)
    assert (refused.value.bound, refused.value.given) == (SPACE, OTHER_SPACE)
    assert contents(store) == before


@pytest.mark.parametrize("way", ["exemplar", "action", "collection"])
def test_an_emptied_collection_takes_another_space(store: Store, way: str) -> None:
    exemplar, _ = enroll(store)
    if way == "exemplar":
        store.delete_exemplar("default", "wave", exemplar.id)
    elif way == "action":
        store.delete_action("default", "wave")
    else:
        store.delete_collection("default")
    assert store.collection("default").space is None

    again, _ = enroll(store, space=OTHER_SPACE, seed=1)
    snapshot = store.snapshot("default")
    assert snapshot.space == OTHER_SPACE
    assert [one.id for one in snapshot.exemplars] == [again.id]


def test_exemplars_come_oldest_first(store: Store) -> None:
    late, _ = enroll(store, created=START + timedelta(days=2))
    early, _ = enroll(store, created=START)
    middle, _ = enroll(store, created=START + timedelta(microseconds=1))

    assert store.exemplars("default", "wave") == [early, middle, late]
    (info,) = store.actions("default").actions
    assert (info.exemplars, info.created, info.updated) == (3, early.created, late.created)


def test_what_is_not_there_is_named(store: Store) -> None:
    exemplar, _ = enroll(store)
    enroll(store, "clap")
    before = contents(store)

    with pytest.raises(UnknownAction, match="jump"):
        store.delete_action("default", "jump")
    with pytest.raises(UnknownAction, match="jump"):
        store.delete_exemplar("default", "jump", exemplar.id)
    with pytest.raises(UnknownExemplar):
        store.delete_exemplar("default", "clap", exemplar.id)
    with pytest.raises(UnknownExemplar):
        store.delete_exemplar("default", "wave", "nothing")
    with pytest.raises(UnknownExemplar):
        store.clip("default", "nothing")
    with pytest.raises(UnknownCollection):
        enroll(store, collection="nowhere")
    assert contents(store) == before


def test_only_float32_arrays_and_whole_clips_are_stored(store: Store) -> None:
    before = contents(store)
    exemplar, arrays, clip = sample_exemplar(), sample_arrays(), sample_clip()

    def add(**given: object) -> None:
        words = {"space": SPACE, "arrays": arrays, "clip": clip, **given}
        store.add("default", given.pop("exemplar", exemplar), **words)  # type: ignore[arg-type]

    double = {"embedding": np.zeros(3)}
    with pytest.raises(ValueError, match="float32"):
        add(arrays=double)
    with pytest.raises(ValueError, match="float32"):
        add(arrays={"embedding": np.array([None])})
    with pytest.raises(ValueError, match=r"\(T, M, V, 3\)"):
        add(clip=replace(clip, joints=clip.joints[0]))
    with pytest.raises(ValueError, match="names"):
        add(clip=replace(clip, joint_names=("pelvis",)))
    with pytest.raises(ValueError, match="frame rate"):
        add(clip=replace(clip, fps=float("nan")))
    for metadata in ({"when": datetime.now(UTC)}, {"seen": float("nan")}):
        with pytest.raises(ValueError, match="JSON"):
            store.add(
                "default",
                replace(exemplar, metadata=metadata),
                space=SPACE,
                arrays=arrays,
                clip=clip,
            )
    with pytest.raises(ValueError, match="time zone"):
        enroll(store, created=datetime(2026, 1, 1))
    assert contents(store) == before


def test_load_gives_those_that_are_there_in_the_order_asked_for(store: Store) -> None:
    ids = [enroll(store, f"action {n}", seed=n)[0].id for n in range(600)]
    whole = arrays_of(store.snapshot("default"))

    assert [one.id for one in store.load("default", [ids[2], "gone", ids[0]])] == [ids[2], ids[0]]
    assert store.load("default", []) == []
    loaded = store.load("default", ids)
    assert [one.id for one in loaded] == ids
    assert {
        one.id: (one.action, {k: (v.shape, v.tobytes()) for k, v in one.arrays.items()})
        for one in loaded
    } == whole

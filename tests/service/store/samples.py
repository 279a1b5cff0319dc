"""Exemplars to store, and everything a store holds in a form that can be compared."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.store import Added, Exemplar, Snapshot, Store, StoredClip

SPACE = "a" * 64
OTHER_SPACE = "b" * 64
START = datetime(2026, 1, 1, tzinfo=UTC)


def sample_arrays(seed: int = 0) -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    return {
        "embedding": random.standard_normal(16).astype(np.float32),
        "local": random.standard_normal((4, 8)).astype(np.float32),
        "cohort_mean": np.asarray(0.25 + seed, np.float32),
        "nothing": np.zeros((0, 3), np.float32),
    }


def sample_clip(seed: int = 0) -> StoredClip:
    joints = np.random.default_rng(seed).standard_normal((7, 2, 3, 3)).astype(np.float32)
    joints[2, 1] = np.nan
    # Another NaN than numpy's own, and a negative zero: bits, not values, must come back.
    joints.view(np.uint32)[3, 0, 0, 0] = 0x7FC12345
    joints[3, 0, 0, 1] = -0.0
    return StoredClip(
        joints=joints,
        layout="my own",
        joint_names=("pelvis", "cabeça", "左手"),
        parents=(-1, 0, 1),
        axes="x,-y,-z",
        fps=29.97,
        person=1,
    )


def sample_exemplar(action: str = "wave", **fields: Any) -> Exemplar:
    exemplar = Exemplar(
        id=uuid.uuid4().hex,
        action=action,
        created=datetime.now(UTC),
        metadata={"quality": {"frames": 64, "seen": 0.98, "warnings": []}, "note": "ünïcode"},
    )
    return replace(exemplar, **fields)


def enroll(
    store: Store,
    action: str = "wave",
    *,
    collection: str = "default",
    space: str = SPACE,
    seed: int = 0,
    **fields: Any,
) -> tuple[Exemplar, Added]:
    exemplar = sample_exemplar(action, **fields)
    added = store.add(
        collection, exemplar, space=space, arrays=sample_arrays(seed), clip=sample_clip(seed)
    )
    return exemplar, added


def arrays_of(snapshot: Snapshot) -> dict[str, tuple[str, dict[str, tuple[Any, bytes]]]]:
    """Per exemplar its action and, per array, shape and bytes."""
    return {
        one.id: (one.action, {k: (v.shape, v.tobytes()) for k, v in one.arrays.items()})
        for one in snapshot.exemplars
    }


def contents(store: Store, collection: str = "default") -> Any:
    """Everything a collection holds, comparable by ==."""
    info = store.collection(collection)
    snapshot = store.snapshot(collection)
    page = store.actions(collection, limit=1000)
    exemplars = [one for a in page.actions for one in store.exemplars(collection, a.action)]
    clips = {one.id: store.clip(collection, one.id).joints.tobytes() for one in exemplars}
    log = store.log(collection, 0, 100_000)
    return info, snapshot.version, arrays_of(snapshot), page, exemplars, clips, log

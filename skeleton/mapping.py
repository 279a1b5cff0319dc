"""Mapping between layouts by the meaning of joints (ours).

A joint that the source lacks is derived from others, or its nearest stands in; both count as
seen. What cannot be had stays unseen. A joint that the whole clip never shows is lacking too,
whatever its layout says. Which joints one comes from does not depend on the frame: a joint that is
unseen for a while leaves a gap, and no jump to another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import Layout

Recipe = tuple[str, ...]  # source joints whose mean is taken

_MIDDLE: dict[str, tuple[Recipe, ...]] = {
    "pelvis": (("left_hip", "right_hip"), ("spine_low",)),
    "spine_low": (("pelvis", "spine"), ("pelvis",)),
    "spine": (
        ("pelvis", "neck"),
        ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
        ("chest",),
        ("spine_low",),
    ),
    "chest": (("spine", "neck"), ("neck",), ("left_shoulder", "right_shoulder")),
    "neck": (("left_shoulder", "right_shoulder"), ("chest",), ("neck_top",)),
    "neck_top": (("neck", "head"), ("neck",)),
    "head": (("left_ear", "right_ear"), ("left_eye", "right_eye"), ("nose",), ("head_top",)),
    "head_top": (("head",),),
    "nose": (("head",),),
}
_SIDED: dict[str, tuple[Recipe, ...]] = {
    "collar": (("neck", "*_shoulder"),),
    "wrist": (("*_hand",), ("*_index", "*_pinky"), ("*_index",)),
    "hand": (("*_index", "*_pinky"), ("*_index",), ("*_wrist",)),
    "hand_tip": (("*_index",), ("*_hand",), ("*_wrist",)),
    "index": (("*_hand_tip",), ("*_hand",), ("*_wrist",)),
    "pinky": (("*_hand",), ("*_wrist",)),
    "thumb": (("*_hand",), ("*_wrist",)),
    "ankle": (("*_heel",), ("*_foot",), ("*_toes",)),
    "heel": (("*_ankle",), ("*_foot",)),
    "foot": (("*_toes", "*_small_toe"), ("*_toes",), ("*_ankle",)),
    "toes": (("*_foot",), ("*_ankle",)),
    "small_toe": (("*_toes",), ("*_foot",), ("*_ankle",)),
}


def _recipes(joint: str) -> Iterator[Recipe]:
    yield (joint,)
    yield from _MIDDLE.get(joint, ())
    side, _, part = joint.partition("_")
    if side in ("left", "right"):
        for recipe in _SIDED.get(part, ()):
            yield tuple(name.replace("*", side) for name in recipe)


@dataclass(frozen=True, eq=False)
class Mapping:
    """How the V' joints of `target` come from the V of `source`.

    `mapped`, `derived` and `missing` name the target's joints by how they were had.
    """

    source: Layout
    target: Layout
    mapped: tuple[str, ...]
    derived: dict[str, Recipe]
    missing: tuple[str, ...]
    order: NDArray[np.intp]  # (V',) source column of each target joint, the first of its recipe
    means: tuple[tuple[int, NDArray[np.intp]], ...]  # target column, source columns

    def apply(self, joints: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map `(..., V, 3)` to `(..., V', 3)`; NaN where any contributing joint was unseen."""
        if self.source.joints == self.target.joints and not self.derived:
            return joints
        # `take` leaves the memory in order, which an index does not: what follows is twice as fast.
        mapped = joints.take(self.order, axis=-2)
        for column, sources in self.means:
            mapped[..., column, :] = joints[..., sources, :].mean(axis=-2)
        for joint in self.missing:
            mapped[..., self.target.index[joint], :] = np.nan
        return mapped


def absent_joints(joints: NDArray[np.floating], layout: Layout) -> frozenset[str]:
    """Return the joints of `(T, V, 3)` that are NaN in every frame."""
    unseen = np.isnan(joints)
    if not unseen.any():
        return frozenset()
    whole = unseen.any(axis=-1).all(axis=0)
    return frozenset(joint for joint, gone in zip(layout.joints, whole, strict=True) if gone)


@lru_cache(maxsize=256)
def mapping(source: Layout, target: Layout, without: frozenset[str] = frozenset()) -> Mapping:
    """Return the mapping from one layout to another; the source's joints `without` are lacking."""
    has = set(source.joints) - without
    mapped: list[str] = []
    derived: dict[str, Recipe] = {}
    missing: list[str] = []
    order = np.zeros(len(target), dtype=np.intp)
    means: list[tuple[int, NDArray[np.intp]]] = []
    for column, joint in enumerate(target.joints):
        recipe = next((r for r in _recipes(joint) if has.issuperset(r)), None)
        if recipe is None:
            missing.append(joint)
            continue
        columns = np.array([source.index[j] for j in recipe], dtype=np.intp)
        order[column] = columns[0]
        if len(columns) > 1:
            means.append((column, columns))
        if recipe == (joint,):
            mapped.append(joint)
        else:
            derived[joint] = recipe
    return Mapping(source, target, tuple(mapped), derived, tuple(missing), order, tuple(means))

"""The project's JSON: nested lists `[T][V][3]` or `[T][M][V][3]`, an unseen joint null (ours)."""

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import BadShape

_DEEPEST = 4
_NULL = type(None)
#: How far nulls may be filled up: `null` for a joint is three, for a frame as many as its joints,
#: which must not let a small body take all the memory. An `.npy` body of 16 MiB has as many.
_MOST_FOR_ONE_GIVEN = 3
_ALWAYS = 4_000_000
# By type and not by isinstance: true and false are no coordinates.
_COORDINATES = frozenset({int, float, _NULL})


def read_joint_lists(joints: Any) -> NDArray[np.float32]:
    """Turn nested lists into float32; `null`, or `[null, null, null]`, becomes NaN. So does every
    joint of a person or of a frame that is null.

    Raises `BadShape` for anything else: ragged lists, strings, true and false among it; and for
    nulls that stand for far more than the body gives.
    """
    if not isinstance(joints, list):
        raise BadShape(f"joints must be a list of frames, not {_kind(joints)}")
    # Level by level, all of a level at once: each is lists of one length, or the coordinates.
    shape, items = [len(joints)], joints
    given = len(joints)  # entries of the body's own lists, on all levels so far
    while not (kinds := set(map(type, items))) <= _COORDINATES:
        if list not in kinds:
            raise BadShape("a coordinate is not a number")
        if len(shape) == _DEEPEST:
            raise BadShape("joints are nested deeper than [T][M][V][3]")
        lists = len(items) - (items.count(None) if _NULL in kinds else 0)
        items = _of_one_length(items, kinds, joints)
        width = len(items[0])
        given += lists * width
        _refuse_mostly_null(len(items) * width, given)
        shape.append(width)
        items = list(chain.from_iterable(items))
    if len(shape) == 2 and kinds == {_NULL}:
        _refuse_mostly_null(len(items) * 3, given)
        shape.append(3)  # every joint of every frame is null
        items = items * 3
    try:
        with np.errstate(over="ignore"):
            return np.array(items, dtype=np.float64).astype(np.float32).reshape(shape)
    except OverflowError:
        raise BadShape("a coordinate is too large a number") from None


def _of_one_length(items: list[Any], kinds: set[type], joints: list[Any]) -> list[list[Any]]:
    """The lists of one level; what is null as a whole among them as one of nulls."""
    if kinds == {list, _NULL}:
        width = next(len(item) for item in items if item is not None)
        unseen = [None] * width
        items = [unseen if item is None else item for item in items]
        kinds = {list}
    if kinds != {list} or len(set(map(len, items))) != 1:
        raise BadShape(
            "joints are ragged: every frame needs the same number of joints, every joint x, y "
            f"and z, or null where it was not seen; {_first_fault(joints)}"
        )
    return items


def _refuse_mostly_null(filled: int, given: int) -> None:
    if filled > _MOST_FOR_ONE_GIVEN * given + _ALWAYS:
        raise BadShape(
            f"nearly everything is null: the nulls stand for {filled} entries, and {given} are "
            "given; cut the clip to the frames in which somebody was seen"
        )


def _first_fault(joints: list[Any]) -> str:
    sizes = [len(frame) if isinstance(frame, list) else -1 for frame in joints]
    for number, size in enumerate(sizes):
        if size < 0:
            return f"frame {number} is {_kind(joints[number])}"
        if size != sizes[0]:
            return f"frame {number} has {size} entries, frame 0 has {sizes[0]}"
    return "look for a joint that has more or fewer than three numbers"


def _kind(value: Any) -> str:
    names = {dict: "an object", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")

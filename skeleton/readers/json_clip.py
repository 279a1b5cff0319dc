"""The project's JSON: nested lists `[T][V][3]` or `[T][M][V][3]`, an unseen joint null (ours)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import BadShape

_DEEPEST = 4


def read_joint_lists(joints: Any) -> NDArray[np.float32]:
    """Turn nested lists into float32; `null`, or `[null, null, null]`, becomes NaN.

    Raises `BadShape` for anything else, ragged lists and strings among it.
    """
    if not isinstance(joints, list):
        raise BadShape(f"joints must be a list of frames, not {_kind(joints)}")
    array = _regular(joints)
    if array is None:
        array = _regular(_nulls_spread(joints))
    if array is None:
        raise BadShape(
            "joints are ragged: every frame needs the same number of joints, every joint x, y "
            f"and z, or null where it was not seen; {_first_fault(joints)}"
        )
    return array


def _regular(joints: list[Any]) -> NDArray[np.float32] | None:
    try:
        array = np.asarray(joints)
    except ValueError:
        return None
    if array.dtype == object:
        try:
            return np.asarray(joints, dtype=np.float32) if _only_numbers(array) else None
        except (ValueError, TypeError, OverflowError):
            return None
    if array.dtype.kind not in "fiu":
        raise BadShape("a coordinate is not a number")
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _only_numbers(array: NDArray[np.object_]) -> bool:
    kinds = {type(value) for value in array.ravel().tolist()}
    if list in kinds:
        return False
    if not kinds <= {int, float, type(None)}:
        raise BadShape("a coordinate is not a number")
    return True


def _nulls_spread(joints: Any, depth: int = 1) -> Any:
    """Replace a joint that is null as a whole by three nulls."""
    if not isinstance(joints, list) or depth > _DEEPEST:
        return joints
    if any(
        isinstance(item, list) and not any(isinstance(x, list) for x in item) for item in joints
    ):
        width = max(len(item) for item in joints if isinstance(item, list))
        return [[None] * width if item is None else item for item in joints]
    if all(item is None for item in joints) and joints:
        return [[None] * 3 for _ in joints]
    return [_nulls_spread(item, depth + 1) for item in joints]


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

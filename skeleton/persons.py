"""Persons: who is there, and which one of several a single-person model looks at (ours)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnknownPerson


def somebody(joints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return `(T, M)`: whether of a person of `(T, M, V, 3)` anything was seen in a frame. Nothing
    but exact zeros, as trackers write absence, is nobody, and so is nothing but NaN."""
    return np.asarray(((joints < 0) | (joints > 0)).any(axis=(2, 3)))


def choose_person(joints: NDArray[np.float32], person: int | None) -> tuple[int, str | None]:
    """Return which person of `(T, M, V, 3)` is looked at, and a warning or None.

    `person` counts from 0; None takes the one with the most motion. Raises `UnknownPerson`.
    """
    persons = joints.shape[1]
    if person is not None:
        if not 0 <= person < persons:
            raise UnknownPerson(f"person {person} is not in the clip, which has {persons}")
        return person, None
    if persons == 1:
        return 0, None
    present = ~np.isnan(joints).all(axis=(0, 2, 3))
    chosen = int(np.argmax(np.where(present, _motion(joints), -1)))
    if present.sum() < 2:
        return chosen, None
    return chosen, (
        f"more_persons: {int(present.sum())} persons were seen, person {chosen} moves most and is "
        "used; choose another with person="
    )


def most_moving(joints: NDArray[np.float32], most: int) -> list[int]:
    """Return which of the persons of `(T, M, V, 3)` are there: at most so many, those with the
    most motion, in the clip's order."""
    present = np.flatnonzero(~np.isnan(joints).all(axis=(0, 2, 3)))
    motion = _motion(joints)[present]
    kept = present[np.argsort(-motion, kind="stable")[:most]]
    return sorted(int(person) for person in kept)


def _motion(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Metres moved by the seen joints of each person, over the whole clip: `(M,)`."""
    steps = np.diff(joints, axis=0)
    moved: NDArray[np.float64] = np.sqrt(np.nansum(steps * steps, axis=-1, dtype=np.float64))
    return np.asarray(moved.sum(axis=(0, 2)))

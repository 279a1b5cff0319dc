"""Bones that hang on bones, and where they are in every frame: forward kinematics (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]
Floats = NDArray[np.float64]

_AT_ONCE = 400_000  # rotations held in memory at a time


@dataclass(frozen=True, eq=False)
class Bone:
    """One bone; it sits where it begins, and its children hang in its turned frame.

    `parent` is its parent's place in the list, which comes before its own, -1 for a root.
    `offset` leads from the parent's beginning to its own. `moves` and `turns` are `(axis, column)`
    of the frames' numbers: a move replaces one coordinate of the offset; the turns, in radians,
    are about x, y, z = 0, 1, 2 of its own axes, the last of them is applied first. `frame` are
    those axes `(3, 3)`, as columns, where they are not the parent's. `end` is true for the
    nameless end of a last bone.
    """

    name: str
    parent: int
    offset: Vector
    moves: tuple[tuple[int, int], ...] = ()
    turns: tuple[tuple[int, int], ...] = ()
    frame: Floats | None = None
    end: bool = False


def rest_positions(bones: Sequence[Bone]) -> Floats:
    """Where each bone begins when nothing is turned or moved, `(B, 3)`."""
    at = np.zeros((len(bones), 3))
    for i, bone in enumerate(bones):
        at[i] = bone.offset if bone.parent < 0 else at[bone.parent] + bone.offset
    return at


def chain(bones: Sequence[Bone], index: int) -> list[int]:
    """The bone and its ancestors, itself first."""
    found = []
    while index >= 0:
        found.append(index)
        index = bones[index].parent
    return found


def posed_positions(bones: Sequence[Bone], numbers: Floats, wanted: Sequence[int]) -> Floats:
    """Where the wanted bones begin in every frame, `(T, W, 3)`, from the numbers `(T, C)`."""
    needed = sorted({i for index in wanted for i in chain(bones, index)})
    places = np.empty((len(numbers), len(wanted), 3))
    step = max(16, _AT_ONCE // max(1, len(needed)))
    for start in range(0, len(numbers), step):
        part = np.ascontiguousarray(numbers[start : start + step].T)  # (C, t)
        for column, place in _pose(bones, part, needed, wanted).items():
            places[start : start + step, column] = place.T
    return places


def _pose(
    bones: Sequence[Bone], part: Floats, needed: Sequence[int], wanted: Sequence[int]
) -> dict[int, Floats]:
    frames = part.shape[1]
    # Rotation as rows and columns first, frames last: every step is then one long vector.
    turn: dict[int, Floats] = {-1: np.repeat(np.eye(3)[:, :, None], frames, axis=2)}
    place: dict[int, Floats] = {-1: np.zeros((3, frames))}
    # What neither turns nor moves is carried along by the bone that does: (that bone, vector).
    carried: dict[int, tuple[int, Floats]] = {-1: (-1, np.zeros(3))}
    for i in needed:
        bone = bones[i]
        carrier, vector = carried[bone.parent]
        if not bone.turns and not bone.moves:
            carried[i] = (carrier, vector + bone.offset)
            continue
        local = np.repeat(np.array(bone.offset)[:, None], frames, axis=1)
        for axis, column in bone.moves:
            local[axis] = part[column]
        place[i] = place[carrier] + _turned(turn[carrier], local + vector[:, None])
        turn[i] = _turn(turn[carrier], bone, part)
        carried[i] = (i, np.zeros(3))
    found = {}
    for column, index in enumerate(wanted):
        carrier, vector = carried[index]
        found[column] = place[carrier] + _turned(turn[carrier], vector[:, None])
    return found


def _turned(rotation: Floats, vector: Floats) -> Floats:
    """`(3, 3, t)` applied to `(3, t)` or `(3, 1)`."""
    x, y, z = vector
    return np.asarray(rotation[:, 0] * x + rotation[:, 1] * y + rotation[:, 2] * z)


def _turn(rotation: Floats, bone: Bone, part: Floats) -> Floats:
    if not bone.turns:
        return rotation
    rotation = rotation.copy() if bone.frame is None else _times(rotation, bone.frame)
    for axis, column in bone.turns:
        sine, cosine = np.sin(part[column]), np.cos(part[column])
        second, third = (axis + 1) % 3, (axis + 2) % 3
        a, b = rotation[:, second], rotation[:, third]
        rotation[:, second], rotation[:, third] = a * cosine + b * sine, b * cosine - a * sine
    return rotation if bone.frame is None else _times(rotation, bone.frame.T)


def _times(rotation: Floats, constant: Floats) -> Floats:
    """`(3, 3, t)` times `(3, 3)`."""
    return np.asarray(np.einsum("ijt,jk->ikt", rotation, constant))


def fixed_rotation(radians: Sequence[float], order: Sequence[int]) -> Floats:
    """The rotation `(3, 3)` by angles about fixed axes 0, 1, 2, the first of them first."""
    rotation = np.eye(3)
    for angle, axis in zip(radians, order, strict=True):
        one = np.eye(3)
        second, third = (axis + 1) % 3, (axis + 2) % 3
        sine, cosine = np.sin(angle), np.cos(angle)
        one[second, second] = one[third, third] = cosine
        one[third, second], one[second, third] = sine, -sine
        rotation = one @ rotation
    return rotation

"""Sightings: persons seen in some frames of a clip, put into one array; who is who (ours)."""

from collections.abc import Sequence
from math import dist, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skeleton.errors import NothingToSee, UnusableClip

#: How far unseen frames and persons may be filled up, as in the project's own JSON: the array must
#: not be out of proportion to the file.
_MOST_FOR_ONE_GIVEN = 3
_ALWAYS = 4_000_000
#: Bodies that a person is away from the last place at most, and more for each frame of absence.
_STEP, _STRIDE = 1.5, 1 / 3


def without_zeros(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make joints that lie exactly in the origin unseen, in place: sensors write so what they
    did not see."""
    joints[~joints.any(axis=-1)] = np.nan
    return joints


def spread(
    bodies: NDArray[np.floating],
    frames: ArrayLike,
    persons: ArrayLike,
    count: int,
) -> NDArray[np.float32]:
    """Put N bodies `(N, V, 3)` at their `frames` and `persons` `(N,)`: float32 `(T, M, V, 3)` of
    `count` frames, NaN where a person was not seen.

    Raises `NothingToSee` when nobody was seen, `UnusableClip` when nearly nobody was for the length
    of the clip.
    """
    if not len(bodies):
        raise NothingToSee(f"nobody was seen in any of the {count} frames")
    shape = (count, int(np.max(persons)) + 1, *bodies.shape[1:])
    if np.prod(shape, dtype=float) > _MOST_FOR_ONE_GIVEN * bodies.size + _ALWAYS:
        raise UnusableClip(
            f"nearly every frame is empty: {len(bodies)} bodies in {count} frames; cut the clip to "
            "the frames in which somebody was seen"
        )
    joints = np.full(shape, np.nan, dtype=np.float32)
    joints[np.asarray(frames), np.asarray(persons)] = bodies
    return joints


def follow(
    places: NDArray[np.float64], sizes: NDArray[np.floating], frames: Sequence[int]
) -> list[int]:
    """Say for each of N bodies, given in the order of `frames`, which person it is.

    `places` `(N, C)` is where each body is, `sizes` `(N,)` how large, all with finite squares. In
    every frame the nearest pair of a body and a known person's last place is made first, then the
    next nearest; bodies left over are new persons. Nobody is farther from one frame to the next
    than one and a half bodies, and after an absence than a third of one more for each frame. Who
    is alone stays the same person wherever they are.
    """
    persons = [0] * len(frames)
    at = [
        _Sighting(place, size, frame)
        for place, size, frame in zip(places.tolist(), sizes.tolist(), frames, strict=True)
    ]
    last: list[_Sighting] = []  # of each person
    starts = [0, *(np.flatnonzero(np.diff(frames)) + 1).tolist()]
    for start, stop in zip(starts, [*starts[1:], len(frames)], strict=True):
        if stop - start == 1 and len(last) == 1:
            last[0] = at[start]  # the usual clip: one person all the time
            continue
        pairs = _nearest(at[start:stop], last)
        for body in range(start, stop):
            person = persons[body] = pairs.get(body - start, len(last))
            if person == len(last):
                last.append(at[body])
            else:
                last[person] = at[body]
    return persons


class _Sighting(NamedTuple):
    place: list[float]
    size: float
    frame: int


def _nearest(bodies: list[_Sighting], last: list[_Sighting]) -> dict[int, int]:
    """Pair bodies with known persons within reach, the nearest first."""
    gaps = sorted(
        (gap, body, person)
        for body, now in enumerate(bodies)
        for person, before in enumerate(last)
        if (gap := dist(now.place, before.place)) <= _reach(now, before)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, body, person in gaps:
        if body not in pairs and person not in taken:
            pairs[body] = person
            taken.add(person)
    return pairs


def _reach(now: _Sighting, before: _Sighting) -> float:
    absent = now.frame - before.frame - 1
    # Of a single joint nothing is known of the body's size.
    return max(now.size, before.size) * (_STEP + _STRIDE * absent) or inf

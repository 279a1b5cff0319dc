"""Sightings: persons seen in some frames of a clip, put into one array; who is who (ours)."""

from collections.abc import Sequence
from math import dist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skeleton.errors import NothingToSee, UnusableClip

#: How far unseen frames and persons may be filled up, as in the project's own JSON: the array must
#: not be out of proportion to the file.
_MOST_FOR_ONE_GIVEN = 3
_ALWAYS = 4_000_000


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


def follow(places: NDArray[np.float64], frames: Sequence[int], reach: float) -> list[int]:
    """Say for each of N bodies, given in the order of `frames`, which person it is.

    `places` `(N, C)` is where each body is, with finite squares. In every frame the nearest pair
    of a body and a known person's last place is made first, then the next nearest, of those within
    `reach`; bodies left over are new persons. Who comes back after an absence is compared with
    where they were.
    """
    persons = [0] * len(frames)
    at = places.tolist()
    last: list[list[float]] = []  # where each person was seen last
    starts = [0, *(np.flatnonzero(np.diff(frames)) + 1).tolist()]
    for start, stop in zip(starts, [*starts[1:], len(frames)], strict=True):
        if stop - start == 1 and len(last) == 1 and dist(at[start], last[0]) <= reach:
            last[0] = at[start]  # the usual clip: one person all the time
            continue
        pairs = _nearest(at[start:stop], last, reach)
        for body in range(start, stop):
            person = persons[body] = pairs.get(body - start, len(last))
            if person == len(last):
                last.append(at[body])
            else:
                last[person] = at[body]
    return persons


def _nearest(bodies: list[list[float]], last: list[list[float]], reach: float) -> dict[int, int]:
    """Pair bodies with known persons within reach, the nearest first."""
    gaps = sorted(
        (dist(place, before), body, person)
        for body, place in enumerate(bodies)
        for person, before in enumerate(last)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for gap, body, person in gaps:
        if gap <= reach and body not in pairs and person not in taken:
            pairs[body] = person
            taken.add(person)
    return pairs

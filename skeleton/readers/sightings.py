"""Sightings: persons seen in some frames of a clip, put into one array; who is who (ours)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skeleton.errors import UnreadableClip, UnusableClip

#: How far unseen frames and persons may be filled up, as in the project's own JSON: the array must
#: not be out of proportion to the file.
_MOST_FOR_ONE_GIVEN = 3
_ALWAYS = 4_000_000
_MOST_FRAMES = 50_000


def checked_frames(frames: Any) -> list[Any]:
    """Return the frames of a JSON file. Raises `UnreadableClip` for what is no list,
    `UnusableClip` for none and for more than half an hour of them."""
    if not isinstance(frames, list):
        raise UnreadableClip("the file is neither a list of frames nor an object with frames")
    if not frames:
        raise UnusableClip("the file has no frames")
    if len(frames) > _MOST_FRAMES:
        raise UnusableClip(f"{len(frames)} frames are more than {_MOST_FRAMES}; cut the clip")
    return frames


def spread(
    bodies: NDArray[np.floating],
    frames: ArrayLike,
    persons: ArrayLike,
    count: int,
) -> NDArray[np.float32]:
    """Put N bodies `(N, V, 3)` at their `frames` and `persons` `(N,)`: float32 `(T, M, V, 3)` of
    `count` frames, NaN where a person was not seen.

    Raises `UnusableClip` when nobody was seen, or nearly nobody for the length of the clip.
    """
    if not len(bodies):
        raise UnusableClip(f"nobody was seen in any of the {count} frames")
    shape = (count, int(np.max(persons)) + 1, *bodies.shape[1:])
    if np.prod(shape, dtype=float) > _MOST_FOR_ONE_GIVEN * bodies.size + _ALWAYS:
        raise UnusableClip(
            f"nearly every frame is empty: {len(bodies)} bodies in {count} frames; cut the clip to "
            "the frames in which somebody was seen"
        )
    joints = np.full(shape, np.nan, dtype=np.float32)
    joints[np.asarray(frames), np.asarray(persons)] = bodies
    return joints


def follow(places: NDArray[np.float64], frames: Sequence[int]) -> list[int]:
    """Say for each of N bodies, given in the order of `frames`, which person it is.

    `places` `(N, C)` is where each body is, with finite squares. In every frame the nearest pair
    of a body and a known person's last place is made first, then the next nearest; bodies left
    over are new persons. Who comes back after an absence is compared with where they were.
    """
    persons = [0] * len(frames)
    last: list[NDArray[np.float64]] = []  # where each person was seen last
    starts = [0, *(np.flatnonzero(np.diff(frames)) + 1).tolist()]
    for start, stop in zip(starts, [*starts[1:], len(frames)], strict=True):
        if stop - start == 1 and len(last) == 1:
            last[0] = places[start]  # the usual clip: one person all the time
            continue
        pairs = _nearest(places[start:stop], last)
        for body in range(stop - start):
            person = persons[start + body] = pairs.get(body, len(last))
            if person == len(last):
                last.append(places[start + body])
            else:
                last[person] = places[start + body]
    return persons


def _nearest(bodies: NDArray[np.float64], last: list[NDArray[np.float64]]) -> dict[int, int]:
    """Pair bodies with known persons, the nearest first."""
    if not last:
        return {}
    gaps = bodies[:, None] - np.array(last)[None]
    distances = (gaps * gaps).sum(axis=-1)  # (bodies, known persons)
    pairs = {}
    for _ in range(min(distances.shape)):
        body, person = divmod(int(np.argmin(distances)), len(last))
        distances[body, :] = distances[:, person] = np.inf
        pairs[body] = person
    return pairs

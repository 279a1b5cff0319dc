"""Tracks: every body of a Kinect recording followed over the frames by its id, and under a new id
where it got one (ours)."""

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_LONGEST_LOSS = 10  # frames for which a body may be away and come back under another id
_LARGEST_STEP = 0.5  # metres between where it was lost and where it comes back


class Sighting(NamedTuple):
    """One body in one frame."""

    frame: int
    identity: str


@dataclass(eq=False)
class Track:
    """One body over time: the frames in which it is there, and which sightings those are."""

    frames: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, frame: int, row: int) -> None:
        self.frames.append(frame)
        self.rows.append(row)


_Key = tuple[str, int]  # an id, and which of the frame's bodies of that id: it may be there twice


def follow(
    sightings: list[Sighting], joints: NDArray[np.float64]
) -> tuple[list[Track], tuple[str, ...]]:
    """Follow the bodies of `sightings`, in the order of their frames, whose joints are
    `(sightings, V, 3)`; and a remark where ids change.

    An id that is new takes up the track of a body that was lost close by shortly before.
    """
    places = [tuple(place) for place in _middles(joints).tolist()]
    tracks: list[Track] = []
    known: dict[_Key, Track] = {}
    recent: list[Track] = []
    joined = 0
    for frame, group in groupby(enumerate(sightings), key=lambda item: item[1].frame):
        recent = [track for track in recent if frame - track.frames[-1] <= _LONGEST_LOSS]
        fresh: list[tuple[int, _Key]] = []
        times: Counter[str] = Counter()
        for row, sighting in group:
            key = (sighting.identity, times[sighting.identity])
            times[sighting.identity] += 1
            track = known.get(key)
            if track is None or track.frames[-1] == frame:  # taken up by a new id just before
                fresh.append((row, key))
                continue
            if frame - track.frames[-1] > _LONGEST_LOSS:
                recent.append(track)
            track.add(frame, row)
        for row, key in fresh:
            lost = [track for track in recent if track.frames[-1] < frame]
            track = _nearest(lost, places, row)
            if track is None:
                track = Track()
                tracks.append(track)
                recent.append(track)
            else:
                joined += 1
            track.add(frame, row)
            known[key] = track
    if not joined:
        return tracks, ()
    often = "once" if joined == 1 else f"{joined} times"
    return tracks, (f"changed_ids: a body went on under another id {often} and was put together",)


def _middles(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middles of the boxes around bodies `(n, V, 3)`: `(n, 3)`, NaN where nothing was seen."""
    with np.errstate(over="ignore", invalid="ignore"):
        middles = np.fmax.reduce(joints, axis=1) + np.fmin.reduce(joints, axis=1)
    return np.asarray(middles / 2)


def _nearest(tracks: list[Track], places: list[tuple[float, ...]], row: int) -> Track | None:
    nearest, least = None, _LARGEST_STEP
    for track in tracks:
        distance = math.dist(places[track.rows[-1]], places[row])
        if distance <= least:  # false where one is NaN
            nearest, least = track, distance
    return nearest

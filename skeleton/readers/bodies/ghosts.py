"""The bodies of a Kinect recording: which of them are people, and which are furniture (ours)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.readers.bodies.stature import box_diagonal
from skeleton.readers.bodies.tracks import Track

_MOST_PEOPLE = 2
_MOST_LOOKED_AT = 20  # the longest tracks; a Kinect tracks six bodies at a time

# A ghost is furniture taken for a body. No one of these marks is sure, so that the last body of a
# file is kept whatever it looks like.
_BRIEF = 0.15  # it is there in less than this share of the longest body's frames
_RIGID = 0.005  # metres: its joints stray less than this about their mean places, on average
_STRAYING = 2.0  # metres: most stray more, as if it jumped through the room
_SMALL, _LARGE = 0.4, 3.5  # metres: the diagonal of the box around it
_WIDE = 1.25  # it is wider than high by this factor …
_MOSTLY = 0.7  # … in more than this share of its frames


@np.errstate(over="ignore", invalid="ignore")  # coordinates may be of any size
def people(
    tracks: list[Track], joints: NDArray[np.float64], frames: int
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The one or two people among the tracks of `joints` `(sightings, V, 3)`, in the order in which
    they appear, as `(frames, M, V, 3)` with NaN where they are not there; and remarks on what was
    left out."""
    remarks = []
    longest = sorted(tracks, key=lambda track: -len(track.rows))[:_MOST_LOOKED_AT]
    kept, why = _without_ghosts(longest, joints)
    ghosts = len(tracks) - len(kept)
    if ghosts:
        remarks.append(
            f"ghost_bodies: {ghosts} of the {len(tracks)} bodies in the file were taken for no "
            f"people and left out ({', '.join(why)})"
        )
    if len(kept) > _MOST_PEOPLE:
        remarks.append(
            f"more_bodies: {len(kept)} people are in the file, the {_MOST_PEOPLE} that move most "
            "were kept"
        )
        kept = sorted(kept, key=lambda track: -_path(joints[track.rows]))[:_MOST_PEOPLE]
    kept = sorted(kept, key=lambda track: track.rows[0])
    placed = np.full((frames, len(kept), *joints.shape[1:]), np.nan, dtype=np.float32)
    for person, track in enumerate(kept):
        placed[track.frames, person] = joints[track.rows]
    empty = frames - len({frame for track in kept for frame in track.frames})
    if empty:
        remarks.append(f"empty_frames: nobody is in {empty} of the {frames} frames")
    return placed, tuple(remarks)


def _without_ghosts(
    tracks: list[Track], joints: NDArray[np.float64]
) -> tuple[list[Track], list[str]]:
    """Those of the tracks, longest first, that look like people, and why the others do not."""
    if len(tracks) == 1:
        return tracks, []
    kept: list[Track] = []
    why: set[str] = set()
    for track in tracks:
        brief = kept and len(track.rows) < _BRIEF * len(kept[0].rows)
        fault = "there only briefly" if brief else _fault(joints[track.rows])
        if fault is None:
            kept.append(track)
        else:
            why.add(fault)
    return kept or tracks[:1], sorted(why)


def _fault(joints: NDArray[np.float64]) -> str | None:
    """What tells one body `(n, V, 3)` from a person."""
    if not _SMALL <= box_diagonal(joints) <= _LARGE:
        return "of no human size"
    straying = _straying(joints)
    if straying.mean() < _RIGID:
        return "hardly moving"
    if np.median(straying) > _STRAYING:
        return "jumping about"
    extent = np.fmax.reduce(joints, axis=1) - np.fmin.reduce(joints, axis=1)  # (n, 3)
    wide = extent[:, 0] > _WIDE * extent[:, 1]
    return "wider than high" if wide.mean() > _MOSTLY else None


def _straying(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the joints of `(n, V, 3)` lie from their mean places, root mean square: `(V,)`."""
    seen = ~np.isnan(joints)
    count = np.maximum(seen.sum(axis=0), 1)
    mean = np.where(seen, joints, 0).sum(axis=0) / count
    off = np.where(seen, joints - mean, 0)
    squares = (off * off).sum(axis=0) / count  # (V, 3)
    return np.asarray(np.sqrt(squares.sum(axis=-1)))


def _path(joints: NDArray[np.float64]) -> float:
    """The metres that the joints of `(n, V, 3)` move in all."""
    steps = np.diff(joints, axis=0)
    return float(np.sqrt(np.nansum(steps * steps, axis=-1)).sum())

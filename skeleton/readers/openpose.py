"""OpenPose as JSON: its own output, and the Kinetics-skeleton files of ST-GCN's release (ours).

OpenPose writes one object a frame, `{"people": [{"pose_keypoints_2d": [x, y, c, …]}]}`: a clip is a
list of them, one of them a line, or an object with `frames`. `pose_keypoints_3d` (x, y, z, c) is
taken where anybody has it. Kinetics-skeleton is `{"data": [{"skeleton": [{"pose", "score"}]}]}`,
18 joints, 30 frames a second. Joints of confidence 0 are unseen.

Who is who from frame to frame is told by the nearest middle of the seen joints, as far as a person
may get; the persons are then numbered by how surely they were seen over the clip, and of
Kinetics two are kept.

Two-dimensional keypoints get z = 0: a model that needs depth refuses them, training may take them.
"""

import re
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import LAYOUTS
from skeleton.readers.bodies.json_frames import checked_frames, frame_rate
from skeleton.readers.bodies.openpose_people import Rows, kinetics_rows, people_rows
from skeleton.readers.bodies.sightings import follow, spread
from skeleton.readers.bodies.stature import box_diagonals
from skeleton.readers.containers.json_text import as_numbers, parse_json_or_lines, starts_json
from skeleton.readers.format import Format, Reading, Source

_PEOPLE = re.compile(rb'"people"\s*:\s*\[|"pose_keypoints(?:_[23]d)?"\s*:')
_KINETICS = re.compile(rb'"skeleton"\s*:\s*\[(?:\s*\]|\s*\{\s*"(?:pose|score)"\s*:)')
_KINETICS_FPS = 30.0
_KINETICS_PERSONS = 2
_MOST_PERSONS = 10  # in a frame, the surest
_LAYOUTS = {18: "openpose18", 25: "openpose25"}
_FLAT = (
    "flat: the keypoints are two-dimensional, z is 0 everywhere; they serve training, but "
    "movement in depth cannot be told from them"
)


def _read(source: Source) -> Reading:
    tree = parse_json_or_lines(source.data)
    fps: float | None
    remarks: tuple[str, ...] = ()
    if isinstance(tree, dict) and "data" in tree:
        rows = kinetics_rows(checked_frames(tree["data"]))
        fps, most = _KINETICS_FPS, _KINETICS_PERSONS
    else:
        frames = checked_frames(tree.get("frames", [tree]) if isinstance(tree, dict) else tree)
        rows, most = people_rows(frames), _MOST_PERSONS
        fps, remarks = frame_rate(tree, frames)
    if rows.width == 3:
        remarks = (*remarks, _FLAT)
    joints = _joints(rows, most)
    return Reading(joints, LAYOUTS[_LAYOUTS[rows.joints]], fps, remarks=remarks)


def _joints(rows: Rows, most: int) -> NDArray[np.float32]:
    """The `most` surest persons of a clip, `(T, M, V, 3)`."""
    numbers = as_numbers(chain.from_iterable(rows.rows), rows.width)
    numbers = numbers.reshape(-1, rows.joints, rows.width)
    seen = (numbers[..., -1] > 0) & ~np.isnan(numbers[..., :-1]).any(axis=-1)  # (N, V)
    sure = np.where(seen, numbers[..., -1], 0.0).sum(axis=-1)  # (N,)
    frames = np.asarray(rows.frames, dtype=np.int64)
    kept = _surest(frames, sure, _MOST_PERSONS)
    numbers, seen, sure, frames = numbers[kept], seen[kept], sure[kept], frames[kept]
    points = np.zeros((*seen.shape, 3))  # with z 0 where the keypoints are two-dimensional
    points[..., : rows.width - 1] = numbers[..., :-1]
    points[~seen] = np.nan
    persons = np.asarray(
        follow(_middles(points), box_diagonals(points), frames.tolist()), dtype=np.int64
    )
    order = np.argsort(-np.bincount(persons, weights=sure), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    wanted = rank[persons] < most
    return spread(points[wanted], frames[wanted], rank[persons][wanted], rows.count)


def _surest(frames: NDArray[np.int64], sure: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The numbers of the at most `most` surest bodies of every frame, those without a seen joint
    left out, in the order of the frames."""
    order = np.lexsort((-sure, frames))
    order = order[sure[order] > 0]
    place = np.arange(len(order)) - np.searchsorted(frames[order], frames[order])
    return np.sort(order[place < most])


def _middles(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle of each body's seen joints, `(N, 3)`."""
    seen = ~np.isnan(points)
    count = np.maximum(seen.sum(axis=1), 1)
    middles: NDArray[np.float64] = np.where(seen, points, 0.0).sum(axis=1) / count
    return middles


def _looks_like(head: bytes) -> bool:
    return starts_json(head) and bool(_PEOPLE.search(head) or _KINETICS.search(head))


OPENPOSE = Format("openpose", "OpenPose JSON", (), _looks_like, _read)

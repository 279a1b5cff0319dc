"""MediaPipe Pose as JSON: 33 world landmarks a frame, however they were saved (ours).

The file is a list of frames, or an object with `frames` (and `fps`), or one frame a line. A frame
is a pose, a list of poses, or an object with one of them under `worldLandmarks`,
`pose_world_landmarks`, `landmarks`, … (the Tasks API's, the older Solutions' and JavaScript's
names); null or empty where nobody was seen. A pose is 33 of `{x, y, z, visibility}`, or
`{"landmark": [...]}` around them. A landmark whose `visibility` (without it, `presence`) is below
0.5 counts as unseen, unless it is 0 everywhere, as some tools leave it. The frame rate is `fps`,
else it follows from the frames' timestamps.
"""

import re
from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import FlatData, NothingToSee, UnreadableClip
from skeleton.flat_data import IMAGE_LANDMARKS
from skeleton.layouts import LAYOUTS
from skeleton.readers.bodies.json_frames import frame_rate
from skeleton.readers.bodies.mediapipe_poses import (
    ANY,
    LANDMARKS,
    WORLD,
    Poses,
    frames_of,
    poses_of,
)
from skeleton.readers.bodies.sightings import spread
from skeleton.readers.containers.json_text import as_numbers, parse_json_or_lines, starts_json
from skeleton.readers.format import Format, Reading, Source

#: Landmarks less visible than this are guesses of the model.
LEAST_VISIBLE = 0.5
_KEYS = re.compile(rb'"(?:pose_?)?(?:world_?)?landmarks?"\s*:', re.IGNORECASE)
_LANDMARK = re.compile(rb'\[\s*\{[^{}]{0,80}"x"\s*:[^{}]{0,80}"y"\s*:[^{}]{0,80}"z"\s*:')
_HIPS = (23, 24)
_HIP_CENTRED = 0.1  # metres
_PIXELS = 10.0  # no body is as many metres wide


def _read(source: Source) -> Reading:
    tree = parse_json_or_lines(source.data)
    frames = frames_of(tree)
    fps, remarks = frame_rate(tree, frames)
    found = poses_of(frames, WORLD)
    world = bool(found.poses)
    if not world:
        found = poses_of(frames, ANY)
    if not found.poses:
        raise NothingToSee(_nobody(frames))
    points = _points(found)
    if not world:
        _refuse_image_landmarks(points)
    visible = _visibility(found)
    if visible.any():
        points[visible < LEAST_VISIBLE] = np.nan
    else:
        remarks = (*remarks, "visibility: it is 0 for every landmark, which was taken for not said")
    if any(found.persons):
        remarks = (
            *remarks,
            "order_of_persons: several poses a frame are taken in the order that MediaPipe gives "
            "them, which may change from frame to frame",
        )
    joints = spread(points, found.frames, found.persons, len(frames))
    return Reading(joints, LAYOUTS["mediapipe"], fps, remarks=remarks)


def _nobody(frames: Sequence[Any]) -> str:
    keys = next((list(frame) for frame in frames if isinstance(frame, dict) and frame), [])
    shown = (
        f"; the keys of a frame are {', '.join(repr(key[:40]) for key in keys[:8])}" if keys else ""
    )
    return f"nobody was seen in any of the {len(frames)} frames{shown}"


def _points(found: Poses) -> NDArray[np.float64]:
    """Coordinates `(N, 33, 3)`."""
    landmarks = list(chain.from_iterable(found.poses))
    try:
        rows = list(map(itemgetter("x", "y", "z"), landmarks))
    except (KeyError, TypeError, IndexError):
        raise _first_fault(found) from None
    return as_numbers(chain.from_iterable(rows), 3).reshape(-1, LANDMARKS, 3)


def _first_fault(found: Poses) -> Exception:
    for number, pose in zip(found.frames, found.poses, strict=True):
        for place, landmark in enumerate(pose):
            if not isinstance(landmark, dict):
                return UnreadableClip(f"frame {number}: landmark {place} is not an object")
            missing = [key for key in "xyz" if key not in landmark]
            if missing == ["z"]:
                return FlatData(
                    f"frame {number}: landmark {place} has no z; movement in depth cannot be told "
                    "from x and y alone: save the world landmarks"
                )
            if missing:
                return UnreadableClip(
                    f"frame {number}: landmark {place} has no {' and no '.join(missing)}"
                )
    return UnreadableClip("a landmark is not {x, y, z}")


def _visibility(found: Poses) -> NDArray[np.float64]:
    """How visible each landmark is, `(N, 33)`; 1 where nothing is said."""
    values = [
        landmark.get("visibility", landmark.get("presence"))
        for landmark in chain.from_iterable(found.poses)
    ]
    visible = as_numbers(values, LANDMARKS)
    return np.where(np.isnan(visible), 1.0, visible)


def _refuse_image_landmarks(points: NDArray[np.float64]) -> None:
    """World landmarks lie around the hips; those of the image in a picture of 1 by 1."""
    hips = points[:, _HIPS, :2].mean(axis=1)  # (N, 2)
    hips = hips[~np.isnan(hips).any(axis=1)]
    flat = points[..., :2][~np.isnan(points[..., :2])]
    if not len(hips) or np.median(np.abs(hips).max(axis=1)) <= _HIP_CENTRED:
        return
    inside = float(np.mean((flat >= -0.2) & (flat <= 1.2)))
    if inside > 0.9 or np.median(np.abs(flat)) > _PIXELS:
        raise FlatData(IMAGE_LANDMARKS)


def _looks_like(head: bytes) -> bool:
    return starts_json(head) and bool(_KEYS.search(head) or _LANDMARK.search(head))


MEDIAPIPE = Format("mediapipe", "MediaPipe Pose JSON", (), _looks_like, _read)

"""Moments of a recording chosen to stand side by side, as many as fit (ours)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skeleton.drawing.scene import Scene, as_received, as_the_model_sees_it, frames_shown
from skeleton.drawing.view import moments
from skeleton.inspection.understanding import Understanding

#: Pixels (or dots) a unit at which so many moments of a scene fit side by side.
Scale = Callable[[Scene, int], float]

_CROWDED = 0.7  # of the size of one figure alone: fewer are drawn rather than smaller ones


@dataclass(frozen=True, eq=False)
class Row:
    """The `frames` of a scene that are drawn, and at how many `seconds` of the clip they are."""

    scene: Scene
    frames: tuple[int, ...]
    seconds: tuple[float, ...]


def received_row(found: Understanding, poses: int, scale: Scale) -> Row | None:
    """At most so many moments as received; None where no joint was seen."""
    at = frames_shown(found, poses)
    scene = as_received(found, at, follow=True)
    if scene is None:
        return None
    if poses > 1 and _crowded(scene, len(at), scale):
        return received_row(found, poses - 1, scale)
    seconds = tuple(float(frame) / found.fps for frame in at)
    return Row(scene, tuple(range(len(at))), seconds)


def prepared_row(found: Understanding, poses: int, scale: Scale) -> Row | None:
    """At most so many moments as the model sees them; None where it must refuse the clip."""
    scene = as_the_model_sees_it(found)
    if scene is None:
        return None
    seen = (~np.isnan(scene.points[:, 0]).any(axis=-1)).sum(axis=-1)
    while poses > 1 and _crowded(scene, len(tuple(moments(seen, poses))), scale):
        poses -= 1
    frames = tuple(moments(seen, poses))
    last = (len(found.recording.joints) - 1) / found.fps
    seconds = tuple(frame * last / max(len(seen) - 1, 1) for frame in frames)
    return Row(scene, frames, seconds)


def _crowded(scene: Scene, columns: int, scale: Scale) -> bool:
    return scale(scene, columns) < _CROWDED * scale(scene, 1)

"""Scenes: what a viewer is shown of a recording, as received and as the model sees it (ours)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.axes import parse_axes
from skeleton.drawing.view import Points, heading, moments, tilted, turned
from skeleton.inspection.understanding import Understanding
from skeleton.layouts import Layout

_CAMERA = (28.0, 14.0)  # degrees to the side and up: all three axes show
_MODEL_CAMERA = (22.0, 7.0)
_STRAY = 6.0  # a joint that is farther off than this many usual distances does not set the scale
_WANDER = 1.2  # of a body's size: a camera that stands still would show it too small
_MOST_PERSONS = 6
_LOOKED_AT = 240  # frames of which the clearest are chosen
# Of a body's size: room for thick limbs, for a head; how little a figure may be shown to take,
# because one that lies along the view is not larger than one that stands.
_PAD, _HEADROOM = 0.04, 0.07
_NARROWEST, _LOWEST = 0.3, 0.85
_APART, _PERSONS_APART = 0.85, 1.1  # of a moment's width, from one to the next
_SPARSE = 0.2  # of the whole scene: a body of a single joint is not drawn smaller
_SMALLEST = 1e-9  # a body without extent is shown, too
_HIPS = ("pelvis", "left_hip", "right_hip")


@dataclass(frozen=True, eq=False)
class Scene:
    """Bodies as the viewer sees them, standing on 0.

    `points` are `(K, M, V, 3)`: to the right, up, towards the viewer, NaN where unseen or not
    shown; `shadows` `(K, M, 2)` the places under them; `used` tells the persons `(M,)` in full
    colours. `left`, `right`, `low` and `top` bound what is shown, `size` is that of one body, all
    in the data's units.
    """

    layout: Layout
    points: Points
    shadows: Points
    used: tuple[bool, ...]
    names: tuple[str, ...]
    left: float
    right: float
    low: float
    top: float
    size: float

    def scale(self, width: float, height: float, moments: int = 1) -> float:
        """The pixels a unit at which so many moments fit side by side."""
        # A single body may overlap with its neighbour: rarely both are widest at once.
        apart = _APART if len(self.names) == 1 else _PERSONS_APART
        wide = max(self.right - self.left, _NARROWEST * self.size) * (1 + (moments - 1) * apart)
        return min(width / wide, height / max(self.top - self.low, _LOWEST * self.size))


def frames_shown(found: Understanding, poses: int) -> NDArray[np.intp]:
    """The frames of a recording in which to show it, each where most is seen."""
    at = spread(len(found.recording.joints), _LOOKED_AT)
    seen = ~np.isnan(found.received(at, _shown(found))).any(axis=-1)
    return at[list(moments(seen.sum(axis=(1, 2)), poses))]


def spread(frames: int, most: int) -> NDArray[np.intp]:
    """At most so many frames, evenly from the first to the last."""
    return np.linspace(0, frames - 1, min(frames, most)).round().astype(np.intp)


def as_received(found: Understanding, at: NDArray[np.intp], *, follow: bool) -> Scene | None:
    """Show frames of a recording in the axes that were understood, nothing mapped or turned.

    `follow` keeps the bodies in the middle; otherwise the camera stands still where it can. None
    where no joint was seen.
    """
    persons = _shown(found)
    points = found.received(at, persons)
    used = tuple(found.person is None or person == found.person for person in persons)
    names = tuple(f"person {person}" if len(found.persons) > 1 else "" for person in persons)
    return _scene(found.recording.layout, points, used, names, _CAMERA, follow)


def as_the_model_sees_it(found: Understanding) -> Scene | None:
    """Show all frames of a prepared clip: the hips in the middle, the body turned to the viewer
    by one angle for the whole clip. None where the model must refuse the clip."""
    if found.prepared is None:
        return None
    joints = np.array(found.prepared.joints[:, 0], dtype=np.float64)
    joints[found.prepared.seen[:, 0] == 0] = np.nan
    layout = found.layout
    joints = turned(joints, -heading(joints, layout))
    hips = [layout.index[name] for name in _HIPS if name in layout.index]
    middle = _median(joints[:, hips] if hips else joints, axis=1)
    lost = np.isnan(middle).any(axis=-1)
    middle[lost] = _median(joints, axis=1)[lost]
    joints[..., (0, 2)] -= np.nan_to_num(middle)[:, None, (0, 2)]
    return _scene(layout, joints[:, None], (True,), ("",), _MODEL_CAMERA, None)


def data_axes(found: Understanding) -> Points:
    """Where the data's own x, y and z point in `as_received`, `(3, 3)` unit vectors."""
    axes = parse_axes(found.recording.axes)
    ways = np.zeros((3, 3))
    ways[list(axes.columns), range(3)] = axes.signs
    return _seen_from(ways, _CAMERA)


def _shown(found: Understanding) -> list[int]:
    """Of a crowd the first few, and always the one that is used."""
    persons = list(found.persons[:_MOST_PERSONS])
    if found.person in found.persons[_MOST_PERSONS:]:
        persons[-1:] = [found.person]
    return persons


def _scene(
    layout: Layout,
    points: Points,
    used: tuple[bool, ...],
    names: tuple[str, ...],
    camera: tuple[float, float],
    follow: bool | None,
) -> Scene | None:
    near = _trusted(points)
    if not near.any():
        return None
    trusted = np.where(near[..., None], points, np.nan)
    # fmax and fmin pass over NaN, and need no warning where there is nothing else.
    extents = np.fmax.reduce(trusted, axis=2) - np.fmin.reduce(trusted, axis=2)  # (K, M, 3)
    everything = np.fmax.reduce(trusted, axis=(0, 1, 2)) - np.fmin.reduce(trusted, axis=(0, 1, 2))
    size = max(float(np.nanmax(extents)), _SPARSE * float(everything.max()), _SMALLEST)
    if follow is not None:
        ways = _median(trusted.reshape(len(trusted), -1, 3), axis=1)
        wander = np.nanmax(ways, axis=0) - np.nanmin(ways, axis=0)
        still = np.broadcast_to(_median(ways, axis=0), ways.shape)
        middle = ways if follow or max(wander[0], wander[2]) > _WANDER * size else still
        points = points - np.nan_to_num(middle)[:, None, None] * np.array([1.0, 0.0, 1.0])
    trusted = np.where(near[..., None], points, np.nan)
    floor = float(np.nanmin(trusted[..., 1]))
    points = points - np.array([0.0, floor, 0.0])
    under = _median(np.where(near[..., None], points, np.nan), axis=2)
    under[..., 1] = np.where(np.isnan(under[..., 1]), np.nan, 0.0)
    view = _seen_from(points, camera)
    shown = np.where(near[..., None], view, np.nan)
    shadows = _seen_from(under, camera)[..., :2]
    left, low = (float(value) for value in np.nanmin(shown[..., :2], axis=(0, 1, 2)))
    right, top = (float(value) for value in np.nanmax(shown[..., :2], axis=(0, 1, 2)))
    pad, over = _PAD * size, (_HEADROOM if not any(names) else 2 * _HEADROOM) * size
    return Scene(
        layout, view, shadows, used, names, left - pad, right + pad, low - pad / 2, top + over, size
    )


def _seen_from(points: Points, camera: tuple[float, float]) -> Points:
    side, up = camera
    return tilted(turned(points, side), up)


def _trusted(points: Points) -> NDArray[np.bool_]:
    """Which joints `(K, M, V)` lie where their body is; a tracker's stray ones are drawn, but do
    not shrink everything else to a dot."""
    middle = _median(points, axis=2)[:, :, None]
    off = np.linalg.norm(points - middle, axis=-1)
    usual = _median(off, axis=2)[..., None]
    return np.asarray(~np.isnan(off) & ((off <= _STRAY * usual) | (usual == 0)))


def _median(points: Points, axis: int) -> Points:
    """The lower median of what is not NaN; NaN where all is."""
    ordered = np.sort(points, axis=axis)
    count = np.count_nonzero(~np.isnan(ordered), axis=axis, keepdims=True)
    return np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis).squeeze(axis)

"""A body's own size and stance, whatever unit and axes it is in (ours)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import Layout

Floats = NDArray[np.float64]

_SAMPLES = 64  # frames looked at
_ALONG = 0.8  # of the torso's length are along an axis
_MOSTLY = 0.75  # of the frames
_CLEARLY = 0.5  # of the torso's length
#: How tall a person is, in metres, where nothing else is known.
ADULT = 1.7
#: Lengths in metres of a body of 1.7 metres; what is bone comes first.
_BONES = {("hip", "knee"): 0.42, ("knee", "ankle"): 0.41, ("shoulder", "elbow"): 0.29,
          ("elbow", "wrist"): 0.25}  # fmt: skip
_SPANS = {("pelvis", "neck"): 0.5, ("neck", "head"): 0.18, ("pelvis", "head"): 0.66,
          ("left_shoulder", "right_shoulder"): 0.36, ("left_hip", "right_hip"): 0.22,
          ("left_shoulder", "left_hip"): 0.5, ("right_shoulder", "right_hip"): 0.5}  # fmt: skip

#: `axes` that bring the axis a head points along to our y.
_UPRIGHT = {
    "x": "-y,x,z",
    "-x": "y,-x,z",
    "y": "x,y,z",
    "-y": "x,-y,-z",
    "z": "x,z,-y",
    "-z": "x,-z,y",
}


def some_frames(joints: Floats) -> Floats:
    """A few frames from all over `(T, V, 3)`."""
    at = np.linspace(0, len(joints) - 1, min(len(joints), _SAMPLES)).astype(np.intp)
    return joints[at]


def stature(joints: Floats, layout: Layout) -> float:
    """How tall the body `(T, V, 3)` is in the file's unit, guessed from its bones, not from its
    movement; 0 where nothing is known."""
    ratios = []
    for (one, other), length in _BONES.items():
        for side in ("left", "right"):
            ratios += _ratio(joints, layout, f"{side}_{one}", f"{side}_{other}", length)
    if not ratios:
        for (one, other), length in _SPANS.items():
            ratios += _ratio(joints, layout, one, other, length)
    if not ratios:
        span = np.ptp(joints, axis=1).max(axis=-1)  # the body's largest extent, frame by frame
        return float(np.median(span))
    return float(np.median(ratios)) * ADULT


def box_diagonal(joints: NDArray[np.floating]) -> float:
    """The diagonal of the box around a body `(T, V, 3)`, the median over the frames in which
    something was seen, in the data's unit; 0 where nothing was."""
    diagonals = box_diagonals(joints)
    seen = diagonals[np.isfinite(diagonals)]  # infinite ones are not counted
    return float(np.median(seen)) if seen.size else 0.0


def box_diagonals(joints: NDArray[np.floating]) -> NDArray[np.floating]:
    """The diagonal of the box around each of `(…, V, 3)` joints, of those seen; NaN where none
    was."""
    with np.errstate(over="ignore", invalid="ignore"):
        extent = np.fmax.reduce(joints, axis=-2) - np.fmin.reduce(joints, axis=-2)
        return np.asarray(np.sqrt((extent * extent).sum(axis=-1)))


def head_axis(joints: Floats, layout: Layout) -> str | None:
    """The signed axis the head is along from the hips in most frames of `(T, V, 3)`, if clear."""
    torso = _torso(joints, layout)
    if torso is None:
        return None
    for column, axis in enumerate("xyz"):
        for sign in ("", "-"):
            along = -torso[:, column] if sign else torso[:, column]
            if (along > _ALONG).mean() >= _MOSTLY:
                return sign + axis
    return None


def mean_head_axis(joints: Floats, layout: Layout) -> str | None:
    """The signed axis that the head is along from the hips in the mean of the frames, if clear; a
    bow does not change it."""
    torso = _torso(joints, layout)
    if torso is None:
        return None
    mean = np.nan_to_num(torso).mean(axis=0)
    column = int(np.argmax(np.abs(mean)))
    if abs(mean[column]) < _CLEARLY:
        return None
    return ("-" if mean[column] < 0 else "") + "xyz"[column]


def _torso(joints: Floats, layout: Layout) -> Floats | None:
    """The direction from the hips to the head, `(T, 3)`."""
    top, bottom = _place(joints, layout, _TOPS), _place(joints, layout, _BOTTOMS)
    if top is None or bottom is None:
        return None
    torso = top - bottom
    length = np.sqrt((torso * torso).sum(axis=-1, keepdims=True))
    return np.asarray(torso / np.maximum(length, 1e-12))


def upright(axis: str) -> str:
    """The `axes` of a file whose heads point along this signed axis."""
    return _UPRIGHT[axis]


_TOPS = (("head",), ("head_top",), ("neck_top",), ("neck",), ("left_shoulder", "right_shoulder"))
_BOTTOMS = (("pelvis",), ("left_hip", "right_hip"), ("left_knee", "right_knee"))


def _place(joints: Floats, layout: Layout, choices: tuple[tuple[str, ...], ...]) -> Floats | None:
    for names in choices:
        if all(name in layout.index for name in names):
            return np.asarray(joints[:, [layout.index[name] for name in names]].mean(axis=1))
    return None


def _ratio(joints: Floats, layout: Layout, one: str, other: str, length: float) -> list[float]:
    if one not in layout.index or other not in layout.index:
        return []
    bone = joints[:, layout.index[one]] - joints[:, layout.index[other]]
    measured = float(np.median(np.sqrt((bone * bone).sum(axis=-1))))
    return [measured / length] if measured > 0 else []

"""Posture: how tall a body is, and whether it stands upright in the axes understood (ours)."""

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from skeleton.axes import Axes, parse_axes
from skeleton.inspection.understanding import Understanding
from skeleton.layouts import custom_layout
from skeleton.mapping import absent_joints, mapping

_BODY = custom_layout(
    ["pelvis", "neck", "head"]
    + [f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle")],
    name="posture",
)
_AT = _BODY.index
_TRUNK = (("head", "neck"), ("neck", "pelvis"))
_LEGS = (("hip", "knee"), ("knee", "ankle"))
#: Of a person's height, what lies between the middle of the head and the ankle: 0.936 - 0.039 of
#: it, by the segment lengths of Drillis and Contini.
_HEAD_TO_ANKLE = 0.897
_UPRIGHT = 0.5  # cosine: a body that leans by less than 60 degrees stands, sits or bows
_HINTED = ("axes: ", "lying: ")
_FRAMES = 2_000  # looked at, evenly spread

Body = NDArray[np.float64]  # (T, V, 3) of `_BODY`, NaN where unseen


def stature(found: Understanding) -> float | None:
    """How tall the body used is, metres, from the lengths of its bones; None where trunk or legs
    were not seen."""
    body = _body(found)
    if body is None:
        return None
    lengths = [_length(body, [(a, b)]) for a, b in _TRUNK]
    lengths += [
        _length(body, [(f"{side}_{a}", f"{side}_{b}") for side in ("left", "right")])
        for a, b in _LEGS
    ]
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths) or sum(known) == 0:
        return None
    return sum(known) / _HEAD_TO_ANKLE


def warnings_of(found: Understanding) -> tuple[str, ...]:
    """Every warning about a clip, the hint at other axes included; it says all that a reader's
    own remark about them does, and that the body lies."""
    hint = axes_hint(found)
    if hint is None:
        return found.warnings
    return (*(told for told in found.warnings if not told.startswith(_HINTED)), hint)


def axes_hint(found: Understanding) -> str | None:
    """Name the axes in which the body would stand upright, where it lies or hangs in those
    understood; None where it does not, or nobody can tell."""
    body = _body(found)
    up = None if body is None else _upwards(body)
    if up is None or up[1] >= _UPRIGHT:
        return None
    current = parse_axes(found.recording.axes)
    source = np.zeros(3)
    source[list(current.columns)] = up * np.asarray(current.signs)
    better = max(_turns(current), key=lambda axes: _merit(axes, current, source))
    text = ",".join(
        ("-" if sign < 0 else "") + "xyz"[column]
        for column, sign in zip(better.columns, better.signs, strict=True)
    )
    return (
        f"axes_hint: the head is not above the feet; unless the person really lies down, "
        f"axes={text} sets the body upright"
    )


def _body(found: Understanding) -> Body | None:
    """The person used, in the axes understood."""
    if found.clip is None or found.person is None:
        return None
    joints, layout = found.clip.joints[:, found.person], found.clip.layout
    at = np.linspace(0, len(joints) - 1, min(len(joints), _FRAMES)).round().astype(int)
    one = mapping(layout, _BODY, absent_joints(joints, layout)).apply(joints[at])
    return np.asarray(one, dtype=np.float64)


def _length(body: Body, bones: list[tuple[str, str]]) -> float | None:
    """The median length of the bones over all frames in which they were seen."""
    ends = [body[:, _AT[a]] - body[:, _AT[b]] for a, b in bones]
    lengths = np.linalg.norm(np.concatenate(ends), axis=-1)
    lengths = lengths[np.isfinite(lengths)]
    return float(np.median(lengths)) if len(lengths) else None


def _upwards(body: Body) -> NDArray[np.float64] | None:
    """The usual direction from the feet to the head, a unit vector; from the hips to the neck
    where no more was seen; None where not even that was."""
    feet = (body[:, _AT["left_ankle"]] + body[:, _AT["right_ankle"]]) / 2
    for top, bottom in (
        (body[:, _AT["head"]], feet),
        (body[:, _AT["neck"]], feet),
        (body[:, _AT["head"]], body[:, _AT["pelvis"]]),
        (body[:, _AT["neck"]], body[:, _AT["pelvis"]]),
    ):
        way = (top - bottom)[np.isfinite(top - bottom).all(axis=-1)]
        middle = np.median(way, axis=0) if len(way) else np.zeros(3)
        size = float(np.linalg.norm(middle))
        if size > 0:
            return np.asarray(middle / size, dtype=np.float64)
    return None


def _turns(current: Axes) -> list[Axes]:
    """All axes of the same handedness as those understood: left and right stay as they are."""
    hand = _handedness(current)
    every = (
        Axes(columns, signs)  # type: ignore[arg-type]
        for columns in permutations(range(3))
        for signs in product((1, -1), repeat=3)
    )
    return [axes for axes in every if _handedness(axes) == hand]


def _handedness(axes: Axes) -> int:
    matrix = np.zeros((3, 3))
    matrix[range(3), list(axes.columns)] = axes.signs
    return round(float(np.linalg.det(matrix)))


def _merit(axes: Axes, current: Axes, up: NDArray[np.float64]) -> tuple[float, bool, bool]:
    """How far the body stands up, `up` in the data's own axes; then what stays as it was."""
    kept = [
        (axes.columns[i], axes.signs[i]) == (current.columns[i], current.signs[i]) for i in range(3)
    ]
    return round(axes.signs[1] * float(up[axes.columns[1]]), 6), kept[0], kept[2]

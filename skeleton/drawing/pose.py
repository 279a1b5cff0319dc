"""Poses: one body, and the way of its hand or foot, as SVG text (ours)."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from skeleton.drawing.colours import TRUNK, Palette, blend
from skeleton.drawing.importance import Importance
from skeleton.drawing.view import CORNERS, Points
from skeleton.layouts import custom_layout

#: Joints that are drawn; whatever the clip's layout, it is mapped to these.
DRAWN = custom_layout(
    ["pelvis", "spine", "neck", "head"]
    + [
        f"{side}_{part}"
        for side in ("left", "right")
        for part in ("shoulder", "elbow", "wrist", "hand_tip", "hip", "knee", "ankle", "foot")
    ],
    name="drawn",
)
_AT = DRAWN.index
# Bones by name with their thickness against the body's height.
_MIDDLE = (("pelvis", "spine", 0.05), ("spine", "neck", 0.05), ("neck", "head", 0.04))
_LIMBS = (
    ("shoulder", "elbow", 0.036),
    ("elbow", "wrist", 0.03),
    ("wrist", "hand_tip", 0.024),
    ("hip", "knee", 0.044),
    ("knee", "ankle", 0.036),
    ("ankle", "foot", 0.028),
)


def draw_pose(
    points: Points, height: float, x: float, floor: float, scale: float, look: Palette,
    importance: Importance | None = None,
) -> str:  # fmt: skip
    """Draw the joints `(V, 3)` of `DRAWN` of a body so many metres high, `x` and `floor` in
    pixels, `scale` in pixels a metre; unseen joints and what hangs on them are left out.
    `importance` colours bones and marks joints instead of telling the sides apart."""
    place = points * np.array([scale, -scale, 1.0]) + np.array([x, floor, 0.0])
    seen = ~np.isnan(place).any(axis=-1)
    size = height * scale
    shapes: list[tuple[float, str]] = []
    corners = [_AT[name] for name in CORNERS]
    whole = bool(seen[corners].all())
    held = set(corners if whole else ())
    for a, b, width in _bones():
        i, j = _AT[a], _AT[b]
        if not (seen[i] and seen[j]) or np.allclose(place[i], place[j], atol=0.01):
            continue
        held |= {i, j}
        if not (whole and a in ("pelvis", "spine")):
            depth = float(place[i, 2] + place[j, 2]) / 2
            colour = importance.shade(look, i, j) if importance else look.of(b)
            stroke = _bone(place[i], place[j], width * size, colour, look.card)
            shapes.append((depth, stroke))
    if whole:
        outline = " ".join(f"{place[c, 0]:.1f},{place[c, 1]:.1f}" for c in corners)
        # Its corners are marked with their importance; it has none of its own.
        colour = blend(look.middle, look.card, TRUNK) if importance else look.middle
        trunk = (
            f'<polygon points="{outline}" fill="{colour}" stroke="{colour}" '
            f'stroke-width="{0.05 * size:.1f}" stroke-linejoin="round"/>'
        )
        shapes.append((float(place[corners, 2].mean()) - 0.02, trunk))
    head = _AT["head"]
    if seen[head]:
        colour = importance.shade(look, head) if importance else look.middle
        ball = _ball(place[head], 0.06 * size, colour, look.card, 0.008 * size)
        shapes.append((float(place[head, 2]), ball))
    marks = ""
    if importance:
        joints = sorted(sorted(held - {head}), key=importance.share)
        marks = "".join(
            _ball(place[j], 0.024 * size, importance.shade(look, j), look.card, 0.006 * size)
            for j in joints
        )
    return "".join(shape for _, shape in sorted(shapes, key=lambda item: item[0])) + marks


def draw_way(
    points: Points, end: str, x: float, floor: float, scale: float, look: Palette,
    importance: Importance | None = None,
) -> str:  # fmt: skip
    """Draw the way of a hand or foot through frames `(T, V, 3)`, fading backwards."""
    if len(points) < 2:
        return ""
    tip = end.replace("wrist", "hand_tip").replace("ankle", "foot")
    path = points[:, _AT[tip]]
    pieces = []
    for step, (a, b) in enumerate(pairwise(path)):
        if np.isnan(a).any() or np.isnan(b).any():
            continue
        pieces.append(
            f'<line x1="{x + a[0] * scale:.1f}" y1="{floor - a[1] * scale:.1f}" '
            f'x2="{x + b[0] * scale:.1f}" y2="{floor - b[1] * scale:.1f}" '
            f'opacity="{0.08 + 0.5 * (step + 1) / len(path):.2f}"/>'
        )
    colour = importance.shade(look, _AT[tip]) if importance else look.of(end)
    return (
        f'<g class="trail" stroke="{colour}" stroke-width="{0.022 * scale:.1f}" '
        f'fill="none">{"".join(pieces)}</g>'
    )


def _bones() -> Iterator[tuple[str, str, float]]:
    yield from _MIDDLE
    for side in ("left", "right"):
        yield from ((f"{side}_{a}", f"{side}_{b}", width) for a, b, width in _LIMBS)


def _ball(middle: Points, radius: float, colour: str, edge: str, width: float) -> str:
    return (
        f'<circle cx="{middle[0]:.1f}" cy="{middle[1]:.1f}" r="{radius:.1f}" '
        f'fill="{colour}" stroke="{edge}" stroke-width="{width:.1f}"/>'
    )


def _bone(a: Points, b: Points, width: float, colour: str, halo: str) -> str:
    ends = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"'
    return (
        f'<line {ends} stroke="{halo}" stroke-width="{1.35 * width:.1f}"/>'
        f'<line {ends} stroke="{colour}" stroke-width="{width:.1f}" stroke-linecap="round"/>'
    )

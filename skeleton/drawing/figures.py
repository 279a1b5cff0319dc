"""Figures: bodies and axes of a scene painted on a canvas (ours)."""

from collections.abc import Iterator
from itertools import pairwise
from math import hypot

import numpy as np
from numpy.typing import NDArray

from skeleton.drawing.canvas import Canvas, Pixel
from skeleton.drawing.colours import AXES, FADED, SHADOW, TRUNK, Palette, blend
from skeleton.drawing.importance import Importance
from skeleton.drawing.scene import Scene
from skeleton.drawing.view import CORNERS, Points
from skeleton.layouts import Layout

_THINNEST, _THICKEST = 2.0, 11.0  # pixels
_FAR = 20_000.0  # pixels
_HALO = 0.5  # of a limb's width, on both sides together
_HOLLOW = 3.5  # pixels: the dots of thicker limbs have a hole
_LONE = 3.0  # pixels: a joint on which no bone hangs must not be missed
_HEAD, _LARGE = 0.055, 40.0  # of the body's size; pixels from which on a head is drawn


def place(points: Points, x: float, floor: float, scale: float) -> Points:
    """Pixels of points of a scene, of which 0 stands at `x`, `floor`; the depth stays last."""
    pixels = points * np.array([scale, -scale, scale]) + np.array([x, floor, 0.0])
    # A stray joint may lie a million bodies away: no pixel counts so far.
    return np.asarray(np.clip(pixels, -_FAR, _FAR))


def draw_shadows(
    canvas: Canvas, scene: Scene, k: int, x: float, floor: float, scale: float, look: Palette
) -> None:
    """Where the bodies of frame `k` stand."""
    across = 0.16 * scene.size * scale
    for spot in scene.shadows[k]:
        if np.isfinite(spot).all():
            middle = (x + spot[0] * scale, floor - spot[1] * scale)
            canvas.ellipse(middle, across, 0.26 * across, blend(look.floor, look.panel, SHADOW))


def draw_figures(
    canvas: Canvas, scene: Scene, k: int, x: float, floor: float, scale: float, look: Palette,
    *, joints: bool, importance: Importance | None = None,
) -> None:  # fmt: skip
    """The bodies of frame `k`, farther ones first; `joints` marks every joint with a dot, and so
    does `importance`, which colours joints and bones instead of their sides."""
    order = np.argsort(_depths(scene.points[k]))
    for person in order:
        points = scene.points[k, person]
        if not np.isnan(points).all():
            fade = 0.0 if scene.used[person] else FADED
            _draw_body(
                canvas, scene, place(points, x, floor, scale), scale, look, fade, joints, importance
            )


def draw_axes(
    canvas: Canvas, ways: Points, x: float, y: float, length: float, look: Palette
) -> None:
    """Three arrows from a point, `ways` `(3, 3)` as the viewer sees them; letters are left out."""
    for axis in np.argsort(ways[:, 2]):
        colour = list(AXES.values())[axis]
        tip = np.array([x + ways[axis, 0] * length, y - ways[axis, 1] * length])
        canvas.stroke([(x, y), (tip[0], tip[1])], 2.4, colour)
        along = tip - np.array([x, y])
        size = float(np.linalg.norm(along))
        if size > 8:
            along = along / size
            side = np.array([-along[1], along[0]])
            head = [tip + along * 6, tip - along * 3 + side * 4, tip - along * 3 - side * 4]
            canvas.area([(float(p[0]), float(p[1])) for p in head], colour)
    canvas.dot((x, y), 2.6, look.middle)


def _draw_body(
    canvas: Canvas, scene: Scene, points: Points, scale: float, look: Palette, fade: float,
    joints: bool, importance: Importance | None,
) -> None:  # fmt: skip
    layout = scene.layout
    size = scene.size * scale
    width = min(max((0.026 if joints else 0.034) * size, _THINNEST), _THICKEST)
    seen = np.asarray(~np.isnan(points).any(axis=-1))

    def tint(*ends: int) -> str:
        full = importance.shade(look, *ends) if importance else look.of(layout.joints[ends[0]])
        return blend(full, look.panel, fade)

    corners = [layout.index[name] for name in CORNERS if name in layout.index]
    if len(corners) == len(CORNERS) and seen[corners].all():
        trunk = [(points[c, 0], points[c, 1]) for c in corners]
        colour = blend(look.middle, look.panel, TRUNK + (1 - TRUNK) * fade)
        canvas.area(trunk, colour)
        canvas.stroke([*trunk, trunk[0]], width, colour)
    for a, b in _by_depth(points, seen, layout):
        ends = [(float(points[i, 0]), float(points[i, 1])) for i in (a, b)]
        if a != b:
            canvas.bar(_inner(ends, width / 2), width * (1 + _HALO), look.panel)
            canvas.stroke(ends, width, tint(a, b))
        if joints or a == b:
            radius = max(0.66 * width, _LONE if a == b else 0.0)
            for joint, end in zip((a, b), ends, strict=True):
                canvas.dot(end, radius, tint(joint))
                if width > _HOLLOW:
                    canvas.dot(end, 0.33 * width, look.panel)
    if importance:
        for joint in _lesser_first(np.flatnonzero(seen), importance):
            middle = (float(points[joint, 0]), float(points[joint, 1]))
            canvas.dot(middle, 0.8 * width, look.panel)
            canvas.dot(middle, 0.66 * width, tint(joint))
    if "head" in layout.index and seen[layout.index["head"]] and size > _LARGE:
        x, y, _ = points[layout.index["head"]]
        canvas.dot((x, y), _HEAD * size + 0.3 * width, look.panel)
        canvas.dot((x, y), _HEAD * size, tint(layout.index["head"]))


def _lesser_first(joints: NDArray[np.intp], importance: Importance) -> list[int]:
    return sorted((int(joint) for joint in joints), key=importance.share)


def _inner(ends: list[Pixel], cut: float) -> list[Pixel]:
    """A bone without so many pixels at either end: its halo must not bite into its neighbours."""
    (ax, ay), (bx, by) = ends
    share = min(cut / max(hypot(bx - ax, by - ay), 1e-9), 0.5)
    x, y = (bx - ax) * share, (by - ay) * share
    return [(ax + x, ay + y), (bx - x, by - y)]


def _by_depth(points: Points, seen: NDArray[np.bool_], layout: Layout) -> Iterator[tuple[int, int]]:
    """Bones by their ends, the farthest first, after the joints on which no seen bone hangs."""
    bones = [(child, parent) for child, parent in layout.bones if seen[child] and seen[parent]]
    held = {joint for bone in bones for joint in bone}
    yield from ((int(joint), int(joint)) for joint in np.flatnonzero(seen) if joint not in held)
    yield from sorted(bones, key=lambda bone: float(points[list(bone), 2].mean()))


def draw_trail(
    canvas: Canvas, path: Points, x: float, floor: float, scale: float, width: float, colour: str,
    look: Palette,
) -> None:  # fmt: skip
    """The way of a joint `(K, 3)`, fading backwards."""
    places = place(path, x, floor, scale)
    for step, (a, b) in enumerate(pairwise(places)):
        if not (np.isnan(a).any() or np.isnan(b).any()):
            shade = blend(look.panel, colour, 0.1 + 0.4 * (step + 1) / len(places))
            canvas.stroke([(a[0], a[1]), (b[0], b[1])], width, shade)


def _depths(bodies: Points) -> Points:
    """The depth of each of `(M, V, 3)`; those that are not there first."""
    count = np.maximum((~np.isnan(bodies[..., 2])).sum(axis=-1), 1)
    return np.asarray(np.nansum(bodies[..., 2], axis=-1) / count)

"""Drawing: skeletons as SVG text, several moments of a clip side by side (ours)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from skeleton.clip import Clip
from skeleton.errors import NothingToSee
from skeleton.layouts import custom_layout
from skeleton.mapping import mapping
from skeleton.persons import choose_person
from skeleton.svg import Palette, document, text
from skeleton.view import Points, heading, moments, mover, tilted, turned

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
_TRUNK = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
_ENDS = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")
_OVERLAP = 0.8  # of a figure's width, from one figure to the next
_ELEVATION = 7.0  # degrees the viewer looks down


@dataclass(frozen=True, eq=False)
class Strip:
    """A clip made ready to be drawn: `points` `(T, V, 3)` metres of the joints in `DRAWN`, as
    the viewer sees them, NaN where unseen, standing on 0; `moments` are the frames drawn."""

    points: Points
    fps: float
    moments: tuple[int, ...]

    @property
    def height(self) -> float:
        """The highest place of any joint over the floor, and room for the head, metres."""
        return float(np.nanmax(self.points[..., 1])) + 0.14

    @property
    def left(self) -> float:
        """The leftmost place of any drawn moment, metres from the middle."""
        return float(np.nanmin(self.points[list(self.moments), :, 0])) - 0.1

    @property
    def right(self) -> float:
        """The rightmost place of any drawn moment, metres from the middle."""
        return float(np.nanmax(self.points[list(self.moments), :, 0])) + 0.1

    def mover(self) -> str | None:
        """The hand or foot that moves most, None where none moves by 10 cm."""
        return mover(self.points, DRAWN, _ENDS)


def strip_of(clip: Clip, poses: int, *, turn: float | None = 25.0) -> Strip:
    """Prepare a clip for drawing at `poses` moments, spread over it from its start to its end,
    each where most of the body is seen.

    The body is turned to face the viewer, then by `turn` degrees to its left so that depth shows;
    None leaves it as the camera saw it. Raises `NothingToSee` when no joint was seen.
    """
    one, _ = choose_person(clip.joints, None)
    points = np.asarray(mapping(clip.layout, DRAWN).apply(one), dtype=np.float64)
    seen = ~np.isnan(points).any(axis=-1)
    if not seen.any():
        raise NothingToSee("no joint was seen in any frame: there is nothing to draw")
    points[~seen] = np.nan
    if turn is not None:
        points = turned(points, turn - heading(points, DRAWN))
    middle = np.nanmedian(points[..., (0, 2)], axis=(0, 1))
    standing = points - np.array([middle[0], np.nanmin(points[..., 1]), middle[1]])
    chosen = tuple(moments(seen.sum(axis=-1), max(poses, 1)))
    return Strip(tilted(standing, _ELEVATION), clip.fps, chosen)


def figure(strip: Strip, moment: int, x: float, floor: float, scale: float, look: Palette) -> str:
    """Draw one moment, `x` and `floor` in pixels, `scale` in pixels a metre; unseen joints and
    what hangs on them are left out."""
    place = strip.points[moment] * np.array([scale, -scale, 1.0]) + np.array([x, floor, 0.0])
    seen = ~np.isnan(place).any(axis=-1)
    size = strip.height * scale
    shapes: list[tuple[float, str]] = []
    corners = [_AT[name] for name in _TRUNK]
    whole = bool(seen[corners].all())
    for a, b, width in _bones():
        i, j = _AT[a], _AT[b]
        if whole and a in ("pelvis", "spine"):
            continue
        if seen[i] and seen[j] and not np.allclose(place[i], place[j], atol=0.01):
            depth = float(place[i, 2] + place[j, 2]) / 2
            stroke = _bone(place[i], place[j], width * size, look.of(b), look.card)
            shapes.append((depth, stroke))
    if whole:
        outline = " ".join(f"{place[c, 0]:.1f},{place[c, 1]:.1f}" for c in corners)
        trunk = (
            f'<polygon points="{outline}" fill="{look.middle}" stroke="{look.middle}" '
            f'stroke-width="{0.05 * size:.1f}" stroke-linejoin="round"/>'
        )
        shapes.append((float(place[corners, 2].mean()) - 0.02, trunk))
    head = _AT["head"]
    if seen[head]:
        ball = (
            f'<circle cx="{place[head, 0]:.1f}" cy="{place[head, 1]:.1f}" r="{0.06 * size:.1f}" '
            f'fill="{look.middle}" stroke="{look.card}" stroke-width="{0.008 * size:.1f}"/>'
        )
        shapes.append((float(place[head, 2]), ball))
    return "".join(shape for _, shape in sorted(shapes, key=lambda item: item[0]))


def trail(
    strip: Strip, first: int, last: int, x: float, floor: float, scale: float, look: Palette
) -> str:
    """Draw the way of the hand or foot that moves most between two frames, fading backwards."""
    mover = strip.mover()
    if mover is None or last <= first:
        return ""
    end = mover.replace("wrist", "hand_tip").replace("ankle", "foot")
    path = strip.points[first : last + 1, _AT[end]]
    pieces = []
    for step, (a, b) in enumerate(pairwise(path)):
        if np.isnan(a).any() or np.isnan(b).any():
            continue
        pieces.append(
            f'<line x1="{x + a[0] * scale:.1f}" y1="{floor - a[1] * scale:.1f}" '
            f'x2="{x + b[0] * scale:.1f}" y2="{floor - b[1] * scale:.1f}" '
            f'opacity="{0.08 + 0.5 * (step + 1) / len(path):.2f}"/>'
        )
    return (
        f'<g class="trail" stroke="{look.of(mover)}" stroke-width="{0.022 * scale:.1f}" '
        f'fill="none">{"".join(pieces)}</g>'
    )


def fitting_scale(strip: Strip, width: float, height: float) -> float:
    """Return the pixels a metre at which the moments of a strip fit side by side."""
    # Neighbours may overlap a little: they are rarely widest at the same height.
    columns = 1 + (len(strip.moments) - 1) * _OVERLAP
    return min(height / strip.height, width / ((strip.right - strip.left) * columns))


def row(strip: Strip, x: float, floor: float, width: float, scale: float, look: Palette) -> str:
    """Draw all moments of a strip side by side on one floor, over `width` pixels."""
    columns = len(strip.moments)
    span = (strip.right - strip.left) * scale
    step = (width - span) / max(columns - 1, 1)
    start = x - strip.left * scale if columns > 1 else x + width / 2
    centres = [start + step * column for column in range(columns)]
    size = strip.height * scale
    parts = [
        f'<ellipse class="shadow" cx="{centre:.1f}" cy="{floor:.1f}" rx="{0.13 * size:.1f}" '
        f'ry="{0.025 * size:.1f}" fill="{look.floor}"/>'
        for centre in centres
    ]
    for (before, moment), centre in zip(pairwise(strip.moments), centres[1:], strict=True):
        parts.append(trail(strip, before, moment, centre, floor, scale, look))
    for moment, centre in zip(strip.moments, centres, strict=True):
        drawn = figure(strip, moment, centre, floor, scale, look)
        parts.append(f'<g class="pose">{drawn}</g>')
    return "".join(parts)


def draw_strip(
    clip: Clip,
    *,
    poses: int = 6,
    title: str | None = None,
    turn: float | None = 25.0,
    width: int = 900,
    height: int = 300,
    look: Palette | None = None,
) -> str:
    """Draw a clip as an SVG strip: `poses` moments from the front, left limbs and right limbs in
    two colours, the floor, the time of each, and the fading way of the hand or foot that moves
    most. `turn` as in `strip_of`. Raises `NothingToSee`."""
    look = look or Palette()
    strip = strip_of(clip, poses, turn=turn)
    top = 52 if title else 18
    floor = height - 40
    scale = fitting_scale(strip, width - 48, floor - top)
    body = row(strip, 24, floor, width - 48, scale, look)
    lines = [
        f'<rect x="1" y="1" width="{width - 2}" height="{height - 2}" rx="16" '
        f'fill="{look.card}" stroke="{look.edge}"/>',
        f'<line x1="24" y1="{floor}" x2="{width - 24}" y2="{floor}" stroke="{look.floor}" '
        'stroke-width="2" stroke-linecap="round"/>',
        body,
    ]
    if title:
        lines.append(text(title, 26, 35, look.ink, size=17, weight=600))
    seconds = (len(strip.points) - 1) / strip.fps
    lines.append(
        text(f"{seconds:.1f} s", width - 26, height - 15, look.faint, size=12, anchor="end")
    )
    lines.append(text("0 s", 26, height - 15, look.faint, size=12))
    return document(width, height, title or "A skeleton at several moments", lines)


def _bones() -> Iterator[tuple[str, str, float]]:
    yield from _MIDDLE
    for side in ("left", "right"):
        yield from ((f"{side}_{a}", f"{side}_{b}", width) for a, b, width in _LIMBS)


def _bone(a: Points, b: Points, width: float, colour: str, halo: str) -> str:
    ends = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"'
    return (
        f'<line {ends} stroke="{halo}" stroke-width="{1.35 * width:.1f}"/>'
        f'<line {ends} stroke="{colour}" stroke-width="{width:.1f}" stroke-linecap="round"/>'
    )

"""Strips: several moments of a clip side by side as SVG text (ours)."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from skeleton.clip import Clip
from skeleton.drawing.colours import Palette
from skeleton.drawing.importance import Importance
from skeleton.drawing.pose import DRAWN, draw_pose, draw_way
from skeleton.drawing.svg import document, text
from skeleton.drawing.view import Points, heading, moments, mover, tilted, turned
from skeleton.errors import NothingToSee
from skeleton.mapping import absent_joints, mapping
from skeleton.persons import choose_person

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
        return mover(self.points, DRAWN)


def strip_of(clip: Clip, poses: int, *, turn: float | None = 25.0) -> Strip:
    """Prepare a clip for drawing at `poses` moments, spread over it from its start to its end,
    each where most of the body is seen.

    The body is turned to face the viewer, then by `turn` degrees to its left so that depth shows;
    None leaves it as the camera saw it. Raises `NothingToSee` when no joint was seen.
    """
    person, _ = choose_person(clip.joints, None)
    one = clip.joints[:, person]
    body = mapping(clip.layout, DRAWN, absent_joints(one, clip.layout)).apply(one)
    points = np.asarray(body, dtype=np.float64)
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


def fitting_scale(strip: Strip, width: float, height: float) -> float:
    """Return the pixels a metre at which the moments of a strip fit side by side."""
    # Neighbours may overlap a little: they are rarely widest at the same height.
    columns = 1 + (len(strip.moments) - 1) * _OVERLAP
    return min(height / strip.height, width / ((strip.right - strip.left) * columns))


def row(
    strip: Strip, x: float, floor: float, width: float, scale: float, look: Palette,
    importance: Importance | None = None,
) -> str:  # fmt: skip
    """Draw all moments of a strip side by side on one floor, over `width` pixels, coloured by the
    `importance` of the joints `DRAWN` where there is one."""
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
    end = strip.mover()
    for (before, moment), centre in zip(pairwise(strip.moments), centres[1:], strict=True):
        if end is None:
            break
        way = strip.points[before : moment + 1]
        parts.append(draw_way(way, end, centre, floor, scale, look, importance))
    for moment, centre in zip(strip.moments, centres, strict=True):
        pose = strip.points[moment]
        drawn = draw_pose(pose, strip.height, centre, floor, scale, look, importance)
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

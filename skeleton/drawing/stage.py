"""The stage: moments of a scene side by side on one floor, with their times (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor as whole
from math import log10

import numpy as np

from skeleton.drawing.canvas import Canvas
from skeleton.drawing.colours import AXES, Palette
from skeleton.drawing.figures import draw_axes, draw_figures, draw_shadows, draw_trail
from skeleton.drawing.importance import Importance
from skeleton.drawing.scene import Scene
from skeleton.drawing.view import Points, mover

_MARGIN = 18.0  # pixels
_UNDER = 30.0  # pixels for the times under the figures
_TRIAD = 30.0  # pixels
_OVER = 0.09  # of a body's size, from its highest joint to its name
_TRAIL = 3.0  # pixels
_MEASURE = 56.0  # pixels that the measure takes at most


@dataclass(frozen=True)
class Stage:
    """A place of `width` by `height` pixels for figures, its `words` of so many pixels.

    `joints` marks every joint with a dot; `axes` are drawn in the corner, `(3, 3)` unit vectors,
    together with a measure of length in `unit`. `importance` colours joints, bones and trails.
    """

    width: int
    height: int
    words: float
    fineness: int
    look: Palette
    joints: bool = False
    axes: Points | None = None
    unit: str = "m"
    importance: Importance | None = None

    @property
    def left(self) -> float:
        """Where the figures may begin."""
        return _MARGIN if self.axes is None else 2.6 * _TRIAD + 14

    def room(self) -> tuple[float, float]:
        """The width and height that the figures may take."""
        return self.width - _MARGIN - self.left, self.height - _UNDER - 10

    def scale(self, scene: Scene, columns: int) -> float:
        """The pixels a unit at which so many moments of a scene fit side by side."""
        width, height = self.room()
        return scene.scale(width, height, columns)

    def draw(
        self,
        scene: Scene,
        frames: Sequence[int],
        times: Sequence[str],
        trails: Sequence[int] | None = None,
    ) -> Canvas:
        """Draw the moments `frames` of a scene, each over its time. `trails` says for each from
        which frame on the hand or foot that moves most leaves its way."""
        look = self.look
        canvas = Canvas(self.width, self.height, look.panel, self.fineness)
        scale = self.scale(scene, len(frames))
        ground = self.height - _UNDER + min(scene.low, 0.0) * scale
        canvas.stroke([(_MARGIN, ground), (self.width - _MARGIN, ground)], 1.6, look.floor)
        columns = self._columns(scene, len(frames), scale)
        if len(scene.names) > 1:
            self._fences(canvas, scene, columns, ground, scale)
        for k, x in zip(frames, columns, strict=True):
            draw_shadows(canvas, scene, k, x, ground, scale, look)
        if trails is not None and (end := mover(scene.points[:, 0], scene.layout)):
            joint = scene.layout.index[end]
            colour = self.importance.shade(look, joint) if self.importance else look.of(end)
            path = scene.points[:, 0, joint]
            for first, k, x in zip(trails, frames, columns, strict=True):
                draw_trail(canvas, path[first : k + 1], x, ground, scale, _TRAIL, colour, look)
        for k, x in zip(frames, columns, strict=True):
            draw_figures(
                canvas, scene, k, x, ground, scale, look, joints=self.joints,
                importance=self.importance,
            )  # fmt: skip
        corner = (0.5 * self.left, self.height - _UNDER - 2.2 * _TRIAD)
        if self.axes is not None:
            self._measure(canvas, scale)
            draw_axes(canvas, self.axes, *corner, _TRIAD, look)
        canvas = canvas.smoothed()
        for time, x in zip(times, columns, strict=True):
            middle = x + (scene.left + scene.right) / 2 * scale
            canvas.words(time, middle, self.height - 8, self.words, look.faint, "m")
        if self.axes is not None:
            self._letters(canvas, self.axes, *corner)
            length, middle = _round_length(_MEASURE / scale), _MARGIN + _MEASURE / 2
            canvas.words(
                f"{length:g} {self.unit}".rstrip(),
                middle,
                self.height - 8,
                self.words,
                look.faint,
                "m",
            )
        self._names(canvas, scene, frames, columns, ground, scale)
        return canvas

    def _columns(self, scene: Scene, count: int, scale: float) -> list[float]:
        """Where the middles of the scenes stand."""
        span = (scene.right - scene.left) * scale
        width, _ = self.room()
        if count == 1:
            return [self.left + (width - span) / 2 - scene.left * scale]
        # No farther from each other than twice a figure: a short row stands in the middle.
        step = min((width - span) / (count - 1), 2.0 * max(span, 0.4 * scene.size * scale))
        start = self.left + (width - span - step * (count - 1)) / 2 - scene.left * scale
        return [start + step * column for column in range(count)]

    def _fences(
        self, canvas: Canvas, scene: Scene, columns: Sequence[float], ground: float, scale: float
    ) -> None:
        """Lines between the moments of several persons: whose neighbour is of another time."""
        for before, after in pairwise(columns):
            x = float(round((before + after + (scene.left + scene.right) * scale) / 2))
            top = max(ground - scene.top * scale, 0.0)
            canvas.stroke([(x, top), (x, self.height - 8.0)], 2.0, self.look.edge)

    def _letters(self, canvas: Canvas, axes: Points, x: float, y: float) -> None:
        for (name, colour), way in zip(AXES.items(), axes, strict=True):
            flat = way[:2] / max(float(np.linalg.norm(way[:2])), 1e-9)
            reach = _TRIAD * float(np.linalg.norm(way[:2])) + 14
            at = (x + flat[0] * reach, y - flat[1] * reach + 0.3 * self.words)
            canvas.words(name, *at, self.words + 2, colour, "m")

    def _measure(self, canvas: Canvas, scale: float) -> None:
        half, middle = _round_length(_MEASURE / scale) * scale / 2, _MARGIN + _MEASURE / 2
        y = self.height - _UNDER + 6
        canvas.stroke([(middle - half, y), (middle + half, y)], 1.4, self.look.faint)
        for x in (middle - half, middle + half):
            canvas.stroke([(x, y - 3), (x, y + 3)], 1.4, self.look.faint)

    def _names(
        self, canvas: Canvas, scene: Scene, frames: Sequence[int], columns: Sequence[float],
        ground: float, scale: float,
    ) -> None:  # fmt: skip
        """Write over every body who it is, where there are several."""
        for k, x in zip(frames, columns, strict=True):
            for name, used, body in zip(scene.names, scene.used, scene.points[k], strict=True):
                seen = body[~np.isnan(body).any(axis=-1)]
                if not name or not len(seen):
                    continue
                # Over the middle of the body: a raised hand is not who it is.
                across, top = float(np.median(seen[:, 0])), float(seen[:, 1].max())
                colour = self.look.ink if used else self.look.faint
                y = max(ground - top * scale - _OVER * scene.size * scale, self.words)
                canvas.words(name, x + across * scale, y, self.words, colour, "m")


def _round_length(most: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten that is not longer."""
    ten = 10.0 ** whole(log10(most))
    return max(times * ten for times in (1, 2, 5) if times * ten <= most * 1.0001)

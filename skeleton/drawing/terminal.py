"""Drawings in a terminal: bodies in Braille dots, several moments side by side (ours)."""

from textwrap import wrap

import numpy as np
from numpy.typing import ArrayLike

from skeleton.clip import Recording
from skeleton.drawing.braille import ACROSS, DOWN, Dots
from skeleton.drawing.importance import Importance, importance_of
from skeleton.drawing.row import Row, prepared_row, received_row
from skeleton.drawing.scene import Scene
from skeleton.drawing.view import Points
from skeleton.inspection.understanding import understand
from skeleton.layouts import Layout

_TWO = 72  # characters from which on both views fit side by side
_GAP = 2
_POSES = 6
_HEAD = 0.055  # of a body's size
_INKS = {"left": "\x1b[36m", "right": "\x1b[33m"}
_FAINT, _END = "\x1b[2m", "\x1b[0m"
_LEVELS = (_FAINT, "", "\x1b[35m")  # of importance, the least first
_FEWEST = 4  # lines from which on words are written over and under the dots


def draw_terminal(
    recording: Recording, layout: Layout, frames: int, *, width: int, height: int, colour: bool,
    importance: ArrayLike | None = None,
) -> str:  # fmt: skip
    """Draw a recording as lines of Braille dots, at most `height` of `width` characters: moments
    as received, in the axes that were understood; beside them, where there is room, those that a
    model of this layout and number of frames sees.

    `colour` draws the left side cyan and the right side yellow by ANSI codes. What the model must
    refuse is drawn as far as it can be.

    `importance` `(V,)`, how much each joint of the layout matters, gets a line that names the most
    important ones, and with `colour` shows in what the model sees: magenta for more than two
    thirds of `Importance.most`, faint for less than one. Raises `BadImportance`.
    """
    found, weights = understand(recording, layout, frames), importance_of(importance, layout)
    width, height = max(width, 1), max(height, 1)
    both = width >= _TWO and found.prepared is not None
    room = (width - _GAP) // 2 if both else width
    told = weights is not None and found.prepared is not None and height > _FEWEST
    board = _Board(room, height - told, colour)
    row = received_row(found, _POSES, board.scale)
    if row is None:
        return "\n".join(board.words(found.reason or "no joint was seen in any frame"))
    blocks = [board.draw(f"as received: {found.directions}", row)]
    prepared = prepared_row(found, _POSES, board.scale) if both else None
    if prepared is not None:
        blocks.append(board.draw("as the model sees it, turned to you", prepared, weights))
    lines = [(" " * _GAP).join(parts).rstrip() for parts in zip(*blocks, strict=True)]
    if told and weights is not None:
        lines.append(_legend(weights, width, colour and prepared is not None))
    return "\n".join(lines)


def _legend(importance: Importance, width: int, colour: bool) -> str:
    """The most important joints, and with `colour` the one they are drawn in."""
    lead = "matter most (magenta): " if colour else "matter most: "
    text = f"{lead}{importance.words()}"[:width]
    return text.replace("magenta", f"{_LEVELS[-1]}magenta{_END}") if colour else text


class _Board:
    """A place of `width` by `height` characters."""

    def __init__(self, width: int, height: int, colour: bool) -> None:
        self._width, self._height, self._colour = width, height, colour
        self._titled = height >= _FEWEST
        self._rows = height - 2 if self._titled else height

    def words(self, text: str) -> list[str]:
        """Nothing but words."""
        lines = wrap(text, self._width, max_lines=self._height, placeholder="")
        return [line.ljust(self._width) for line in lines]

    def draw(self, title: str, row: Row, importance: Importance | None = None) -> list[str]:
        """A row over its times; every line takes the whole width."""
        scene, frames = row.scene, row.frames
        dots = Dots(self._width, self._rows)
        scale = self.scale(scene, len(frames))
        span, ground = (scene.right - scene.left) * scale, dots.height - 1 + scene.low * scale
        step = (dots.width - 1 - span) / max(len(frames) - 1, 1)
        start = (dots.width - 1 - span) / 2 if len(frames) == 1 else 0.0
        columns = [start + step * column - scene.left * scale for column in range(len(frames))]
        for k, x in zip(frames, columns, strict=True):
            for body, used in zip(scene.points[k], scene.used, strict=True):
                places = body[:, :2] * (scale, -scale) + (x, ground)
                self._body(dots, scene, places, used, scale, importance)
        dots.floor(ground, self._ink(_FAINT))
        if not self._titled:
            return dots.lines()
        under = [" "] * self._width
        for time, x in zip(row.seconds, columns, strict=True):
            middle = (x + (scene.left + scene.right) / 2 * scale) / ACROSS
            text = f"{time:.2f}s"
            first = min(max(round(middle - len(text) / 2), 0), max(self._width - len(text), 0))
            under[first : first + len(text)] = text
        return [
            self._faint(title[: self._width].ljust(self._width)),
            *dots.lines(),
            self._faint("".join(under)[: self._width]),
        ]

    def scale(self, scene: Scene, columns: int) -> float:
        """Dots a unit at which so many moments fit."""
        return scene.scale(self._width * ACROSS - 1, self._rows * DOWN - 1, columns)

    def _body(
        self, dots: Dots, scene: Scene, places: Points, used: bool, scale: float,
        importance: Importance | None,
    ) -> None:  # fmt: skip
        names = scene.layout.joints
        seen = np.asarray(~np.isnan(places).any(axis=-1))

        def ink(*joints: int) -> str:
            if importance is None:
                return self._side(names[joints[0]], used)
            return self._ink(_LEVELS[importance.level(len(_LEVELS), *joints)])

        shapes = [bone for bone in scene.layout.bones if seen[list(bone)].all()]
        shapes += [(int(joint), int(joint)) for joint in np.flatnonzero(seen)]
        if importance is not None:  # the last ink of a character colours all of it
            shapes.sort(key=lambda ends: importance.share(*ends))
        for a, b in shapes:
            dots.line(places[a], places[b], ink(a, b))
        head = scene.layout.index.get("head")
        if head is not None and seen[head]:
            dots.ring(places[head], _HEAD * scene.size * scale, ink(head))

    def _side(self, joint: str, used: bool) -> str:
        return self._ink(_INKS.get(joint.partition("_")[0], "") if used else _FAINT)

    def _ink(self, code: str) -> str:
        return code if self._colour else ""

    def _faint(self, text: str) -> str:
        return f"{_FAINT}{text}{_END}" if self._colour else text

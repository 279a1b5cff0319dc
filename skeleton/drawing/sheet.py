"""The sheet: what stands around the two stages of a drawing, in words (ours)."""

from dataclasses import dataclass

from skeleton.drawing.canvas import Canvas
from skeleton.drawing.colours import WARNING, Palette, scale_of
from skeleton.drawing.importance import Importance
from skeleton.drawing.letters import shortened, text_width, wrapped
from skeleton.inspection.posture import warnings_of
from skeleton.inspection.understanding import Understanding

_LEGEND = ("left", "right")
_NOTE_LINES = 2


@dataclass(frozen=True)
class Sizes:
    """The sizes of a drawing in pixels."""

    width: int
    height: int
    margin: int
    title: int  # letters
    words: int
    small: int
    head: int  # over the panels
    panel_head: int
    notes: int  # lines at most
    fineness: int


@dataclass(frozen=True)
class Box:
    """A place on the sheet."""

    x: int
    y: int
    width: int
    height: int


class Sheet:
    """A sheet with a heading, two panels and the warnings under them; `stages` are the boxes in
    which the panels show something. `importance` has its legend in the second."""

    def __init__(
        self,
        found: Understanding,
        title: str,
        sizes: Sizes,
        look: Palette,
        importance: Importance | None = None,
    ) -> None:
        self.found, self.sizes, self.look = found, sizes, look
        self.canvas = Canvas(sizes.width, sizes.height, look.card)
        self._heading(title)
        bottom = self._notes()
        room = sizes.width - 3 * sizes.margin
        panels = [
            Box(x, sizes.head, room // 2, bottom - sizes.head)
            for x in (sizes.margin, 2 * sizes.margin + room // 2)
        ]
        for panel in panels:
            card = Canvas(panel.width, panel.height, look.card, sizes.fineness)
            card.card(12, look.panel, look.edge)
            self.canvas.paste(card.smoothed(), panel.x, panel.y)
        self.stages = (self._received(panels[0]), self._model(panels[1], importance))
        if not found.persons:
            self._say(self.stages[0], "no joint was seen in any frame", WARNING)
        if found.reason is not None:
            self._say(self.stages[1], found.reason, WARNING)

    def show(self, stage: int, drawn: Canvas) -> None:
        """Put a drawing on a stage."""
        self.canvas.paste(drawn, *self.corner(stage))

    def corner(self, stage: int) -> tuple[int, int]:
        """Where a stage begins."""
        return self.stages[stage].x, self.stages[stage].y

    def _say(self, stage: Box, words: str, colour: str) -> None:
        size, middle = self.sizes.words, stage.x + stage.width / 2
        lines = wrapped(words, size, 0.8 * stage.width, 6)
        top = stage.y + stage.height * 0.45 - (len(lines) - 1) * 0.7 * size
        for line, text in enumerate(lines):
            self.canvas.words(text, middle, top + 1.4 * size * line, size, colour, "m")

    def _heading(self, title: str) -> None:
        sizes, look, found = self.sizes, self.look, self.found
        x, y = sizes.margin, sizes.head - 0.36 * (sizes.head - sizes.title) - 3
        right = float(sizes.width - sizes.margin)
        key = Canvas(sizes.small, sizes.small, look.card, sizes.fineness)
        for side in reversed(_LEGEND):
            right -= text_width(side, sizes.small)
            self.canvas.words(side, right, y, sizes.small, look.faint)
            right -= 1.25 * sizes.small
            key.dot((sizes.small / 2,) * 2, 0.38 * sizes.small, look.of(f"{side}_"))
            self.canvas.paste(key.smoothed(), round(right), round(y - 0.86 * sizes.small))
            right -= sizes.small
        given = "" if found.recording.fps is not None else " (assumed)"
        count = len(found.recording.joints)
        facts = f"{count} frames · {found.seconds:.2f} s · {found.fps:g} fps{given}"
        right -= sizes.small + text_width(facts, sizes.small)
        self.canvas.words(facts, right, y, sizes.small, look.faint)
        name = shortened(
            title or f"{found.recording.layout.name} clip", sizes.title, right - x - sizes.title
        )
        self.canvas.words(name, x, y, sizes.title, look.ink)

    def _notes(self) -> int:
        """Write the warnings at the bottom; return where the panels end."""
        sizes, look = self.sizes, self.look
        room = sizes.width - 2 * sizes.margin - 1.4 * sizes.words
        warnings = list(warnings_of(self.found))
        if (more := len(warnings) - sizes.notes) > 0:
            warnings[sizes.notes - 1 :] = [f"and {more + 1} more warnings"]
        texts = [wrapped(warning, sizes.words, room, 2) for warning in warnings]
        if sum(map(len, texts)) > sizes.notes:
            texts = [[shortened(warning, sizes.words, room)] for warning in warnings]
        pitch = round(1.36 * sizes.words)
        y = sizes.height - sizes.margin * 0.7 - pitch * sum(map(len, texts))
        bottom = round(y - (0.35 * sizes.words if texts else 0.3 * sizes.margin))
        mark = Canvas(sizes.words, sizes.words, look.card, sizes.fineness)
        mark.dot((sizes.words / 2,) * 2, 0.25 * sizes.words, WARNING)
        for lines in texts:
            self.canvas.paste(mark.smoothed(), sizes.margin, round(y + 0.22 * sizes.words))
            for line in lines:
                x = sizes.margin + 1.4 * sizes.words
                self.canvas.words(line, x, y + sizes.words, sizes.words, WARNING)
                y += pitch
        return bottom

    def _received(self, panel: Box) -> Box:
        recording = self.found.recording
        joints = "1 joint" if len(recording.layout) == 1 else f"{len(recording.layout)} joints"
        # Of a long name the end may be missing, of the axes nothing.
        layout = shortened(recording.layout.name, self.sizes.small, 0.3 * panel.width)
        says = f"{joints} of {layout} · axes {recording.axes}: {self.found.directions}"
        return self._panel(panel, "As received", says, [])

    def _model(self, panel: Box, importance: Importance | None) -> Box:
        found = self.found
        if found.prepared is None:
            return self._panel(panel, "The model cannot use it", "", [])
        joints = found.mapping
        says = (
            f"{len(found.layout)} joints · {found.prepared.joints.shape[0]} frames · hips in the "
            "middle, turned to you"
        )
        notes = [
            (f"{how}: {', '.join(name.replace('_', ' ') for name in names)}", colour)
            for how, names, colour in (
                ("derived", tuple(joints.derived), self.look.faint),
                ("missing", joints.missing, WARNING),
            )
            if names
        ]
        if importance is not None:
            self._legend(panel, importance)
            notes.insert(0, (f"matter most: {importance.words()}", self.look.ink))
        return self._panel(panel, "As the model sees it", says, notes)

    def _legend(self, panel: Box, importance: Importance) -> None:
        """Write the shades of importance into a panel's upper right corner."""
        sizes, look = self.sizes, self.look
        inner, size = round(1.2 * sizes.words), sizes.small
        y, right = panel.y + inner + 0.6 * sizes.words, float(panel.x + panel.width - inner)
        most = f"{importance.most:.2f}"
        self.canvas.words(most, right, y, size, look.faint, "r")
        shades = scale_of(look)
        bar = Canvas(len(shades) * size, size, look.panel, sizes.fineness)
        for step, shade in enumerate(shades):
            ends = ((step * float(size), size / 2), ((step + 1.0) * size, size / 2))
            bar.bar(ends, 0.7 * size, shade)
        left = round(right - text_width(most, size) - 0.5 * size - bar.width)
        self.canvas.paste(bar.smoothed(), left, round(y - 0.86 * size))
        self.canvas.words("importance  0", left - 0.5 * size, y, size, look.faint, "r")

    def _panel(self, panel: Box, title: str, says: str, notes: list[tuple[str, str]]) -> Box:
        """Write a panel's words; return what remains of it."""
        sizes = self.sizes
        inner = round(1.2 * sizes.words)
        room = panel.width - 2 * inner
        x, y = panel.x + inner, panel.y + inner + 0.6 * sizes.words
        self.canvas.words(title, x, y, sizes.words + 1, self.look.ink)
        under = shortened(says, sizes.small, room)
        self.canvas.words(under, x, y + 1.6 * sizes.small, sizes.small, self.look.faint)
        pitch = 1.45 * sizes.small
        lines = [
            (line, colour)
            for note, colour in notes
            for line in wrapped(note, sizes.small, room, _NOTE_LINES)
        ]
        foot = round(pitch * len(lines)) + (4 if lines else 0)
        y = panel.y + panel.height - foot + 0.55 * sizes.small
        for words, colour in lines:
            self.canvas.words(words, x, y, sizes.small, colour)
            y += pitch
        head = sizes.panel_head
        return Box(panel.x + 3, panel.y + head, panel.width - 6, panel.height - head - foot - 6)

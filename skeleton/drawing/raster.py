"""Raster drawings: a recording as received beside what a model sees of it, PNG and GIF (ours)."""

from numpy.typing import ArrayLike

from skeleton.clip import Recording
from skeleton.drawing.colours import Palette, colours
from skeleton.drawing.film import Film
from skeleton.drawing.importance import Importance, importance_of
from skeleton.drawing.row import prepared_row, received_row
from skeleton.drawing.scene import as_received, as_the_model_sees_it, data_axes, spread
from skeleton.drawing.sheet import Sheet, Sizes
from skeleton.drawing.stage import Stage
from skeleton.inspection.understanding import Understanding, understand
from skeleton.layouts import Layout

_PNG = Sizes(1200, 520, 20, 20, 15, 13, 54, 62, 4, 3)
_GIF = Sizes(720, 400, 12, 15, 12, 11, 36, 48, 3, 2)
_LOOK = Palette()
_POSES = 5
_MOST_FRAMES = 60
_FASTEST = 25  # frames a second: more is not shown reliably
_TRAIL = 0.25  # of the clip


def draw_png(
    recording: Recording, layout: Layout, frames: int, *, title: str = "",
    importance: ArrayLike | None = None,
) -> bytes:  # fmt: skip
    """Draw a recording as a PNG, 1200 by 520: several moments as received, in the axes that were
    understood, beside those that a model of this layout and number of frames sees.

    `importance` `(V,)`, how much each joint of the layout matters, colours what the model sees.
    What the model must refuse is drawn as far as it can be, with the reason; no recording makes
    it raise, only weights that do not fit the layout: `BadImportance`.
    """
    found, weights = understand(recording, layout, frames), importance_of(importance, layout)
    sheet = Sheet(found, title, _PNG, _LOOK, weights)
    left, right = _stages(sheet, weights)
    received = received_row(found, _POSES, left.scale)
    if received is not None:
        times = [f"{seconds:.2f} s" for seconds in received.seconds]
        sheet.show(0, left.draw(received.scene, received.frames, times))
    prepared = prepared_row(found, _POSES, right.scale)
    if prepared is not None:
        times = [f"{seconds:.2f} s" for seconds in prepared.seconds]
        trails = (0, *prepared.frames[:-1])
        sheet.show(1, right.draw(prepared.scene, prepared.frames, times, trails))
    return sheet.canvas.reduced(colours(_LOOK, importance=weights is not None)).png()


def draw_gif(
    recording: Recording, layout: Layout, frames: int, *, title: str = "",
    importance: ArrayLike | None = None,
) -> bytes:  # fmt: skip
    """Draw a recording as an animated GIF, 720 by 400, at the recording's own speed and for ever:
    what `draw_png` draws, moving. A long clip is thinned out to 60 frames."""
    found, weights = understand(recording, layout, frames), importance_of(importance, layout)
    sheet = Sheet(found, title, _GIF, _LOOK, weights)
    left, right = _stages(sheet, weights)
    count = len(recording.joints)
    shown = min(_MOST_FRAMES, max(round(found.seconds * _FASTEST), 1))
    at = spread(count, shown if found.persons else 1)
    scene, prepared = as_received(found, at, follow=False), as_the_model_sees_it(found)
    film = Film(sheet.canvas, colours(_LOOK, importance=weights is not None))
    for step, frame in enumerate(at):
        time = [f"{frame / found.fps:.2f} s"]
        patches = []
        if scene is not None:
            patches.append((left.draw(scene, [step], time), *sheet.corner(0)))
        if prepared is not None:
            k = round(int(frame) / max(count - 1, 1) * (frames - 1))
            since = max(k - round(_TRAIL * frames), 0)
            patches.append((right.draw(prepared, [k], time, [since]), *sheet.corner(1)))
        film.add(patches)
    return film.gif(found.seconds)


def _stages(sheet: Sheet, importance: Importance | None) -> tuple[Stage, Stage]:
    left, right = sheet.stages
    small, fineness = sheet.sizes.small, sheet.sizes.fineness
    return (
        Stage(
            left.width, left.height, small, fineness, _LOOK, joints=True,
            axes=data_axes(sheet.found), unit=_unit(sheet.found),
        ),
        Stage(right.width, right.height, small, fineness, _LOOK, importance=importance),
    )  # fmt: skip


def _unit(found: Understanding) -> str:
    """Metres, as the clip was taken; those of a refused one may as well be pixels."""
    return "m" if found.prepared is not None else ""

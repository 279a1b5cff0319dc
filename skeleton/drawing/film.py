"""A film: canvases in a closed set of colours as an animated GIF (ours)."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import pairwise

from skeleton.drawing.canvas import Canvas

_LONGEST = 655_350  # milliseconds a GIF can show one frame
_TICK = 10  # milliseconds: GIF counts hundredths of a second


class Film:
    """An animated GIF that repeats for ever. Every frame is the first with patches on it."""

    def __init__(self, base: Canvas, colours: Sequence[str]) -> None:
        self._colours, self._base = colours, base.reduced(colours)
        self._frames: list[Canvas] = []

    def add(self, patches: Iterable[tuple[Canvas, int, int]]) -> None:
        """Add a frame: the base with smoothed canvases put on it."""
        frame = self._base.copy()
        for patch, x, y in patches:
            frame.paste(patch.reduced(self._colours), x, y)
        self._frames.append(frame)

    def gif(self, seconds: float) -> bytes:
        """The file; all frames together take so long, each as long as any other."""
        count = len(self._frames)
        ticks = [round(1000 / _TICK * seconds * step / count) for step in range(count + 1)]
        durations = [
            min(max(after - before, 1) * _TICK, _LONGEST) for before, after in pairwise(ticks)
        ]
        file = BytesIO()
        self._frames[0].image.save(
            file,
            "GIF",
            save_all=True,
            append_images=[frame.image for frame in self._frames[1:]],
            duration=durations if count > 1 else durations[0],
            loop=0,
            optimize=False,
            disposal=1,
        )
        return file.getvalue()

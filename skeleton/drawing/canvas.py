"""A canvas: shapes and words as pixels, drawn by Pillow, with smooth edges (ours)."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import hypot

from skeleton.drawing.colours import levels
from skeleton.drawing.letters import write

Pixel = tuple[float, float]


class Canvas:
    """A picture of `width` by `height` pixels. Shapes are drawn `fineness` times larger until
    `smoothed`; places and sizes are always in pixels of the final picture."""

    def __init__(self, width: int, height: int, colour: str, fineness: int = 1) -> None:
        from PIL import Image, ImageDraw

        self.width, self.height, self._fine = width, height, fineness
        self.image = Image.new("RGB", (width * fineness, height * fineness), colour)
        self._pen = ImageDraw.Draw(self.image)

    def smoothed(self) -> "Canvas":
        """The same picture in its final size."""
        canvas = Canvas(1, 1, "#000")
        canvas._take(self.image.reduce(self._fine))
        return canvas

    def reduced(self, colours: Sequence[str]) -> "Canvas":
        """The same smoothed picture in nothing but these colours, 256 at most: files are small,
        and what does not move does not flicker."""
        from PIL import Image

        values = [level for colour in colours for level in levels(colour)]
        palette = Image.new("P", (1, 1))
        # What is left over of the 256 repeats the first: no other colour comes in.
        palette.putpalette(values + values[:3] * (256 - len(colours)))
        canvas = Canvas(1, 1, "#000")
        canvas._take(self.image.quantize(palette=palette, dither=Image.Dither.NONE))
        return canvas

    def copy(self) -> "Canvas":
        """The same picture, to be drawn on."""
        canvas = Canvas(1, 1, "#000")
        canvas._fine = self._fine
        canvas._take(self.image.copy())
        return canvas

    def _take(self, image: object) -> None:
        from PIL import Image, ImageDraw

        assert isinstance(image, Image.Image)
        self.image, self._pen = image, ImageDraw.Draw(image)
        self.width, self.height = (size // self._fine for size in image.size)

    def paste(self, other: "Canvas", x: int, y: int) -> None:
        """Put a smoothed canvas on this smoothed one."""
        self.image.paste(other.image, (x, y))

    def stroke(self, points: Sequence[Pixel], width: float, colour: str) -> None:
        """A line through points, with round ends and joints."""
        self.bar(points, width, colour)
        for point in points:
            self.dot(point, width / 2, colour)

    def bar(self, points: Sequence[Pixel], width: float, colour: str) -> None:
        """A line through points, cut straight at its ends."""
        fine = self._fine
        for (ax, ay), (bx, by) in pairwise(points):
            length = hypot(bx - ax, by - ay)
            if length > 0:
                x, y = (ay - by) / length * width / 2, (bx - ax) / length * width / 2
                corners = ((ax + x, ay + y), (bx + x, by + y), (bx - x, by - y), (ax - x, ay - y))
                # Pillow cuts fractions off.
                self._pen.polygon([(x * fine + 0.5, y * fine + 0.5) for x, y in corners], colour)

    def dot(self, middle: Pixel, radius: float, colour: str) -> None:
        """A filled circle."""
        self.ellipse(middle, radius, radius, colour)

    def ellipse(self, middle: Pixel, across: float, up: float, colour: str) -> None:
        """A filled ellipse with its two radii."""
        fine = self._fine
        (x, y), across, up = middle, across * fine, up * fine
        self._pen.ellipse(
            (x * fine - across, y * fine - up, x * fine + across, y * fine + up), fill=colour
        )

    def area(self, corners: Sequence[Pixel], colour: str) -> None:
        """A filled polygon."""
        self._pen.polygon([(x * self._fine, y * self._fine) for x, y in corners], fill=colour)

    def card(self, radius: float, fill: str, edge: str) -> None:
        """A rounded card over the whole canvas."""
        fine = self._fine
        box = (0, 0, self.width * fine - 1, self.height * fine - 1)
        self._pen.rounded_rectangle(box, radius * fine, fill, edge, fine)

    def words(
        self, text: str, x: float, y: float, size: float, colour: str, anchor: str = "l"
    ) -> None:
        """One line on a smoothed canvas from `x` (anchor l), up to it (r) or around it (m); `y`
        is the line the letters stand on."""
        write(self.image, text, x, y, size, colour, anchor)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        file = BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()

"""Recordings drawn: as PNG, GIF and SVG, and in a terminal."""

from skeleton.drawing.raster import draw_gif, draw_png
from skeleton.drawing.strip import draw_strip
from skeleton.drawing.terminal import draw_terminal

__all__ = ["draw_gif", "draw_png", "draw_strip", "draw_terminal"]

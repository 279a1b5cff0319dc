"""Braille dots as a canvas of a terminal: two by four dots a character (ours)."""

import numpy as np
from numpy.typing import NDArray

ACROSS, DOWN = 2, 4  # dots of one character
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BLANK = 0x2800
_END = "\x1b[0m"


class Dots:
    """`columns` by `rows` characters of dots; places are in dots, from the upper left."""

    def __init__(self, columns: int, rows: int) -> None:
        self.width, self.height = columns * ACROSS, rows * DOWN
        self._bits = np.zeros((rows, columns), dtype=np.intp)
        self._inks = np.zeros((rows, columns), dtype=np.intp)
        self._codes = [""]

    def line(self, a: NDArray[np.float64], b: NDArray[np.float64], ink: str = "") -> None:
        """A line between two places `(x, y)`; the last ink of a character colours all of it."""
        far = np.clip(np.stack([a, b]), -1e4, 1e4)
        count = int(np.abs(far[1] - far[0]).max() * 2) + 2
        self._put(far[0] + (far[1] - far[0]) * np.linspace(0, 1, count)[:, None], ink)

    def ring(self, middle: NDArray[np.float64], radius: float, ink: str = "") -> None:
        """A circle."""
        angle = np.linspace(0, 2 * np.pi, int(8 * radius) + 8)
        self._put(middle + radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1), ink)

    def floor(self, y: float, ink: str = "") -> None:
        """Dots along the floor, where nothing else is in the characters."""
        x = np.arange(0, self.width, 2)
        places = np.stack([x, np.full(len(x), y)], axis=-1)
        free = self._bits[np.clip(int(y) // DOWN, 0, len(self._bits) - 1), x // ACROSS] == 0
        self._put(places[free], ink)

    def lines(self) -> list[str]:
        """The characters, line by line, with the inks' codes around them."""
        return [self._text(bits, inks) for bits, inks in zip(self._bits, self._inks, strict=True)]

    def _put(self, places: NDArray[np.float64], ink: str) -> None:
        if ink not in self._codes:
            self._codes.append(ink)
        x, y = np.floor(places).astype(np.intp).T
        inside = (x >= 0) & (x < self.width) & (y >= 0) & (y < self.height)
        x, y = x[inside], y[inside]
        cell = (y // DOWN, x // ACROSS)
        np.bitwise_or.at(self._bits, cell, _BITS[y % DOWN, x % ACROSS])
        self._inks[cell] = self._codes.index(ink)

    def _text(self, bits: NDArray[np.intp], inks: NDArray[np.intp]) -> str:
        text, current = "", 0
        for bit, ink in zip(bits.tolist(), inks.tolist(), strict=True):
            if bit and ink != current:
                text += (_END if current else "") + self._codes[ink]
                current = ink
            text += chr(_BLANK + bit) if bit else " "
        return text + (_END if current else "")

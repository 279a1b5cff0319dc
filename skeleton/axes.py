"""Axes: from where the data keeps x, y and z to the project's right-handed, y-up axes (ours)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import UnknownAxes

DEFAULT_AXES = "x,y,z"


@dataclass(frozen=True)
class Axes:
    """For each of our x, y, z: the column of the source and its sign."""

    columns: tuple[int, int, int]
    signs: tuple[int, int, int]

    @property
    def identity(self) -> bool:
        """Whether the data is in the project's axes already."""
        return self.columns == (0, 1, 2) and self.signs == (1, 1, 1)

    def apply(self, joints: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn `(..., 3)` source coordinates into the project's."""
        if self.identity:
            return joints
        return joints[..., self.columns] * np.asarray(self.signs, dtype=np.float32)


@lru_cache(maxsize=64)
def parse_axes(text: str) -> Axes:
    """Parse `x,-y,-z`: which signed source axis is our x (right), y (up) and z.

    A left-handed source (Unity, OpenNI's files) is described by an odd number of minus signs,
    e.g. `-x,y,z`. Raises `UnknownAxes` unless it names each axis once.
    """
    parts = [part.strip().lower() for part in text.split(",")]
    names = [part.lstrip("+-") for part in parts]
    if sorted(names) != ["x", "y", "z"] or any(
        len(p) - len(n) > 1 for p, n in zip(parts, names, strict=True)
    ):
        raise UnknownAxes(
            f"axes {text[:40]!r} must name x, y and z once each, like 'x,y,z' or 'x,-y,-z'"
        )
    columns = tuple("xyz".index(name) for name in names)
    signs = tuple(-1 if part.startswith("-") else 1 for part in parts)
    return Axes(columns, signs)  # type: ignore[arg-type]

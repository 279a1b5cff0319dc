"""Sensor units: what a depth sensor's raw coordinates are in, and what stands for unseen (ours)."""

import numpy as np
from numpy.typing import NDArray

# Diagonals of the box around a body; a person in metres has 0.5 to 3.
_LARGEST_IN_METRES = 20.0
_LARGEST_IN_CENTIMETRES = 300.0


def box_diagonal(joints: NDArray[np.floating]) -> float:
    """The diagonal of the box around a body `(T, V, 3)`, the median over the frames in which
    something was seen, in the data's unit; 0 where nothing was."""
    highest = np.fmax.reduce(joints, axis=-2)
    lowest = np.fmin.reduce(joints, axis=-2)
    with np.errstate(over="ignore", invalid="ignore"):  # infinite ones are not counted
        diagonals = np.sqrt(((highest - lowest) ** 2).sum(axis=-1))
    seen = diagonals[np.isfinite(diagonals)]
    return float(np.median(seen)) if seen.size else 0.0


def metres_per_unit(joints: NDArray[np.floating]) -> tuple[float, str | None]:
    """What the coordinates `(T, V, 3)` are to be multiplied with to be metres, and a remark where
    that is not 1."""
    size = box_diagonal(joints)
    if size <= _LARGEST_IN_METRES:
        return 1.0, None
    scale, unit = (
        (0.01, "centimetres") if size <= _LARGEST_IN_CENTIMETRES else (0.001, "millimetres")
    )
    return scale, f"units: the body measures {size:.0f} units and was taken to be in {unit}"


def without_zeros(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make joints that lie exactly in the origin unseen, in place: sensors write so what they
    did not see."""
    joints[~joints.any(axis=-1)] = np.nan
    return joints

"""Units: which one makes a body of a file's numbers, where the file does not say (ours)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.readers.bodies.stature import ADULT, box_diagonal

INCH = 0.0254
_CENTIMETRE, _MILLIMETRE = 0.01, 0.001
#: Units people's files are in, in metres, and how tall a body may be in each. BVH names none.
#: The ranges of the usual ones are wide, a child's too; a tall man in CMU's unit, whose number is
#: 0.45 inch to the unit turned round, would be a toddler in inches.
UNITS: dict[str, tuple[float, float, float]] = {
    "metres": (1.0, 0.85, 2.4),
    "centimetres": (_CENTIMETRE, 0.85, 2.4),
    "millimetres": (_MILLIMETRE, 0.85, 2.4),
    "inches": (INCH, 1.1, 2.4),
    "CMU's unit, 1/0.45 inch": (INCH / 0.45, 1.1, 2.4),
}

# Diagonals of the box around a body; a person in metres has 0.5 to 3.
_LARGEST_IN_METRES = 20.0
_LARGEST_IN_CENTIMETRES = 300.0


def unit_of(height: float) -> tuple[str, float, bool]:
    """The unit in which a body of this height is a person's: its name, its metres, and whether
    the body is then plausible. Where it is in none, the unit that comes nearest."""
    for name, (metres, lowest, highest) in UNITS.items():
        if lowest <= height * metres <= highest:
            return name, metres, True
    if not height > 0:
        return "metres", 1.0, False

    def wrong(name: str) -> float:
        return abs(float(np.log(height * UNITS[name][0] / ADULT)))

    nearest = min(UNITS, key=wrong)
    return nearest, UNITS[nearest][0], False


def metres_per_unit(joints: NDArray[np.floating]) -> tuple[float, str | None]:
    """What a sensor's coordinates `(T, V, 3)` are to be multiplied with to be metres, and a remark
    where that is not 1."""
    size = box_diagonal(joints)
    if size <= _LARGEST_IN_METRES:
        return 1.0, None
    scale, unit = (
        (_CENTIMETRE, "centimetres")
        if size <= _LARGEST_IN_CENTIMETRES
        else (_MILLIMETRE, "millimetres")
    )
    return scale, f"units: the body measures {size:.0f} units and was taken to be in {unit}"

"""KARD text: OpenNI's 15 joints, a row of x y z in millimetres for each (row order and axes: from
the data set)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import custom_layout
from skeleton.readers.bodies.sightings import without_zeros
from skeleton.readers.bodies.units import metres_per_unit
from skeleton.readers.format import Reading

#: The joints in the order of the rows; x points to the image's right, which with y up and z away
#: from the camera makes left-handed axes.
LAYOUT = custom_layout(
    (
        *("head", "neck"),
        *("right_shoulder", "right_elbow", "right_hand"),
        *("left_shoulder", "left_elbow", "left_hand"),
        "torso",
        *("right_hip", "right_knee", "right_foot"),
        *("left_hip", "left_knee", "left_foot"),
    ),
    name="kard",
    axes="-x,y,z",
)
FPS = 30.0
COLUMNS = 3

_METRES = 0.001


def read_kard(rows: NDArray[np.float64]) -> Reading:
    """Make a reading of the rows `(T·15, 3)` of one file. Joints in the origin are unseen."""
    joints = without_zeros(rows.reshape(-1, len(LAYOUT), COLUMNS))
    scale, remark = metres_per_unit(joints)
    if remark is not None:  # millimetres are what the format has
        return Reading(joints * _METRES, LAYOUT, FPS)
    said = "units: the body is too small for the millimetres of KARD and was taken to be in metres"
    return Reading(joints * scale, LAYOUT, FPS, remarks=(said,))

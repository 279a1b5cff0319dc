"""MSR-Action3D text: 20 joints, a row of x y z in metres and a confidence for each; and KARD's,
which has three numbers a row (row order: from the data sets)."""

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import NothingToSee, UnreadableClip, UnusableClip
from skeleton.layouts import custom_layout
from skeleton.readers import kard
from skeleton.readers.bodies.sightings import without_zeros
from skeleton.readers.bodies.units import metres_per_unit
from skeleton.readers.containers.number_rows import is_number, number_table
from skeleton.readers.containers.text import lines_of, text_of
from skeleton.readers.format import Format, Reading, Source

#: The joints in the order of the rows; left and right as measured: the list that usually goes
#: with this set is mirrored.
LAYOUT = custom_layout(
    (
        *("left_shoulder", "right_shoulder", "neck", "spine", "left_hip", "right_hip"),
        *("hip_center", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand"),
        *("right_hand", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot"),
        *("right_foot", "head"),
    ),
    name="msr_action3d",
)
FPS = 15.0
COLUMNS = 4

_JOINTS = {COLUMNS: len(LAYOUT), kard.COLUMNS: len(kard.LAYOUT)}  # by numbers in a row
_LINES_TO_SNIFF = 8


def read_msr_action3d(rows: NDArray[np.float64]) -> Reading:
    """Make a reading of the rows `(T·20, 4)` of one file.

    The confidence is passed over: at 0 the tracker still gives a position, inferred from the
    joints around (neck, spine and hips have 0 throughout), and the set is used with it. Joints in
    the origin are unseen. Raises `UnusableClip` for the set's files in pixels.
    """
    joints = without_zeros(np.array(rows[:, :3]).reshape(-1, len(LAYOUT), 3))
    if metres_per_unit(joints)[1] is not None:
        raise UnusableClip(
            "the coordinates are no metres: MSR-Action3D also has files in pixels of the image; "
            "take those with skeleton3D in their names"
        )
    return Reading(joints, LAYOUT, FPS)


def _read(source: Source) -> Reading:
    text = text_of(source.data)
    columns = _columns(text)
    joints = _JOINTS[columns]
    rows = number_table(lines_of(text.rstrip()), columns, lambda i: i + 1)
    if len(rows) % joints:
        last = text.rstrip().count("\n") + 1
        raise UnreadableClip(
            f"line {last}: the file ends within a frame: {len(rows)} rows of {columns} numbers "
            f"are no multiple of the {joints} joints of a frame"
        )
    return read_msr_action3d(rows) if columns == COLUMNS else kard.read_kard(rows)


def _columns(text: str) -> int:
    """How many numbers a row has, by the first."""
    for number, line in enumerate(lines_of(text), 1):
        if line.isspace():
            continue
        values = line.split(None, COLUMNS)
        if len(values) not in _JOINTS:
            found = f"{len(values)} values" if len(values) < COLUMNS else f"more than {COLUMNS}"
            raise UnreadableClip(
                f"line {number}: a row is x y z confidence (MSR-Action3D, 20 rows a frame) or "
                f"x y z (KARD, 15 rows a frame), not {found}"
            )
        return len(values)
    raise NothingToSee("the file is empty: it holds no frame")


def _looks_like(head: bytes) -> bool:
    try:
        lines = text_of(head[:4096]).splitlines()[: _LINES_TO_SNIFF + 1][:-1]
    except UnreadableClip:
        return False
    rows = [line.split() for line in lines if line.strip()]
    width = len(rows[0]) if rows else 0
    return width in _JOINTS and all(
        len(row) == width and all(is_number(value) for value in row) for row in rows
    )


TXT = Format("txt", "MSR-Action3D or KARD text", (".txt",), _looks_like, _read)

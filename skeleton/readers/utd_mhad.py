"""UTD-MHAD `.mat`: a MATLAB variable `d_skel` `(20, 3, T)`, metres, Kinect v1's joints in an order
of its own (joint order: from the data set)."""

from skeleton.errors import NothingToSee, UnusableClip
from skeleton.layouts import custom_layout
from skeleton.readers.bodies.sightings import without_zeros
from skeleton.readers.bodies.units import metres_per_unit
from skeleton.readers.containers.mat_file import Variable, numbers, variables
from skeleton.readers.containers.text import quoted
from skeleton.readers.format import Format, Reading, Source

LAYOUT = custom_layout(
    (
        *("head", "shoulder_center", "spine", "hip_center"),
        *("left_shoulder", "left_elbow", "left_wrist", "left_hand"),
        *("right_shoulder", "right_elbow", "right_wrist", "right_hand"),
        *("left_hip", "left_knee", "left_ankle", "left_foot"),
        *("right_hip", "right_knee", "right_ankle", "right_foot"),
    ),
    name="utd_mhad",
)
FPS = 30.0

_NAME = "d_skel"
_MOST_NAMED = 8  # variables in a message


def _read(source: Source) -> Reading:
    there = list(variables(source.data))
    chosen = _chosen(there)
    if chosen.shape[2] == 0:
        raise NothingToSee(f"the variable {quoted(chosen.name)} holds no frame")
    joints = without_zeros(numbers(source.data, chosen).transpose(2, 0, 1))
    scale, remark = metres_per_unit(joints)
    remarks = () if remark is None else (remark,)
    return Reading(joints * scale, LAYOUT, FPS, remarks=remarks)


def _chosen(there: list[Variable]) -> Variable:
    """`d_skel`, or else the only array of the right shape."""
    fit = [one for one in there if len(one.shape) == 3 and one.shape[:2] == (len(LAYOUT), 3)]
    named = [one for one in fit if one.name == _NAME]
    if len(named) == 1:
        return named[0]
    if len(fit) == 1:
        return fit[0]
    names = ", ".join(_described(one) for one in there[:_MOST_NAMED]) or "nothing"
    more = ", …" if len(there) > _MOST_NAMED else ""
    what = "no array" if not fit else f"{len(fit)} arrays, and none alone called {_NAME},"
    raise UnusableClip(
        f"the file holds {what} of shape (20, 3, frames), as UTD-MHAD's {_NAME} is; "
        f"it holds {names}{more}"
    )


def _described(variable: Variable) -> str:
    shape = ", ".join(str(n) for n in variable.shape[:4])
    return f"{quoted(variable.name)} ({shape or 'no real numbers'})"


MAT = Format(
    "mat",
    "UTD-MHAD .mat",
    (".mat",),
    lambda head: head.startswith(b"MATLAB ") and head[126:128] in (b"IM", b"MI"),
    _read,
)

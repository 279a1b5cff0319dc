"""CSV header: which column of a sensor's table holds what, by the spellings in use (ours)."""

import csv
import re
from dataclasses import dataclass

from skeleton.errors import FlatData, UnreadableClip
from skeleton.joint_names import canonical, split_words
from skeleton.readers.containers.text import quoted

_LONGEST = 200_000  # characters of a header
_MOST_COLUMNS = 2_000
_LONGEST_NAME = 100
_MOST_NAMED = 5  # columns in a remark

_AXES = ("x", "y", "z")
_LENGTHS = frozenset(("m", "cm", "mm", "metres", "meters", "millimetres", "millimeters"))
# What else a tool says of a position; left out where the rest alone is a joint's name.
_SAID_BESIDE = frozenset(
    ("joint", "type", "kinect", "skeleton", "world", "camera", "pos", "position", "coord", "3d")
)
_NO_POSITION = frozenset(
    ("color", "colour", "depth", "image", "pixel", "screen", "2d", "orientation", "rotation",
     "rot", "quaternion", "quat", "velocity", "acceleration", "accel", "gyro")
)  # fmt: skip
# The value below which a joint counts as unseen, by how its column is called.
_STATES = {
    **dict.fromkeys(
        ("state", "status", "tracked", "tracking", "confidence", "conf", "score"), 1e-6
    ),
    "visibility": 0.5,
}
_TIMES = frozenset(("time", "timestamp", "timestamps", "stamp", "elapsed", "t", "ts"))
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "micros", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nanos", "nanosecond", "nanoseconds"), 1e-9),
    "ticks": 1e-7,
}
_BESIDE_TIME = frozenset(
    ("frame", "relative", "rel", "capture", "kinect", "system", "unix", "device", "in", "since",
     "start", "body")
)  # fmt: skip
_LEVEL = "level"  # of a confidence
# `TrackingId` is what the SDKs of both Kinects call it.
_BODIES = frozenset(("body", "user", "person", "skeleton", "player", "tracking"))
_IDS = frozenset(("id", "index", "idx"))
_BESIDE_BODY = frozenset(("kinect", "nui", "sensor", "tracked"))
_BODY_IDS = frozenset(
    (*_BODIES - {"tracking"}, "id", *(f"{body}{id}" for body in _BODIES for id in _IDS))
)


@dataclass(frozen=True)
class State:
    """A column that says whether a joint was seen: it was not where the value is below `least`."""

    joint: int
    column: int
    least: float


@dataclass(frozen=True)
class Header:
    """What a header means. `names` are the joints' as spelled, `columns` x, y and z of each;
    `time` the column of timestamps and `second` its unit in seconds, None where it is not said;
    `body` the column of body ids."""

    delimiter: str
    width: int
    names: tuple[str, ...]
    columns: tuple[int, ...]
    states: tuple[State, ...]
    time: int | None
    second: float | None
    body: int | None
    remarks: tuple[str, ...]


def read_header(line: str, number: int) -> Header:
    """Read a header. Raises `UnreadableClip` where no column names a joint, `FlatData` where
    joints have no z."""
    cells, delimiter = _cells(line, number)
    places: dict[str, dict[str, int]] = {}
    sights: dict[str, tuple[int, float]] = {}
    time = second = body = None
    for column, cell in enumerate(cells):
        if len(cell) > _LONGEST_NAME:
            continue
        words = split_words(re.sub(r"[()\[\]{}]", " ", cell))
        axis, name = _position(words)
        if axis is not None:
            places.setdefault(name, {}).setdefault(axis, column)
        elif _is_body(words):
            body = column if body is None else body
        elif time is None and _is_time(words):
            time = column
            second = next((_UNITS[word] for word in words if word in _UNITS), None)
        elif least := [_STATES[word] for word in words if word in _STATES]:
            sights.setdefault(_plain(words), (column, least[-1]))
    names, remarks = _joints(places, cells, number)
    return Header(
        delimiter,
        len(cells),
        names,
        tuple(places[name][axis] for name in names for axis in _AXES),
        tuple(State(i, *sights[name]) for i, name in enumerate(names) if name in sights),
        time,
        second,
        body,
        remarks,
    )


def _cells(line: str, number: int) -> tuple[list[str], str]:
    delimiter = max(",;\t", key=line.count)
    if len(line) > _LONGEST or line.count(delimiter) >= _MOST_COLUMNS:
        raise UnreadableClip(
            f"line {number}: {len(line)} characters are no header; columns like HipCenterX, "
            "HipCenterY, HipCenterZ are expected"
        )
    try:
        return next(csv.reader([line], delimiter=delimiter), []), delimiter
    except csv.Error as error:
        raise UnreadableClip(f"line {number}: {quoted(line)} is no header") from error


def _position(words: list[str]) -> tuple[str | None, str]:
    """The axis and the joint's name where the words of a column name are a position."""
    axes = [word for word in words if word in _AXES]
    if len(axes) != 1 or not _NO_POSITION.isdisjoint(words):
        return None, ""
    name = _joint_name([word for word in words if word != axes[0] and word not in _LENGTHS])
    return (axes[0], name) if name else (None, "")


def _plain(words: list[str]) -> str:
    """The joint that a column of states belongs to."""
    return _joint_name([word for word in words if word not in _STATES and word != _LEVEL])


def _joint_name(words: list[str]) -> str:
    name = "_".join(words)
    if canonical(name) is not None:
        return name
    bare = "_".join(word for word in words if word not in _SAID_BESIDE)
    return bare if canonical(bare) is not None else name


def _is_body(words: list[str]) -> bool:
    """Whether a column says whose body a row is of: `body_id`, `TrackingId`, `userid`, `id`."""
    if len(words) == 1:
        return words[0] in _BODY_IDS
    last = _IDS | _BODIES - {"tracking"}  # which alone is a state
    return bool(words) and words[-1] in last and set(words) <= _BODIES | _IDS | _BESIDE_BODY


def _is_time(words: list[str]) -> bool:
    rest = [word for word in words if word not in _UNITS]
    if not rest:
        return len(words) == 1
    return not _TIMES.isdisjoint(rest) and _TIMES.union(_BESIDE_TIME).issuperset(rest)


def _joints(
    places: dict[str, dict[str, int]], cells: list[str], number: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The joints that are known and have x, y and z, in the order of the file; and remarks."""
    known = [name for name in places if canonical(name) is not None]
    names = tuple(name for name in known if len(places[name]) == len(_AXES))
    flat = [name for name in known if places[name].keys() == {"x", "y"}]
    if not names and flat:
        raise FlatData(
            f"the columns of {listed(flat)} have x and y but no z; a 3D skeleton is needed, "
            "because movement towards the camera cannot be told from x and y alone"
        )
    if not names:
        found = listed([cell for cell in cells if cell])
        raise UnreadableClip(
            f"line {number}: no column names a joint; columns like HipCenterX, HipCenterY, "
            f"HipCenterZ or elbow_left_x are expected, not {found or 'none'}"
        )
    remarks = []
    if part := [name for name in known if name not in names]:
        remarks.append(f"joints_left_out: not all of x, y and z have a column: {listed(part)}")
    if other := [name for name in places if name not in known]:
        remarks.append(f"joints_left_out: no known joints: {listed(other)}")
    return names, tuple(remarks)


def listed(names: list[str]) -> str:
    """Return some names for a message, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(quoted, names[:_MOST_NAMED])) + more

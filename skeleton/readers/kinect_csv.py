"""Kinect CSV: a table with a header that names a joint and an axis for each column, as people's
own Kinect recorders write it (ours; there is no standard)."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import MOST_FRAMES
from skeleton.errors import FlatData, NothingToSee, UnreadableClip, UnusableClip
from skeleton.layouts import LAYOUTS, Layout, custom_layout
from skeleton.readers.bodies.sightings import without_zeros
from skeleton.readers.bodies.stature import head_axis, some_frames, upright
from skeleton.readers.bodies.timestamps import even
from skeleton.readers.bodies.units import metres_per_unit
from skeleton.readers.containers.csv_header import listed, read_header
from skeleton.readers.containers.csv_table import columns_of, texts_of
from skeleton.readers.containers.text import lines_of, text_of
from skeleton.readers.format import Format, Reading, Source

_MOST_CELLS = 3_000_000  # some minutes of every column a recorder may write
_WHOLE = re.compile(r"^(-?\d+)[.,]0*$")  # as tools write a whole number where other rows have none
_LEVELS = frozenset(("low", "medium", "high"))
#: What Kinects' SDKs call how surely they see a joint.
_SURENESS = {
    **dict.fromkeys(("nottracked", "false", "no"), 0.0),
    **dict.fromkeys(("inferred", "low", "true", "yes"), 1.0),
    **dict.fromkeys(("tracked", "medium"), 2.0),
    "high": 3.0,
}


def _sureness(text: str) -> float | None:
    """A cell's number, NaN where it is empty, or what its word means; None of another."""
    word = re.sub(r"[\s_-]", "", text).lower()
    if word in _SURENESS:
        return _SURENESS[word]
    try:
        return float(text.replace(",", ".")) if text else math.nan
    except ValueError:
        return None


class _Table:
    """The file below its header."""

    def __init__(self, text: str) -> None:
        table = text.lstrip("\r\n")
        if not table:
            raise UnreadableClip("line 1: the file ends, a header was expected")
        lines = lines_of(table)
        number = text[: len(text) - len(table)].count("\n") + 1
        head = next(lines).rstrip("\n")
        self.header = read_header(head, number)
        self._first = number + 1
        most = min(MOST_FRAMES, _MOST_CELLS // self.header.width)
        self._rows = list(islice(lines, most + 1))
        if len(self._rows) > most:
            raise UnusableClip(
                f"line {self._first + most}: more than {most} rows of {self.header.width} columns: "
                "a clip is one action, cut it so"
            )

    def columns(self, *which: int) -> NDArray[np.float64]:
        """These columns, `(rows, columns)`, NaN where a cell is empty."""
        header = self.header
        return columns_of(self._rows, which, header.delimiter, header.width, self._first)

    def column(self, which: int | None) -> NDArray[np.float64] | None:
        """A column that may be missing, or hold something else than numbers."""
        try:
            return None if which is None else self.columns(which)[:, 0]
        except UnreadableClip:
            return None

    def sureness(self, which: Sequence[int]) -> list[NDArray[np.float64] | None]:
        """How surely something was seen by each of these columns, whose cells may be words; NaN
        where a cell is empty. None where it is said otherwise."""
        found: list[NDArray[np.float64] | None] = []
        for texts in texts_of(self._rows, which, self.header.delimiter):
            known = {text: _sureness(text) for text in set(texts)}
            if _LEVELS.intersection(text.lower() for text in known):
                known[""] = 0.0  # `None` is the lowest of an Azure Kinect's levels
            values = [known[text] for text in texts]
            found.append(None if None in values else np.array(values, dtype=np.float64))
        return found

    def bodies(self) -> list[str] | None:
        """The body id of each row as it is written, empty where it has none; None without such a
        column. A sensor's ids follow each other beyond 2**53, where float64 takes two for one."""
        header = self.header
        if header.body is None:
            return None
        try:
            (texts,) = texts_of(self._rows, (header.body,), header.delimiter)
        except UnreadableClip:
            return None
        ids = {text: _WHOLE.sub(r"\1", text) for text in set(texts)}
        return [ids[text] for text in texts]


def _read(source: Source) -> Reading:
    table = _Table(text_of(source.data))
    header = table.header
    remarks = [*header.remarks]
    joints = _joints(table, remarks)
    if not len(joints):
        raise NothingToSee("the table has a header but no row")
    layout = _layout(header.names, joints, remarks)
    scale, units = metres_per_unit(joints)
    joints *= scale
    times = table.column(header.time)
    if header.time is not None and times is None:
        remarks.append("timestamps: they are no numbers, so that they tell no frame rate")
    chosen, crowd = _one_body(table.bodies(), len(joints))
    joints, fps = joints[chosen], None
    if times is not None:
        joints, fps, timing = even(joints, times[chosen], header.second)
        remarks += timing
    remarks += [remark for remark in (units, crowd) if remark is not None]
    return Reading(joints, layout, fps, remarks=tuple(remarks))


def _layout(names: tuple[str, ...], joints: NDArray[np.float64], remarks: list[str]) -> Layout:
    """The built-in layout with these joints in this order, or else one of the file's own.

    Of a sensor whose y points down, tables have its own axes or ours: the body itself tells.
    """
    layout = custom_layout(names, name="csv")
    for known in LAYOUTS.values():
        if known.joints != layout.joints:
            continue
        if known.axes == layout.axes:
            return known
        if upright(head_axis(some_frames(joints), layout) or "y") == known.axes:
            remarks.append(f"axes: the head points downwards, so {known.name}'s own were taken")
            return known
    return layout


def _joints(table: _Table, remarks: list[str]) -> NDArray[np.float64]:
    """`(T, V, 3)` in the file's unit, NaN where unseen."""
    header = table.header
    columns, states = header.columns, [state.column for state in header.states]
    sure: list[NDArray[np.float64] | None]
    try:
        values = table.columns(*columns, *states)
        sure = list(values[:, len(columns) :].T)
    except UnreadableClip:
        values = table.columns(*columns)
        sure = table.sureness(states)
    joints = without_zeros(np.array(values[:, : len(columns)]).reshape(-1, len(header.names), 3))
    joints[np.isnan(joints).any(axis=-1)] = np.nan
    for state, how in zip(header.states, sure, strict=True):
        if how is not None:
            joints[how < state.least, state.joint] = np.nan
    states_of = zip(header.states, sure, strict=True)
    if said := [header.names[state.joint] for state, how in states_of if how is None]:
        remarks.append(
            f"states: nothing that is known is said of how these were seen, so it does not count: "
            f"{listed(said)}"
        )
    return joints


def _one_body(ids: list[str] | None, rows: int) -> tuple[NDArray[np.bool_], str | None]:
    """Which rows are those of the body that most rows are of, and a remark where there are
    others."""
    counts = Counter(filter(None, ids or ()))
    numbered = len(counts) > rows / 2  # the rows themselves are
    if ids is None or len(ids) != rows or len(counts) < 2 or numbered:
        return np.ones(rows, dtype=np.bool_), None
    body, most = counts.most_common(1)[0]
    return np.array([own == body for own in ids]), (
        f"more_bodies: the rows are of {len(counts)} bodies by their ids; the one with most rows, "
        f"{most} of {rows}, was kept"
    )


def _looks_like(head: bytes) -> bool:
    try:
        text = text_of(head).lstrip("\r\n")
        read_header(text.split("\n", 1)[0].rstrip("\r"), 1)
    except FlatData:
        return True
    except UnreadableClip:
        return False
    return True


CSV = Format("csv", "Kinect CSV", (".csv",), _looks_like, _read)

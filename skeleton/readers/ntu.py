"""NTU RGB+D `.skeleton` text: what a Kinect v2 saw, frame by frame, body by body (format: PAPER.md,
"NTU .skeleton text format")."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from skeleton.errors import NothingToSee, UnreadableClip, UnusableClip
from skeleton.layouts import LAYOUTS
from skeleton.readers.bodies.ghosts import people
from skeleton.readers.bodies.sightings import without_zeros
from skeleton.readers.bodies.tracks import Sighting, follow
from skeleton.readers.containers.number_rows import fault_in_row, number_table
from skeleton.readers.containers.text import lines_of, quoted, text_of
from skeleton.readers.format import Format, Reading, Source

FPS = 30.0

_LAYOUT = LAYOUTS["kinect_v2"]
_BODY_VALUES = 10
_JOINT_VALUES = 12
_MOST_BODIES = 6  # that a Kinect v2 tracks at a time
_MOST_EMPTY_FRAMES = 10_000  # beyond twice as many as hold a body; it bounds what is allocated
_LINES_TO_SNIFF = 200


class _Lines:
    """The file's lines one after the other; `number` is that of the last one taken."""

    def __init__(self, text: str) -> None:
        self._lines: Iterator[str] = lines_of(text)
        self.number = 0

    def next(self, expected: str) -> str:
        line = next(self._lines, None)
        self.number += 1
        if line is None:
            raise UnreadableClip(f"line {self.number}: the file ends here, expected {expected}")
        return line.strip()

    def count(self, expected: str) -> int:
        """A line that holds one whole number."""
        line = self.next(expected)
        if not (line.isascii() and line.isdigit() and len(line) < 10):
            raise UnreadableClip(f"line {self.number}: expected {expected}, not {quoted(line)}")
        return int(line)

    def take(self, count: int, expected: str) -> list[str]:
        lines = list(islice(self._lines, count))
        self.number += len(lines)
        if len(lines) < count:
            self.next(expected)
        return lines

    def end(self) -> None:
        for line in self._lines:
            self.number += 1
            if not line.isspace():
                raise UnreadableClip(
                    f"line {self.number}: all frames that line 1 promises are read, but more "
                    f"follows: {quoted(line.strip())}"
                )


def _read(source: Source) -> Reading:
    lines = _Lines(text_of(source.data))
    frames = lines.count("the number of frames")
    sightings: list[Sighting] = []
    rows: list[str] = []
    starts: list[int] = []  # the line of each sighting's first joint
    for frame in range(frames):
        if frame > _MOST_EMPTY_FRAMES + 3 * len(sightings):
            raise UnusableClip(
                f"line {lines.number}: nobody is in almost all of the first {frame} frames: a clip "
                "is one action, cut it so"
            )
        for _ in range(_bodies(lines)):
            sightings.append(Sighting(frame, _identity(lines)))
            _check_joints(lines)
            starts.append(lines.number + 1)
            rows += lines.take(len(_LAYOUT), f"a joint's {_JOINT_VALUES} numbers")
            if rows[-1].count(" ") < _JOINT_VALUES - 1:  # where a line is missing, it shows here
                fault = fault_in_row(rows[-1], _JOINT_VALUES, bounded=False)
                if fault is not None:
                    raise UnreadableClip(f"line {lines.number}: {fault}")
    lines.end()
    if not sightings:
        raise NothingToSee(f"no body is in the file: nobody was tracked in its {frames} frames")
    joints = _joints(rows, starts)
    tracks, changed = follow(sightings, joints)
    placed, remarks = people(tracks, joints, frames)
    return Reading(placed, _LAYOUT, FPS, remarks=(*changed, *remarks))


def _bodies(lines: _Lines) -> int:
    bodies = lines.count("the number of bodies in a frame")
    if bodies > _MOST_BODIES:
        raise UnreadableClip(
            f"line {lines.number}: {bodies} bodies, but a Kinect v2 tracks {_MOST_BODIES} at most"
        )
    return bodies


def _identity(lines: _Lines) -> str:
    """The body id, of a body's line of 10 values."""
    values = lines.next("a body's 10 values").split(None, _BODY_VALUES)
    if len(values) != _BODY_VALUES:
        raise UnreadableClip(
            f"line {lines.number}: expected a body's {_BODY_VALUES} values, not "
            f"{quoted(' '.join(values))}"
        )
    return values[0]


def _check_joints(lines: _Lines) -> None:
    count = lines.count("the number of joints, 25")
    if count != len(_LAYOUT):
        raise UnreadableClip(
            f"line {lines.number}: a body has {len(_LAYOUT)} joints in this format, not {count}"
        )


def _joints(rows: list[str], starts: list[int]) -> NDArray[np.float64]:
    """The joints of all sightings, `(sightings, 25, 3)`, NaN where they were not tracked."""
    size = len(_LAYOUT)

    def line_number(i: int) -> int:
        return starts[i // size] + i % size

    table = number_table(rows, _JOINT_VALUES, line_number)
    if len(table) != len(rows):
        blank = next(i for i, row in enumerate(rows) if row.isspace())
        raise UnreadableClip(
            f"line {line_number(blank)}: expected a joint's {_JOINT_VALUES} numbers, not ''"
        )
    tracked = table[:, -1] != 0  # the tracking state: 1 is inferred, 2 tracked
    broken = tracked & ~np.isfinite(table[:, :3]).all(axis=1)
    if broken.any():
        at = int(np.argmax(broken))
        raise UnreadableClip(
            f"line {line_number(at)}: x, y and z of a tracked joint must be finite numbers, not "
            f"{quoted(' '.join(rows[at].split()[:3]))}"
        )
    table = table.reshape(-1, size, _JOINT_VALUES)
    joints: NDArray[np.float64] = without_zeros(np.array(table[..., :3]))
    joints[~tracked.reshape(-1, size)] = np.nan
    return joints


def _looks_like(head: bytes) -> bool:
    """Whether a number of frames, a number of bodies and then a body follow each other."""
    lines = head[:20_000].split(b"\n")[:_LINES_TO_SNIFF]
    for i, line in enumerate(lines):
        if len(line.split()) == _BODY_VALUES:
            return i >= 2 and lines[i + 1 : i + 2] != [] and lines[i + 1].strip() == b"25"
        if not (line.strip().isdigit() or (i and line == lines[-1])):
            return False
    return len(lines) > 2


NTU = Format("skeleton", "NTU .skeleton", (".skeleton",), _looks_like, _read)

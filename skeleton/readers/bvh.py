"""BVH: a skeleton and its angles frame by frame, as nearly every animation tool writes it (ours).

A joint's channels turn it in their own order, the first outermost, and its position channels, on
whichever joint, take the place of its offset. Two habits of exporters are undone: position
channels that are zero wherever the offset is not are increments to it, and a rest pose that was
put before the movement is left out.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import refuse_length
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.bones.bvh import read_bones
from skeleton.readers.bones.hierarchy import Bone
from skeleton.readers.bones.movement import Movement, reading_of
from skeleton.readers.containers.number_rows import first_fault, number_rows
from skeleton.readers.containers.text import lines_of, quoted, text_of
from skeleton.readers.format import Format, Reading, Source

_FRAMES = re.compile(r"\s*frames\s*:?\s*(\d{1,15})\s*$", re.I)
_TIME = re.compile(r"\s*frame\s+time\s*:?\s*(\S+)\s*$", re.I)
_SLOWEST, _FASTEST = 1.0, 1000.0  # frames a second
_ZEROS_AT_REST = 0.5  # of the turns of a rest pose are exactly zero
_JUMP = 5.0  # times the largest step of the movement


@dataclass(frozen=True)
class _Header:
    """What stands between the skeleton and the numbers: how many frames, and its lines."""

    frames: int
    line: int
    fps: float
    end: int


def _read(source: Source) -> Reading:
    lines = list(lines_of(text_of(source.data)))
    hierarchy = read_bones(lines)
    if not hierarchy.channels:
        raise UnusableClip("no joint has a channel, so that nothing moves")
    header = _header(lines, hierarchy.end)
    numbers = _numbers(lines, header, len(hierarchy.channels))
    turns = [i for i, channel in enumerate(hierarchy.channels) if channel.endswith("rotation")]
    numbers *= [np.pi / 180 if c.endswith("rotation") else 1.0 for c in hierarchy.channels]
    bones = _with_increments(hierarchy.bones, numbers)
    numbers, remarks = _without_rest(numbers, turns)
    return reading_of(Movement(bones, numbers, header.fps, remarks=remarks), "bvh")


def _header(lines: list[str], start: int) -> _Header:
    """The lines `Frames:` and `Frame Time:`, from line number `start` (from 0) on."""
    found: list[tuple[int, str]] = []
    for what, pattern in (("Frames: and their number", _FRAMES), ("Frame Time: in s", _TIME)):
        while start < len(lines) and not lines[start].strip():
            start += 1
        line = lines[start] if start < len(lines) else "the end of the file"
        match = pattern.match(line[:200])
        if match is None:
            raise UnreadableClip(f"line {start + 1}: {what} is expected, not {quoted(line)}")
        found.append((start + 1, match.group(1)))
        start += 1
    (line_of_frames, frames), (line_of_time, time) = found
    return _Header(int(frames), line_of_frames, _rate(time, line_of_time), start)


def _rate(text: str, line: int) -> float:
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = 0.0
    fps = 1 / seconds if seconds > 1e-9 else 0.0
    if not _SLOWEST <= round(fps, 2) <= _FASTEST:
        raise UnreadableClip(
            f"line {line}: a frame time of {quoted(text)} is not one of {_SLOWEST:g} to "
            f"{_FASTEST:g} frames a second; it is in seconds, e.g. 0.0333333"
        )
    # Files give few digits of it: 0.0333 and .0083333 mean 30 and 120.
    return float(round(fps)) if abs(fps - round(fps)) < 1e-3 * fps else fps


def _numbers(lines: list[str], header: _Header, width: int) -> NDArray[np.float64]:
    """The numbers `(T, width)`. Raises `UnreadableClip` with the line at fault."""
    places = [i for i in range(header.end, len(lines)) if lines[i] and not lines[i].isspace()]
    rows = [lines[i] for i in places]
    if header.frames == 0 and not rows:
        raise UnusableClip("the file holds a skeleton, but no frame of movement")
    if len(rows) == header.frames:
        refuse_length(len(rows))
        numbers = number_rows(rows, width)
        if numbers is not None:
            return numbers
    if sum(map(len, rows)) >= 2 * header.frames * width - 1 and len(rows) != header.frames:
        # Some tools break a frame's numbers over several lines.
        numbers = _broken(rows, header.frames, width)
        if numbers is not None:
            return numbers
    fault = first_fault(rows, width)
    if fault is not None:
        raise UnreadableClip(f"line {places[fault[0]] + 1}: {fault[1]}, one for each channel")
    raise UnreadableClip(
        f"line {header.line}: the header promises {header.frames} frames, but {len(rows)} follow"
    )


def _broken(rows: list[str], frames: int, width: int) -> NDArray[np.float64] | None:
    counts = [row.count(" ") + row.count("\t") for row in rows]
    if sum(counts) > 8 * frames * width + 8 * len(rows):
        return None
    parts = " ".join(rows).split()
    if len(parts) != frames * width:
        return None
    return number_rows([" ".join(parts[i : i + width]) for i in range(0, len(parts), width)], width)


def _with_increments(bones: tuple[Bone, ...], numbers: NDArray[np.float64]) -> tuple[Bone, ...]:
    """Drop the position channels of bones below the roots where they are nothing but zeros, and
    the offset is not: no bone lies on its parent all the time."""

    def lies_there(bone: Bone) -> bool:
        columns = [column for _, column in bone.moves]
        return bool(columns) and any(bone.offset) and not numbers[:, columns].any()

    return tuple(
        Bone(bone.name, bone.parent, bone.offset, (), bone.turns, end=bone.end)
        if bone.parent >= 0 and lies_there(bone)
        else bone
        for bone in bones
    )


def _without_rest(
    numbers: NDArray[np.float64], turns: list[int]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Leave out a first frame that is the skeleton at rest and not a part of the movement."""
    if len(numbers) < 4 or len(turns) < 6:
        return numbers, ()
    angles = numbers[:, turns]
    alive = angles[1:].any(axis=0)
    at_rest = (angles[0, alive] == 0).mean() if alive.any() else 0.0
    if at_rest < _ZEROS_AT_REST:
        return numbers, ()
    # Angles wrap, so their sines and cosines are compared.
    circles = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    steps = np.abs(np.diff(circles, axis=0)).max(axis=1)
    if steps[0] < _JUMP * steps[1:].max():
        return numbers, ()
    return numbers[1:], ("rest_left_out: the first frame is the skeleton at rest, not movement",)


def _looks_like(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].upper() == b"HIERARCHY"


BVH = Format("bvh", "BVH", (".bvh",), _looks_like, _read, names_joints=True)

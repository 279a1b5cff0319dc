"""ASF + AMC: CMU's and HDM05's motion capture, a skeleton and its movement in two files (ours).

Every frame must give the same bones, or the file is damaged; a bone that no frame gives stays at
rest. A frame's numbers are the degrees of freedom that the skeleton lists, in its order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import refuse_length
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.bones.asf import ROOT, TURNS, Acclaim, looks_like_asf, read_asf
from skeleton.readers.bones.movement import Movement, reading_of
from skeleton.readers.containers.number_rows import LARGEST_NUMBER, LONGEST_NUMBER, fault_in_row
from skeleton.readers.containers.text import lines_of, quoted, text_of
from skeleton.readers.format import Format, Reading, Source

#: What CMU and HDM05 record at; an AMC file need not say.
ASSUMED_FPS = 120.0
_LONGEST_LINE = 10_000
_TOGETHER = 64  # frames that are read at a time where they are alike


@dataclass
class _Frames:
    """The frames so far. `bones` are those of the first, which every other must have too."""

    skeleton: Acclaim
    radians: float | None = None
    fps: float | None = None
    bones: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    step: int = 0
    last: int | None = None
    frame: dict[str, list[float]] = field(default_factory=dict)
    rows: list[list[float]] = field(default_factory=list)
    blocks: list[NDArray[np.float64]] = field(default_factory=list)  # before `rows`, (T, ...)
    count: int = 0

    def lines_together(self) -> int:
        """How many lines may be read at a time: of many frames where one has begun and its bones
        are known, else one."""
        if not self.bones or self.frame:
            return 1
        return _TOGETHER * (len(self.bones) + 1)

    def numbers(self) -> NDArray[np.float64]:
        """What the file gives, a row a frame."""
        rows = [np.array(self.rows, dtype=np.float64)] if self.rows else []
        return np.concatenate([*self.blocks, *rows])

    def take(self, block: NDArray[np.float64]) -> None:
        """Take in the rows of several frames that follow those so far."""
        if self.rows:
            self.blocks.append(np.array(self.rows, dtype=np.float64))
            self.rows = []
        self.blocks.append(block)
        self.count += len(block)


def _read(source: Source) -> Reading:
    if looks_like_asf(source.data[:4096]):
        raise UnreadableClip(
            "this is an ASF file, the skeleton alone; send the movement, an AMC file, with it "
            + _HOW
        )
    if source.skeleton is None:
        raise UnreadableClip(f"an AMC file needs its skeleton, an ASF file; send it too {_HOW}")
    if _looks_like_amc(source.skeleton[:4096]):
        raise UnreadableClip(f"the skeleton is an AMC file, and should be an ASF file {_HOW}")
    skeleton = read_asf(source.skeleton)
    movement = _movement(skeleton, _frames(skeleton, lines_of(text_of(source.data))))
    return reading_of(movement, "asf")


_HOW = "(HTTP: the parts `skeleton` and `motion` of a multipart body; command line: --skeleton)"


def _frames(skeleton: Acclaim, lines: Iterable[str]) -> _Frames:
    frames = _Frames(skeleton)
    stream = iter(lines)
    number = 0
    while block := list(islice(stream, frames.lines_together())):
        if not _take_alike(frames, block):
            for at, text in enumerate(block, number + 1):
                _take_line(frames, text, at)
        number += len(block)
    if frames.last is None:
        raise UnusableClip("the file holds no frame of movement")
    _close(frames, number)
    return frames


def _take_line(frames: _Frames, text: str, number: int) -> None:
    if "#" in text:
        text = text.split("#", 1)[0]
    if len(text) > _LONGEST_LINE:
        _fail(number, f"it has {len(text)} characters, and gives one bone")
    words = text.split()
    if not words:
        return
    if len(words) == 1 and words[0].isdecimal():
        _begin(frames, words[0], number)
    elif words[0][0] == ":":
        _say(frames, words[0].lower(), " ".join(words[1:]), number)
    else:
        _add(frames, words, number)


def _take_alike(frames: _Frames, block: list[str]) -> bool:
    """Read frames that are written as the first was: from the first bone of the one that has
    begun to the number of the one after the last. False, and nothing taken, where anything is
    otherwise: that is read, or refused, line by line."""
    names, freedom = frames.bones, frames.skeleton.freedom
    lines = len(names) + 1
    if not names or frames.last is None or len(block) != _TOGETHER * lines:
        return False
    width = lines + sum(len(freedom[name]) for name in names)
    if max(map(len, block)) > min(_LONGEST_LINE, LONGEST_NUMBER * width):
        return False
    words = "".join(block).split()
    if len(words) != _TOGETHER * width:
        return False
    columns: list[list[str]] = []
    at = 0
    for line, name in enumerate(names):
        if words[at::width] != [name] * _TOGETHER:
            return False
        if not all(text.startswith(name) for text in block[line::lines]):
            return False
        columns += (words[at + 1 + i :: width] for i in range(len(freedom[name])))
        at += 1 + len(freedom[name])
    if not all(text.strip().isdecimal() for text in block[len(names) :: lines]):
        return False
    numbers = [int(word[:18]) for word in words[at::width]]
    step = frames.step or numbers[0] - frames.last
    if step < 1 or numbers != [frames.last + step * (i + 1) for i in range(_TOGETHER)]:
        return False
    try:
        numbers_given = [list(map(float, column)) for column in columns]
    except ValueError:
        return False
    given = np.array(numbers_given, dtype=np.float64).reshape(len(columns), _TOGETHER).T
    if not np.abs(given).sum(1).max() < LARGEST_NUMBER:  # nor where a number is NaN
        return False
    refuse_length(frames.count + _TOGETHER + 1)
    frames.take(given)
    frames.step, frames.last = step, numbers[-1]
    return True


def _fail(line: int, what: str) -> NoReturn:
    raise UnreadableClip(f"line {line}: {what}")


def _say(frames: _Frames, name: str, rest: str, line: int) -> None:
    if name == ":degrees":
        frames.radians = float(np.pi / 180)
    elif name == ":radians":
        frames.radians = 1.0
    elif name == ":samples-per-second":
        fault = fault_in_row(rest, 1)
        if fault is not None or not 1 <= float(rest) <= 1000:
            _fail(line, fault or f"{quoted(rest)} is no frame rate")
        frames.fps = float(rest)


def _begin(frames: _Frames, name: str, line: int) -> None:
    number = int(name[:18])
    if frames.last is not None:
        _close(frames, line)
        step = number - frames.last
        if step < 1 or step != (frames.step or step):
            _fail(line, f"frame {number} follows frame {frames.last}; frames are missing or mixed")
        frames.step = step
        refuse_length(frames.count + 1)
    frames.last = number


def _add(frames: _Frames, words: list[str], line: int) -> None:
    """One bone's line."""
    name, *words = words
    if frames.last is None:
        _fail(line, f"the number of a frame is expected, not {quoted(name)}")
    freedom = frames.skeleton.freedom.get(name)
    if freedom is None:
        _fail(line, f"the skeleton has no bone {quoted(name)}")
    if name in frames.frame:
        _fail(line, f"frame {frames.last} gives the bone {quoted(name)} twice")
    try:
        values = list(map(float, words))
    except ValueError:
        values = [np.inf]
    # The sum is not below the limit either where a number is NaN.
    if len(words) != len(freedom) or not sum(map(abs, values)) < LARGEST_NUMBER:
        fault = fault_in_row(" ".join(words), len(freedom)) or "the numbers are no angles"
        _fail(line, f"{fault}, one for each degree of freedom of the bone {quoted(name)}")
    frames.frame[name] = values


def _close(frames: _Frames, line: int) -> None:
    """Take in the frame that ends before this line."""
    if not frames.bones:
        frames.bones, frames.known = tuple(frames.frame), frozenset(frames.frame)
    if not frames.frame.keys() >= frames.known or not frames.bones:
        missing = [name for name in frames.bones if name not in frames.frame]
        what = f"the bone {missing[0]}, which others have" if missing else "any bone"
        _fail(line, f"frame {frames.last} ends without {what}")
    if len(frames.frame) > len(frames.bones):
        more = next(name for name in frames.frame if name not in frames.bones)
        _fail(line, f"frame {frames.last} has the bone {more}, which the frames before lack")
    frames.rows.append([value for name in frames.bones for value in frames.frame[name]])
    frames.count += 1
    frames.frame = {}


def _movement(skeleton: Acclaim, frames: _Frames) -> Movement:
    given = frames.numbers()  # (T, what the file gives)
    width = sum(map(len, skeleton.freedom.values()))
    numbers = np.zeros((len(given), width))
    at = 0
    radians = skeleton.radians if frames.radians is None else frames.radians
    for name in frames.bones:
        for offset, what in enumerate(skeleton.freedom[name]):
            factor = radians if what in TURNS else 1.0
            numbers[:, skeleton.columns[name] + offset] = given[:, at] * factor
            at += 1
    return Movement(
        skeleton.bones,
        numbers,
        frames.fps or ASSUMED_FPS / (frames.step or 1),
        skeleton.metres,
        tuple(_remarks(skeleton, frames)),
    )


def _remarks(skeleton: Acclaim, frames: _Frames) -> list[str]:
    remarks = []
    if frames.fps is None:
        every = f", of which every {frames.step}th frame is here" if frames.step > 1 else ""
        remarks.append(
            f"fps_assumed: an AMC file need not say its frame rate; CMU's and HDM05's "
            f"{ASSUMED_FPS:g} was taken{every}; send fps= where it is another (CMU has some of 60)"
        )
    still = [name for name, freedom in skeleton.freedom.items()
             if freedom and name not in frames.bones]  # fmt: skip
    if still:
        remarks.append(f"bones_at_rest: {', '.join(still[:8])} are in no frame and do not move")
    lost = [name for name, freedom in skeleton.freedom.items()
            if name != ROOT and set(freedom) - set(TURNS)]  # fmt: skip
    if lost:
        remarks.append(f"freedom_left_out: {', '.join(lost[:8])} stretch or slide; not followed")
    return remarks


def _looks_like_amc(head: bytes) -> bool:
    lines = [line.strip().lower() for line in head.splitlines()[:50]]
    said = (b":fully-specified", b":degrees", b":radians", b":samples-per-second")
    return any(line.startswith((b"#!oml:", *said)) for line in lines)


def _looks_like(head: bytes) -> bool:
    return _looks_like_amc(head) or looks_like_asf(head[:4096])


AMC = Format("amc", "ASF + AMC", (".amc", ".asf"), _looks_like, _read, names_joints=True)

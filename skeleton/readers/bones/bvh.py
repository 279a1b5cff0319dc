"""The skeleton of a BVH file: joints in braces inside each other (ours)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from skeleton.errors import UnreadableClip
from skeleton.readers.bones.hierarchy import Bone
from skeleton.readers.bones.movement import refuse_depth
from skeleton.readers.containers.number_rows import fault_in_number
from skeleton.readers.containers.text import quoted

_CHANNEL = re.compile(r"([xyz])(position|rotation)$")
_MOST_BONES = 3000
_MOST_CHANNELS = 9
_LONGEST_LINE = 100_000
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Hierarchy:
    """The bones, every channel in the order of a frame's numbers (`xposition`, `zrotation`), and
    the line (from 0) after `MOTION`."""

    bones: tuple[Bone, ...]
    channels: tuple[str, ...]
    end: int


@dataclass
class _Words:
    """The words of the skeleton one after the other, each with its line."""

    lines: Sequence[str]
    line: int = 0
    ahead: list[str] = field(default_factory=list)

    def peek(self) -> str:
        """The next word, '' at the end of the file."""
        while not self.ahead and self.line < len(self.lines):
            text = self.lines[self.line]
            self.line += 1
            if len(text) > _LONGEST_LINE:
                self.fail(f"it has {len(text)} characters")
            self.ahead = text.replace("{", " { ").replace("}", " } ").split()[::-1]
        return self.ahead[-1] if self.ahead else ""

    def take(self) -> str:
        word = self.peek()
        if word:
            self.ahead.pop()
        return word

    def fail(self, what: str) -> NoReturn:
        raise UnreadableClip(f"line {max(1, self.line)}: {what}")

    def expect(self, wanted: str) -> None:
        word = self.take()
        if word.lower() != wanted.lower():
            self.fail(
                f"{wanted} is expected, not {quoted(word) if word else 'the end of the file'}"
            )

    def number(self, what: str) -> float:
        word = self.take()
        if not word:
            self.fail(f"the file ends in the middle of {what}")
        fault = fault_in_number(word)
        if fault is not None:
            self.fail(f"{fault} ({what})")
        return float(word)

    def rest(self, stop: str) -> Iterator[str]:
        while self.peek() and self.peek() != stop:
            yield self.take()


def read_bones(lines: Sequence[str]) -> Hierarchy:
    """Read the skeleton up to `MOTION`. Raises `UnreadableClip` with the line at fault."""
    words = _Words(lines)
    words.expect("HIERARCHY")
    bones: list[Bone] = []
    channels: list[str] = []
    given: set[tuple[str, int]] = set()  # what a bone has, which it has once
    # A stack and no recursion: nothing in the format limits how deep it goes.
    open_bones: list[int] = []
    while True:
        said = words.take()
        word = said.lower()
        if word in ("offset", "channels") and open_bones:
            if (word, open_bones[-1]) in given:
                name = bones[open_bones[-1]].name
                words.fail(f"the joint {quoted(name)} has {word.upper()} a second time")
            given.add((word, open_bones[-1]))
        if word in ("root", "joint", "end"):
            if (word == "root") == bool(open_bones):
                where = "inside another joint" if open_bones else "outside of any ROOT"
                words.fail(f"{word.upper()} stands {where}")
            if len(bones) == _MOST_BONES:
                words.fail(f"the skeleton has more than {_MOST_BONES} joints")
            bones.append(_begin(words, word, open_bones[-1] if open_bones else -1))
            open_bones.append(len(bones) - 1)
        elif word == "offset" and open_bones:
            x, y, z = (words.number("OFFSET") for _ in range(3))
            bones[open_bones[-1]] = replace(bones[open_bones[-1]], offset=(x, y, z))
        elif word == "channels" and open_bones:
            bones[open_bones[-1]] = _with_channels(words, bones[open_bones[-1]], channels)
        elif word == "}" and open_bones:
            open_bones.pop()
        elif word == "motion" and not open_bones and bones:
            break
        elif not word:
            missing = (
                f"{len(open_bones)} braces are still open" if open_bones else "MOTION is missing"
            )
            words.fail(f"the file ends, but {missing}")
        else:
            inside = "OFFSET, CHANNELS, JOINT, End Site or }" if open_bones else "ROOT or MOTION"
            words.fail(f"{inside} is expected, not {quoted(said)}")
    if words.ahead:
        words.fail("nothing may follow MOTION in its line")
    refuse_depth(bones, f"line {words.line}")
    return Hierarchy(tuple(bones), tuple(channels), words.line)


def _begin(words: _Words, kind: str, parent: int) -> Bone:
    # Names may hold blanks: "Bip01 L Thigh".
    name = " ".join(words.rest("{"))[:_LONGEST_NAME] if words.peek() != "{" else ""
    words.expect("{")
    if kind != "end" and not name:
        words.fail(f"a {kind.upper()} without a name")
    end = kind == "end"
    return Bone("" if end else name, parent, (0.0, 0.0, 0.0), end=end)


def _with_channels(words: _Words, bone: Bone, channels: list[str]) -> Bone:
    count = words.number("CHANNELS")
    if count not in range(_MOST_CHANNELS + 1):
        words.fail(f"a joint has 3 or 6 channels, not {count:g}")
    moves: list[tuple[int, int]] = []
    turns: list[tuple[int, int]] = []
    for _ in range(int(count)):
        word = words.take()
        match = _CHANNEL.match(word.lower())
        if match is None:
            words.fail(f"a channel like Xposition or Zrotation is expected, not {quoted(word)}")
        kept = moves if match.group(2) == "position" else turns
        kept.append(("xyz".index(match.group(1)), len(channels)))
        channels.append(match.group(0))
    return replace(bone, moves=tuple(moves), turns=tuple(turns))

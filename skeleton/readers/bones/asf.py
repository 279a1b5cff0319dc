"""ASF: the skeleton of an AMC file (ours).

A bone has a direction and a length at rest, and axes of its own, about which its degrees of
freedom turn it. The bone's children begin where it ends.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from skeleton.errors import UnreadableClip
from skeleton.readers.bodies.units import INCH
from skeleton.readers.bones.hierarchy import Bone, Floats, Vector, fixed_rotation
from skeleton.readers.bones.movement import refuse_depth
from skeleton.readers.containers.number_rows import fault_in_number
from skeleton.readers.containers.text import lines_of, quoted, text_of

ROOT = "root"
TURNS = {"rx": 0, "ry": 1, "rz": 2}
MOVES = {"tx": 0, "ty": 1, "tz": 2}
_MOST_BONES = 1000
_MOST_LINES = 50_000
_LONGEST_LINE = 100_000


@dataclass
class _Limb:
    """One bone as the file says it; angles as they stand there."""

    name: str
    line: int
    direction: Vector = (0.0, 0.0, 0.0)
    length: float = 0.0
    axis: Vector = (0.0, 0.0, 0.0)
    order: str = "xyz"
    freedom: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Acclaim:
    """An ASF file: `bones` with an end behind every bone, `freedom` what the numbers of each
    named bone mean in an AMC (`rx`, `ty`, ...), `columns` where each bone's numbers begin,
    `metres` the unit of lengths, `radians` what an angle is to be multiplied with."""

    bones: tuple[Bone, ...]
    freedom: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, int]
    metres: float
    radians: float


@dataclass
class _File:
    limbs: dict[str, _Limb] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    root: _Limb = field(default_factory=lambda: _Limb(ROOT, 1))
    length: float = 1.0
    radians: float = float(np.pi / 180)
    open: _Limb | None = None
    begun: bool = False


def read_asf(data: bytes) -> Acclaim:
    """Read a skeleton. Raises `UnreadableClip` with the line at fault."""
    file = _File(root=_Limb(ROOT, 1, freedom=("tx", "ty", "tz", "rx", "ry", "rz")))
    section = ""
    number = 0
    for number, text in enumerate(_lines(data), 1):
        if len(text) > _LONGEST_LINE:
            _fail(number, f"it has {len(text)} characters")
        words = text.split("#", 1)[0].lower().split()
        if not words:
            continue
        if words[0].startswith(":"):
            section = words[0][1:]
        elif section in _SECTIONS:
            _SECTIONS[section](file, words, text.split(), number)
    if not file.limbs or not file.children:
        missing = ":hierarchy" if file.limbs else ":bonedata"
        _fail(number, f"the skeleton ends without any bones in {missing}")
    return _assembled(file, number)


def looks_like_asf(head: bytes) -> bool:
    """Whether the first bytes are those of a skeleton."""
    sections = {line.split(b" ")[0].strip().lower() for line in head.splitlines()[:200]}
    return len(sections & {b":version", b":units", b":root", b":bonedata", b":hierarchy"}) > 1


def _lines(data: bytes) -> Iterator[str]:
    try:
        text = text_of(data)
    except UnreadableClip as error:
        raise UnreadableClip(f"the skeleton (ASF): {error}") from None
    if text.count("\n") > _MOST_LINES:
        _fail(_MOST_LINES, "no skeleton goes on for so long")
    return lines_of(text)


def _fail(line: int, what: str) -> None:
    raise UnreadableClip(f"the skeleton (ASF), line {max(1, line)}: {what}")


def _numbers(words: list[str], count: int, line: int) -> tuple[float, ...]:
    if len(words) < count:
        _fail(line, f"{count} numbers are expected, but there are {len(words)}")
    for word in words[:count]:
        fault = fault_in_number(word)
        if fault is not None:
            _fail(line, fault)
    return tuple(float(word) for word in words[:count])


def _vector(words: list[str], line: int) -> Vector:
    x, y, z = _numbers(words, 3, line)
    return x, y, z


def _order(word: str, line: int) -> str:
    if sorted(word) != ["x", "y", "z"]:
        _fail(line, f"an order of axes like XYZ is expected, not {quoted(word)}")
    return word


def _freedom(words: list[str], line: int) -> tuple[str, ...]:
    for word in words:
        if word not in TURNS and word not in MOVES and word != "l":
            _fail(line, f"rx, ry, rz, tx, ty, tz or l is expected, not {quoted(word)}")
    if len(set(words)) != len(words):
        _fail(line, "a degree of freedom stands there twice")
    return tuple(words)


def _units(file: _File, words: list[str], _: list[str], line: int) -> None:
    if words[0] == "length":
        (file.length,) = _numbers(words[1:], 1, line)
        if not file.length > 0:
            _fail(line, f"a length of {quoted(words[1])} is no unit")
    elif words[0] == "angle":
        if words[1:2] not in (["deg"], ["rad"]):
            _fail(line, "angle is deg or rad")
        file.radians = 1.0 if words[1] == "rad" else float(np.pi / 180)


def _root(file: _File, words: list[str], _: list[str], line: int) -> None:
    if words[0] == "order":
        file.root.freedom = _freedom(words[1:], line)
    elif words[0] == "axis":
        file.root.order = _order("".join(words[1:2]), line)
    elif words[0] == "orientation":
        file.root.axis = _vector(words[1:], line)


def _bonedata(file: _File, words: list[str], plain: list[str], line: int) -> None:
    if words[0] == "begin":
        if file.open is not None:
            _fail(line, f"the bone of line {file.open.line} has no end")
        file.open = _Limb("", line)
    elif file.open is None:
        _fail(line, f"begin is expected, not {quoted(plain[0])}")
    elif words[0] == "end":
        name = file.open.name
        if not name or name == ROOT or name in file.limbs:
            _fail(line, f"the bone has no name of its own: {quoted(name)}")
        if len(file.limbs) == _MOST_BONES:
            _fail(line, f"there are more than {_MOST_BONES} bones")
        file.limbs[name], file.open = file.open, None
    elif words[0] == "name":
        file.open.name = "".join(plain[1:2])
    elif words[0] == "direction":
        file.open.direction = _vector(words[1:], line)
    elif words[0] == "length":
        (file.open.length,) = _numbers(words[1:], 1, line)
    elif words[0] == "axis":
        file.open.axis = _vector(words[1:], line)
        file.open.order = _order("".join(words[4:5]), line)
    elif words[0] == "dof":
        file.open.freedom = _freedom(words[1:], line)


def _hierarchy(file: _File, words: list[str], plain: list[str], line: int) -> None:
    if words[0] in ("begin", "end"):
        return
    for name in plain:
        if name not in file.limbs and name != ROOT:
            _fail(line, f"there is no bone {quoted(name)} in :bonedata")
    file.children.setdefault(plain[0], []).extend(plain[1:])


_SECTIONS: Mapping[str, Callable[[_File, list[str], list[str], int], None]] = {
    "units": _units,
    "root": _root,
    "bonedata": _bonedata,
    "hierarchy": _hierarchy,
}


def _assembled(file: _File, line: int) -> Acclaim:
    """The bones in the order of the hierarchy, each with an end, and where their numbers stand."""
    # The root's orientation turns the skeleton as it is at rest; its position, which would only
    # shift the whole movement, is left alone.
    rest = _axes(file.root, file.radians)
    bones: list[Bone] = []
    columns: dict[str, int] = {}
    freedom: dict[str, tuple[str, ...]] = {}
    width = 0
    waiting: list[tuple[str, int, Vector]] = [(ROOT, -1, (0.0, 0.0, 0.0))]
    while waiting:
        name, parent, offset = waiting.pop()
        if name in columns:
            _fail(line, f"the bone {quoted(name)} hangs on two others")
        limb = file.root if name == ROOT else file.limbs[name]
        columns[name], freedom[name] = width, limb.freedom
        width += len(limb.freedom)
        frame = None if name == ROOT else rest @ _axes(limb, file.radians)
        bones.append(_bone(limb, parent, offset, columns[name], frame))
        here = len(bones) - 1
        x, y, z = (float(part) for part in rest @ np.array(limb.direction) * limb.length)
        children = file.children.get(name, [])
        waiting += [(child, here, (x, y, z)) for child in reversed(children)]
        if not children:
            bones.append(Bone("", here, (x, y, z), end=True))
    loose = [name for name in file.limbs if name not in columns]
    if loose:
        _fail(line, f"the bone {quoted(loose[0])} hangs on nothing in :hierarchy")
    refuse_depth(bones, "the skeleton (ASF)")
    return Acclaim(tuple(bones), freedom, columns, INCH / file.length, file.radians)


def _axes(limb: _Limb, radians: float) -> Floats:
    order = ["xyz".index(axis) for axis in limb.order]
    return fixed_rotation([limb.axis[axis] * radians for axis in order], order)


def _bone(limb: _Limb, parent: int, offset: Vector, column: int, frame: Floats | None) -> Bone:
    """One bone. Its turns come in the order of its numbers, the root's in that of its axes."""
    turns = [(TURNS[what], column + i) for i, what in enumerate(limb.freedom) if what in TURNS]
    if frame is not None:
        return Bone(limb.name, parent, offset, (), tuple(reversed(turns)), frame)
    turns.sort(key=lambda turn: limb.order.index("xyz"[turn[0]]))
    moves = [(MOVES[what], column + i) for i, what in enumerate(limb.freedom) if what in MOVES]
    return Bone(ROOT, parent, offset, tuple(moves), tuple(reversed(turns)))

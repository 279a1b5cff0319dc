"""The project's JSON: nested lists `[T][V][3]` or `[T][M][V][3]`, an unseen joint null (ours).

As a file: the clip alone, `{"layout", "fps", "axes", "person", "joints"}`, or a body of `/enroll`
or `/recognize`, `{"action", "clip"}`. `layout` is a name or the joint names in order; a clip that
does not say it takes the caller's.
"""

import re
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import refuse_length
from skeleton.errors import BadShape, NothingToSee, UnknownKey, UnusableClip
from skeleton.layouts import LONGEST_LAYOUT, LONGEST_NAME, MOST_JOINTS, Layout, resolve_layout
from skeleton.readers.containers.json_text import parse_json, starts_json
from skeleton.readers.format import Format, Reading, Source

_DEEPEST = 4
_NULL = type(None)
#: How far nulls may be filled up: `null` for a joint is three, for a frame as many as its joints,
#: which must not let a small body take all the memory. An `.npy` body of 16 MiB has as many.
_MOST_FOR_ONE_GIVEN = 3
_ALWAYS = 4_000_000
# By type and not by isinstance: true and false are no coordinates.
_COORDINATES = frozenset({int, float, _NULL})


def read_joint_lists(joints: Any) -> NDArray[np.float32]:
    """Turn nested lists into float32; `null`, or `[null, null, null]`, becomes NaN. So does every
    joint of a person or of a frame that is null.

    Raises `BadShape` for anything else: ragged lists, strings, true and false among it; and for
    nulls that stand for far more than the body gives. Raises `NothingToSee` where every frame is
    null, so that nothing tells how many joints there are.
    """
    if not isinstance(joints, list):
        raise BadShape(f"joints must be a list of frames, not {_kind(joints)}")
    refuse_length(len(joints))
    # Level by level, all of a level at once: each is lists of one length, or the coordinates.
    shape, items = [len(joints)], joints
    given = len(joints)  # entries of the body's own lists, on all levels so far
    while not (kinds := set(map(type, items))) <= _COORDINATES:
        if list not in kinds:
            raise BadShape("a coordinate is not a number")
        if len(shape) == _DEEPEST:
            raise BadShape("joints are nested deeper than [T][M][V][3]")
        lists = len(items) - (items.count(None) if _NULL in kinds else 0)
        items = _of_one_length(items, kinds, joints)
        width = len(items[0])
        given += lists * width
        _refuse_mostly_null(len(items) * width, given)
        shape.append(width)
        items = list(chain.from_iterable(items))
    if kinds == {_NULL} and len(shape) == 1:
        raise NothingToSee("no joint was seen in any frame: all are null")
    if kinds == {_NULL} and (len(shape) == 2 or (len(shape) == 3 and shape[-1] not in (2, 3))):
        _refuse_mostly_null(len(items) * 3, given)
        shape.append(3)  # every joint of every frame is null
        items = items * 3
    try:
        with np.errstate(over="ignore"):
            return np.array(items, dtype=np.float64).astype(np.float32).reshape(shape)
    except OverflowError:
        raise BadShape("a coordinate is too large a number") from None


def _of_one_length(items: list[Any], kinds: set[type], joints: list[Any]) -> list[list[Any]]:
    """The lists of one level; what is null as a whole among them as one of nulls."""
    if kinds == {list, _NULL}:
        width = next(len(item) for item in items if item is not None)
        unseen = [None] * width
        items = [unseen if item is None else item for item in items]
        kinds = {list}
    if kinds != {list} or len(set(map(len, items))) != 1:
        raise BadShape(
            "joints are ragged: every frame needs the same number of joints, every joint x, y "
            f"and z, or null where it was not seen; {_first_fault(joints)}"
        )
    return items


def _refuse_mostly_null(filled: int, given: int) -> None:
    if filled > _MOST_FOR_ONE_GIVEN * given + _ALWAYS:
        raise BadShape(
            f"nearly everything is null: the nulls stand for {filled} entries, and {given} are "
            "given; cut the clip to the frames in which somebody was seen"
        )


def _first_fault(joints: list[Any]) -> str:
    sizes = [len(frame) if isinstance(frame, list) else -1 for frame in joints]
    for number, size in enumerate(sizes):
        if size < 0:
            return f"frame {number} is {_kind(joints[number])}"
        if size != sizes[0]:
            return f"frame {number} has {size} entries, frame 0 has {sizes[0]}"
    return "look for a joint that has more or fewer than three numbers"


def _kind(value: Any) -> str:
    names = {dict: "an object", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


_KEYS = re.compile(rb'"clip"\s*:\s*\{|"joints"\s*:\s*\[')
_CLIP_KEYS = frozenset({"layout", "fps", "axes", "person", "joints"})
_EXAMPLE = '{"layout": "kinect_v2", "fps": 30, "joints": [...]}'
_LONGEST_AXES = 40


def _read(source: Source) -> Reading:
    tree = parse_json(source.data)
    clip = _clip_of(tree)
    _refuse_unknown(clip, _CLIP_KEYS, "the clip")
    if "joints" not in clip:
        raise UnusableClip(f"the clip has no joints; it looks like {_EXAMPLE}")
    layout = _layout_of(clip, source)
    return Reading(
        read_joint_lists(clip["joints"]),
        layout,
        fps=_number(clip.get("fps"), "fps"),
        axes=_axes(clip.get("axes")),
        person=_person(clip.get("person")),
    )


def says_layout(data: bytes) -> bool:
    """Whether a file says its layout itself. Raises as a reader does."""
    return _clip_of(parse_json(data)).get("layout") is not None


def action_said(data: bytes) -> str | None:
    """The action that a file holds beside its clip. Raises as a reader does."""
    tree = parse_json(data)
    _clip_of(tree)
    action: str | None = tree.get("action")
    return action


def _clip_of(tree: Any) -> dict[str, Any]:
    """The clip itself, or the clip of a body of `/enroll` or `/recognize`."""
    if not isinstance(tree, dict):
        raise UnusableClip(f"a clip is an object like {_EXAMPLE}, not {_kind_or_list(tree)}")
    if "clip" not in tree:
        return tree
    _refuse_unknown(tree, frozenset({"action", "clip"}), "the file")
    if not isinstance(tree.get("action"), str | None):
        raise UnusableClip("action: it must be a string")
    clip = tree["clip"]
    if not isinstance(clip, dict):
        raise UnusableClip(f"clip: it must be an object like {_EXAMPLE}")
    return clip


def _refuse_unknown(tree: dict[str, Any], known: frozenset[str], what: str) -> None:
    unknown = [key for key in tree if key not in known]
    if unknown:
        raise UnknownKey(
            unknown[0],
            f"{what} has the key {unknown[0][:40]!r}, which is not one of "
            f"{', '.join(sorted(known))}",
        )


def _layout_of(clip: dict[str, Any], source: Source) -> Layout:
    """The layout that the clip says, or else the caller's; never both."""
    said = clip.get("layout")
    if said is None and source.layout is not None:
        return source.layout
    if source.layout is not None:
        raise UnusableClip(
            "layout: JSON clips that say it name their joints themselves; leave it out"
        )
    if said is None:
        raise UnusableClip(
            f"layout: the clip does not say it; give one of {', '.join(source.layouts)}, or a "
            "list of the joint names in order"
        )
    return _layout(said, source)


def _layout(spec: Any, source: Source) -> Layout:
    if isinstance(spec, str) and len(spec) <= LONGEST_LAYOUT:
        return resolve_layout(spec, source.layouts)
    if (
        isinstance(spec, list)
        and len(spec) <= MOST_JOINTS
        and all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in spec)
    ):
        return resolve_layout(spec, source.layouts)
    raise UnusableClip(
        f"layout: it must be a name, or a list of at most {MOST_JOINTS} joint names in order"
    )


def _number(value: Any, name: str) -> float | None:
    if value is not None and type(value) not in (int, float):
        raise UnusableClip(f"{name}: it must be a number, not {_kind_or_list(value)}")
    return None if value is None else float(value)


def _axes(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) <= _LONGEST_AXES):
        raise UnusableClip("axes: it must be a string like 'x,-y,-z'")
    return value


def _person(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 1000):
        raise UnusableClip("person: it must be a whole number from 0")
    return value


def _kind_or_list(value: Any) -> str:
    return "a list" if isinstance(value, list) else _kind(value)


def _looks_like(head: bytes) -> bool:
    return starts_json(head, b"{") and bool(_KEYS.search(head))


JSON = Format("json", "JSON", (".json",), _looks_like, _read, may_leave_out=True)

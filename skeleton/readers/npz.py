"""`.npz` from untrusted bytes: one clip, or the uniform archive with one clip in it (ours).

The arrays, of which only `joints` is needed: `joints` `(T, V, 3)` or `(T, M, V, 3)`, floating point
metres, or whole numbers that `scale` makes metres, with the archive's mark for a joint that was not
seen; `offsets` `[0, T]`; `layout`, a name or the joints' names separated by commas; `joint_names`
and `parents` `(V,)`; `axes`, `fps`, `person`. Others are not looked at.
"""

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.archive import metres
from skeleton.axes import DEFAULT_AXES
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.layouts import LONGEST_LAYOUT, LONGEST_NAME, MOST_JOINTS, Layout, custom_layout
from skeleton.readers.containers.zip_members import Members
from skeleton.readers.format import Format, Reading, Source
from skeleton.readers.npy import read_array

_NUMBERS = frozenset({"f", "i", "u"})
_WHOLE = frozenset({"i", "u"})
_TEXT = frozenset({"U"})
#: What is read beside the joints, and of which types.
_TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "layout": _TEXT,
        "joint_names": _TEXT,
        "parents": _WHOLE,
        "axes": _TEXT,
        "fps": _NUMBERS,
        "person": _WHOLE,
        "scale": _NUMBERS,
    }
)
_JOINTS = frozenset({"f2", "f4", "f8", "i2", "i4"})


def _read(source: Source) -> Reading:
    members = Members(source.data, ".npy")
    key = _joints_key(members)
    if "offsets" in members:
        _refuse_more_clips(_array(members, "offsets", _WHOLE))
    arrays = {
        name: _array(members, name, types) for name, types in _TYPES.items() if name in members
    }
    axes, person = _text(arrays, "axes"), _number(arrays, "person")
    layout = _layout(arrays, axes, source)
    return Reading(
        _metres(_array(members, key, _JOINTS), _number(arrays, "scale")),
        layout,
        fps=_number(arrays, "fps"),
        axes=axes,
        person=None if person is None else int(person),
    )


def _joints_key(members: Members) -> str:
    """`joints`; or the only array of a file that has one, whatever its name."""
    names = list(members)
    if "joints" in names:
        return "joints"
    if len(names) == 1:
        return names[0]
    shown = ", ".join(repr(name[:40]) for name in names[:10]) or "no arrays"
    raise UnusableClip(f"joints: the .npz holds no array of that name, but {shown}")


def _array(members: Members, name: str, types: frozenset[str]) -> NDArray[Any]:
    try:
        return read_array(members.read(name), types)
    except UnreadableClip as error:
        raise UnreadableClip(f"array {name[:40]!r}: {error}") from error


def _refuse_more_clips(offsets: NDArray[Any]) -> None:
    clips = offsets.size - 1
    if clips != 1:
        raise UnusableClip(
            f"the archive holds {max(clips, 0)} clips; one clip a file is needed: save the frames "
            "offsets[i]:offsets[i + 1] of one"
        )


def _metres(joints: NDArray[Any], scale: float | None) -> NDArray[np.floating]:
    if scale is None and joints.dtype.kind != "f":
        raise UnusableClip(
            f"joints: they are {joints.dtype}, and there is no scale to make them metres"
        )
    if scale is None:
        return joints
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused as infinite
        return metres(joints, scale)


def _layout(arrays: Mapping[str, NDArray[Any]], axes: str | None, source: Source) -> Layout:
    """The layout that the file describes, else the caller's; both must agree."""
    inner, given = _inner_layout(arrays, axes, source), source.layout
    if inner is None:
        if given is None:
            raise UnusableClip(
                "layout: the .npz names neither a layout nor its joints; give layout=, one of "
                f"{', '.join(source.layouts)}, or the joint names in order, separated by commas"
            )
        return given
    if given is not None and len(given) != len(inner):
        raise UnusableClip(
            f"layout: {given.name} has {len(given)} joints, but the .npz names {len(inner)}; "
            "leave layout= out"
        )
    if given is not None and given.joints != inner.joints:
        at = next(i for i, joint in enumerate(given.joints) if joint != inner.joints[i])
        raise UnusableClip(
            f"layout: joint {at + 1} of {given.name} is {given.joints[at]}, but the .npz names it "
            f"{inner.joints[at]}; leave layout= out"
        )
    return inner


def _inner_layout(
    arrays: Mapping[str, NDArray[Any]], axes: str | None, source: Source
) -> Layout | None:
    name = _text(arrays, "layout")
    known = source.layouts.get(name) if name else None
    if "joint_names" not in arrays:
        if name is None or known is not None:
            return known
        if "," in name:
            return custom_layout(name.split(","), axes=axes or DEFAULT_AXES)
        raise UnusableClip(
            f"layout: the .npz says {name[:60]!r}, which is not known, and has no joint_names"
        )
    names = _texts(arrays, "joint_names")
    usual = DEFAULT_AXES if known is None else known.axes
    layout = custom_layout(names, name=name or "custom", axes=axes or usual)
    if known is not None and known.joints != layout.joints:
        raise UnusableClip(f"layout: the .npz says {name}, but its joint_names are not those of it")
    if "parents" in arrays:
        parents = _parents(arrays["parents"], len(layout))
        layout = Layout(layout.name, layout.joints, parents, layout.axes)
    if known is not None and ("parents" not in arrays or known.parents == layout.parents):
        return known
    return layout


def _parents(array: NDArray[Any], joints: int) -> tuple[int, ...]:
    parents = tuple(int(parent) for parent in array.ravel()[: joints + 1])
    if len(parents) != joints or not all(-1 <= parent < joints for parent in parents):
        raise UnusableClip(f"parents: there must be {joints}, each -1 or the number of a joint")
    for joint in range(joints):
        steps = 0
        while joint >= 0 and steps <= joints:
            joint, steps = parents[joint], steps + 1
        if joint >= 0:
            raise UnusableClip("parents: they go round in a circle")
    return parents


def _text(arrays: Mapping[str, NDArray[Any]], name: str) -> str | None:
    if name not in arrays:
        return None
    texts = _texts(arrays, name)
    if len(texts) != 1:
        raise UnusableClip(f"{name}: it must be one string, not {arrays[name].size}")
    return texts[0]


def _texts(arrays: Mapping[str, NDArray[Any]], name: str) -> list[str]:
    array = arrays[name].ravel()[: MOST_JOINTS + 1]
    longest = LONGEST_LAYOUT if name == "layout" else LONGEST_NAME
    try:
        if len(array) > MOST_JOINTS or array.itemsize > 4 * longest:
            raise ValueError
        texts = [str(text) for text in array]  # which fails for what is no character
        if not all(text.isprintable() for text in texts):
            raise ValueError
    except ValueError:
        raise UnusableClip(
            f"{name}: it must be text without control characters, at most {MOST_JOINTS} strings "
            f"of {longest} characters"
        ) from None
    return texts


def _number(arrays: Mapping[str, NDArray[Any]], name: str) -> float | None:
    if name not in arrays:
        return None
    if arrays[name].size != 1 or not isfinite(value := float(arrays[name].ravel()[0])):
        raise UnusableClip(f"{name}: it must be one finite number")
    return value


def _looks_like(head: bytes) -> bool:
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return head.startswith(b"PK\3\4") and name.endswith(b".npy")


NPZ = Format("npz", "NumPy .npz", (".npz",), _looks_like, _read, names_joints=False)

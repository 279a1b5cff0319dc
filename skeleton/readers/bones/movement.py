"""From a posed skeleton to a reading: which joints, what unit, which way is up (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skeleton.errors import UnusableClip
from skeleton.layouts import Layout, custom_layout
from skeleton.readers.bodies.stature import (
    Floats,
    head_axis,
    mean_head_axis,
    some_frames,
    stature,
    upright,
)
from skeleton.readers.bodies.units import UNITS, unit_of
from skeleton.readers.bones.hierarchy import Bone, posed_positions, rest_positions
from skeleton.readers.bones.names import FEWEST_JOINTS, joint_meanings
from skeleton.readers.format import Reading

_NAMES_SHOWN = 8
#: What a small file may grow to: coordinates, beyond three for each number it gives.
_ALWAYS = 4_000_000
_MOST_ANCESTORS = 200


@dataclass(frozen=True, eq=False)
class Movement:
    """What a motion-capture file says: bones, and their numbers `(T, C)` of every frame, turns in
    radians. `metres` is the unit of lengths where the file gives one, else None."""

    bones: Sequence[Bone]
    numbers: Floats
    fps: float
    metres: float | None = None
    remarks: tuple[str, ...] = ()


def reading_of(movement: Movement, name: str) -> Reading:
    """Pose the bones and keep the joints whose meaning is known, as layout `name`.

    Raises `UnusableClip` for a skeleton whose names are not known.
    """
    bones, numbers = movement.bones, movement.numbers
    meanings = joint_meanings(bones)
    joints = dict(sorted(meanings.joints.items(), key=lambda item: item[1]))
    if len(joints) < FEWEST_JOINTS:
        raise UnusableClip(
            f"only {len(joints)} of the skeleton's joints have names that are known "
            f"({_short([bone.name for bone in bones if not bone.end])}); rename its bones, or send "
            "the joints' positions as JSON or .npy with the joint names in order as layout="
        )
    if len(numbers) * len(joints) * 3 > 3 * numbers.size + _ALWAYS:
        raise UnusableClip(
            f"{len(numbers)} frames are too many for a skeleton that hardly moves; cut the clip"
        )
    layout = custom_layout(list(joints), name=name)
    wanted = list(joints.values())
    places = posed_positions(bones, numbers, wanted)
    sample = some_frames(places)
    metres, unit = _unit(stature(sample, layout), movement.metres)
    turned, stance = _stance(
        head_axis(rest_positions(bones)[None, wanted], layout),
        head_axis(sample, layout),
        mean_head_axis(sample, layout),
    )
    with np.errstate(over="ignore"):
        scaled = places * metres
    remarks = (
        *movement.remarks, *unit, *stance, *_left_out(meanings.left_out), *_joined(sample, layout),
        *_others(meanings.bodies),
    )  # fmt: skip
    return Reading(scaled, layout, movement.fps, turned, remarks=remarks)


def refuse_depth(bones: Sequence[Bone], line: str) -> None:
    """Raise `UnusableClip` for a skeleton of more bones in a row than any body's."""
    depth = [0] * len(bones)
    for i, bone in enumerate(bones):
        depth[i] = 1 if bone.parent < 0 else depth[bone.parent] + 1
    if max(depth, default=0) > _MOST_ANCESTORS:
        raise UnusableClip(f"{line}: {max(depth)} bones hang on each other in a row; no body's do")


def _unit(height: float, given: float | None) -> tuple[float, tuple[str, ...]]:
    if given is not None and UNITS["metres"][1] <= height * given <= UNITS["metres"][2]:
        return given, ()
    name, metres, plausible = unit_of(height)
    if given is not None:
        return metres, (f"units: the file's own unit fits no body, so {name} were taken",)
    if plausible:
        return metres, (f"units: the file names none, {name} were taken by the body's size",)
    return metres, (f"units: in none is the body plausible, {name} were taken",)


def _stance(
    rest: str | None, moving: str | None, mean: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """The axes to read by, from where the head is at rest, in most frames, and on the mean."""
    if moving is None and mean == rest == "z":
        moving = rest  # somebody who bows or sits for long
    if moving == "y" and rest == "z":
        return None, (
            "axes: the head points along y in most frames, but along z in the skeleton at rest; y "
            f"was taken for up. If z is, and the person lies, send axes={upright(rest)}",
        )
    if moving is None or moving == "y":
        return None, ()
    axes = upright(moving)
    if rest == "y":
        # Somebody who lies, or a file that was turned as a whole: nothing tells them apart.
        return None, (
            f"axes: the body lies along {moving} in most frames; if it should stand, send "
            f"axes={axes}",
        )
    return axes, (f"axes: the head points along {moving}, so {axes} were taken",)


def _others(bodies: int) -> tuple[str, ...]:
    if bodies == 1:
        return ()
    return (f"more_bodies: the file holds {bodies} bodies, each with a root; the first was kept",)


def _left_out(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"joints_left_out: {_short(names)}; their meaning is not known or they have none",)


def _joined(sample: Floats, layout: Layout) -> tuple[str, ...]:
    """Tell of neighbours that are always in one place: the file lacks the bone between them."""
    joined = [
        f"{layout.joints[child]} and {layout.joints[parent]}"
        for child, parent in layout.bones
        if np.abs(sample[:, child] - sample[:, parent]).max() <= 1e-9 * np.abs(sample).max()
    ]
    if not joined:
        return ()
    return (f"joints_coincide: {_short(joined)}; the file has no bone between them",)


def _short(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown

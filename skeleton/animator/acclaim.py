"""Clips written as ASF + AMC, the bones' turns worked out from the joints' places (ours)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.animator.rotation import Rotation, about
from skeleton.clip import Clip
from skeleton.layouts import Layout, custom_layout

Floats = NDArray[np.float64]

_LENGTH = 0.45  # the file's unit is an inch divided by this, as in CMU's files
_UNITS_IN_A_METRE = _LENGTH / 0.0254
_PLACES = 6
_XYZ = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True)
class _Bone:
    """`begin` and `end` are joints; at rest it points along `direction`, and turns in axes that
    are themselves turned by `axis` degrees about z. A fixed one moves with its parent."""

    name: str
    parent: str
    begin: str
    end: str
    direction: tuple[float, float, float]
    axis: float = 0.0
    fixed: bool = False


def _bones() -> tuple[_Bone, ...]:
    up, front = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    bones = [
        _Bone("lowerback", "root", "pelvis", "spine_low", up),
        _Bone("upperback", "lowerback", "spine_low", "spine", up),
        _Bone("thorax", "upperback", "spine", "neck", up),
        _Bone("upperneck", "thorax", "neck", "neck_top", up),
        _Bone("head", "upperneck", "neck_top", "head", up),
    ]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        out, down, tilt = (sign, 0.0, 0.0), (sign * 0.342020, -0.939693, 0.0), sign * 20
        for name, parent, begin, end, direction, axis in (
            ("clavicle", "thorax", "neck", "shoulder", out, 0.0),
            ("humerus", "clavicle", "shoulder", "elbow", out, 0.0),
            ("radius", "humerus", "elbow", "wrist", out, 0.0),
            ("hand", "radius", "wrist", "hand", out, 0.0),
            ("fingers", "hand", "hand", "hand_tip", out, 0.0),
            ("hipjoint", "root", "pelvis", "hip", out, 0.0),
            ("femur", "hipjoint", "hip", "knee", down, tilt),
            ("tibia", "femur", "knee", "ankle", down, tilt),
            ("foot", "tibia", "ankle", "foot", front, 0.0),
            ("toes", "foot", "foot", "toes", front, 0.0),
        ):
            bones.append(
                _Bone(
                    side[0] + name,
                    parent if parent in ("root", "thorax") else side[0] + parent,
                    begin if begin in ("pelvis", "neck") else f"{side}_{begin}",
                    f"{side}_{end}",
                    direction,
                    axis,
                    fixed=name == "hipjoint",
                )
            )
    return tuple(bones)


_BONES = _bones()
#: The joints that are written, as a layout to animate in.
ACCLAIM: Layout = custom_layout(
    ("pelvis", *dict.fromkeys(bone.end for bone in _BONES)), name="acclaim"
)


def as_asf_amc(clip: Clip) -> tuple[bytes, bytes]:
    """Write the first person of a clip in `ACCLAIM` as an ASF and an AMC file, as CMU has them.

    The ASF holds bones: their length (here their median; the unit is an inch / 0.45), their
    direction at rest in the world's axes, the degrees of freedom rx ry rz in axes of their own
    (`axis`), and their hierarchy from the root, which is the pelvis. The AMC holds, for each frame
    from 1, the root's place and turn and each bone's turns in degrees, x first. The hip bones have
    no freedom: they lie along the line through the hips, which turns the root. Neither file has a
    frame rate; CMU's is 120.

    Raises `ValueError` for another layout and where a joint is unseen.
    """
    if clip.layout != ACCLAIM or np.isnan(clip.joints).any():
        raise ValueError("the format takes clips in ACCLAIM with every joint seen")
    joints = clip.joints[:, 0].astype(np.float64)  # (T, V, 3)
    places = {name: joints[:, i] for name, i in ACCLAIM.index.items()}
    return _asf(places), _amc(places)


def _asf(places: dict[str, Floats]) -> bytes:
    lines = [
        *(":version 1.10", ":name animator", ":units", "  mass 1.0", f"  length {_LENGTH}"),
        *("  angle deg", ":documentation", "  made by skeleton.animator", ":root"),
        *("  order TX TY TZ RX RY RZ", "  axis XYZ", "  position 0 0 0", "  orientation 0 0 0"),
        ":bonedata",
    ]
    for number, bone in enumerate(_BONES, 1):
        lines += ["  begin", f"    id {number}", f"    name {bone.name}"]
        lines += [f"    direction {' '.join(f'{part:.6g}' for part in bone.direction)}"]
        lines += [f"    length {_length(bone, places) * _UNITS_IN_A_METRE:.6f}"]
        lines += [f"    axis 0 0 {bone.axis:g} XYZ"]
        if not bone.fixed:
            lines += ["    dof rx ry rz", "    limits (-180.0 180.0)"]
            lines += ["           (-180.0 180.0)"] * 2
        lines += ["  end"]
    lines += [":hierarchy", "  begin"]
    for parent in ("root", *(bone.name for bone in _BONES)):
        children = [bone.name for bone in _BONES if bone.parent == parent]
        if children:
            lines.append(f"    {parent} {' '.join(children)}")
    return ("\n".join([*lines, "  end"]) + "\n").encode()


def _amc(places: dict[str, Floats]) -> bytes:
    across = places["left_hip"] - places["right_hip"]
    root_degrees = _degrees(_towards(np.array(_XYZ[0]), across))
    turned = {"root": _turn(root_degrees)}
    columns = {"root": np.hstack([places["pelvis"] * _UNITS_IN_A_METRE, root_degrees])}
    for bone in _BONES:
        above = turned[bone.parent]
        if bone.fixed:
            turned[bone.name] = above
            continue
        own = about(_XYZ[2], bone.axis)[0]
        measured = places[bone.end] - places[bone.begin]
        local = np.einsum("tji,tj->ti", above, measured)  # turned back into the parent's axes
        degrees = _degrees(own.T @ _towards(np.array(bone.direction), local) @ own)
        columns[bone.name] = degrees
        # From the rounded angles, as a reader has them, so that no error adds up along a limb.
        turned[bone.name] = above @ own @ _turn(degrees) @ own.T
    lines = ["#!OML:ASF animator", ":FULLY-SPECIFIED", ":DEGREES"]
    for frame in range(len(across)):
        lines.append(str(frame + 1))
        for name, numbers in columns.items():
            values = " ".join(f"{number + 0.0:.{_PLACES}f}" for number in numbers[frame])
            lines.append(f"{name} {values}")
    return ("\n".join(lines) + "\n").encode()


def _length(bone: _Bone, places: dict[str, Floats]) -> float:
    return float(np.median(np.linalg.norm(places[bone.end] - places[bone.begin], axis=-1)))


def _towards(rest: Floats, vectors: Floats) -> Rotation:
    """The least rotation `(T, 3, 3)` that lays a direction `(3,)` along vectors `(T, 3)`."""
    ends = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    rest = rest / np.linalg.norm(rest)
    cosine = ends @ rest
    axis = np.cross(rest, ends)
    # Straight back there is no least one: any axis across does.
    back = cosine < -1 + 1e-9
    axis[back] = np.cross(rest, np.roll(rest, 1))
    size = np.linalg.norm(axis, axis=-1, keepdims=True)
    axis = np.divide(axis, size, out=np.zeros_like(axis), where=size > 0)
    angle = np.arctan2(np.where(back, 0.0, size[:, 0]), cosine)[:, None, None]
    cross = np.zeros((len(ends), 3, 3))
    cross[:, (2, 0, 1), (1, 2, 0)] = axis
    cross[:, (1, 2, 0), (2, 0, 1)] = -axis
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def _degrees(rotation: Rotation) -> Floats:
    """The turns about x, y, z, applied in that order about fixed axes: `(T, 3)` degrees."""
    y = np.arcsin(np.clip(-rotation[:, 2, 0], -1, 1))
    x = np.arctan2(rotation[:, 2, 1], rotation[:, 2, 2])
    z = np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0])
    return np.asarray(np.degrees(np.stack([x, y, z], axis=-1)).round(_PLACES))


def _turn(degrees: Floats) -> Rotation:
    x, y, z = degrees.T
    return np.asarray(about(_XYZ[2], z) @ about(_XYZ[1], y) @ about(_XYZ[0], x))

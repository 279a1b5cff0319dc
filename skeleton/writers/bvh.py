"""BVH from joint positions: bones are laid along what was measured (ours)."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Recording
from skeleton.errors import NothingToSee
from skeleton.joint_names import OTHER, canonical
from skeleton.layouts import Layout
from skeleton.persons import choose_person
from skeleton.writers.rest_pose import REST_POSE

Floats = NDArray[np.float64]

_CENTIMETRES = 100.0
_UP = np.array([0.0, 1.0, 0.0])  # where a joint rests that lies on its parent
_TURNS = "Zrotation Xrotation Yrotation"
_MOVES = "Xposition Yposition Zposition"
_LIMBS = {"collar": "Shoulder", "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand",
          "hand": "Palm", "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase",
          "toes": "ToeEnd"}  # fmt: skip
_MIDDLE = {"pelvis": "Hips", "spine_low": "SpineLow", "spine": "SpineMid", "chest": "SpineHigh",
           "neck": "Neck", "neck_top": "UpperNeck", "head_top": "HeadTop_End"}  # fmt: skip


def write_bvh(recording: Recording) -> bytes:
    """Write one person of a recording as BVH, centimetres, y up, each frame.

    Every joint has six channels: its position in its parent's turned frame, so that reading gives
    the joints back as they were, and a rotation, so that tools that take positions of the root
    alone show the same pose on bones of constant length. The skeleton at rest stands with its arms
    out; the bones are as long as they were measured, in the median. Bones are called as in
    MotionBuilder's and Mixamo's skeletons.

    What BVH cannot say is lost: the other persons (the recording's `person` is written, else who
    moves most); that a joint was unseen, between two sightings it moves straight, before and after
    them it stays; a joint that was never seen; further roots, which hang on the first.
    Raises `NothingToSee`, `FlatData`, `UnknownPerson`.
    """
    clip = recording.clip()
    person, _ = choose_person(clip.joints, recording.person)
    one = clip.joints[:, person]  # (T, V, 3)
    seen: NDArray[np.bool_] = np.asarray(~np.isnan(one).any(axis=-1))  # (T, V)
    kept = np.flatnonzero(seen.any(axis=0))
    if not len(kept):
        raise NothingToSee("no joint was seen in any frame")
    places = _bridged(one[:, kept].astype(np.float64), seen[:, kept]) * _CENTIMETRES
    names = [clip.layout.joints[i] for i in kept]
    parents = _tree(clip.layout, kept)
    offsets = _offsets(places, names, parents)
    order = _depth_first(parents)
    numbers = _channels(places, parents, offsets, order)
    text = ["HIERARCHY", *_skeleton(names, parents, offsets), "MOTION", f"Frames: {len(places)}"]
    text.append(f"Frame Time: {1 / clip.fps:.9f}")
    form = " ".join(["%.5f"] * numbers.shape[1])
    text += [form % tuple(row) for row in numbers.tolist()]
    return ("\n".join(text) + "\n").encode()


def _bridged(places: Floats, seen: NDArray[np.bool_]) -> Floats:
    frames = np.arange(len(places))
    for joint in np.flatnonzero(~seen.all(axis=0)):
        at = frames[seen[:, joint]]
        for axis in range(3):
            known = places[at, joint, axis]
            places[:, joint, axis] = np.interp(frames, at, known)
    return places


def _tree(layout: Layout, kept: NDArray[np.intp]) -> list[int]:
    """Parents among the kept joints; of several roots the others hang on the first."""
    place = {int(joint): i for i, joint in enumerate(kept)}
    parents = []
    for joint in kept:
        parent = layout.parents[joint]
        while parent >= 0 and parent not in place:
            parent = layout.parents[parent]
        parents.append(place.get(parent, -1))
    root = parents.index(-1)
    return [root if parent < 0 and i != root else parent for i, parent in enumerate(parents)]


def _offsets(places: Floats, names: Sequence[str], parents: Sequence[int]) -> Floats:
    """Each joint from its parent at rest, `(V, 3)` centimetres; the root's is zero."""
    offsets = np.zeros((len(names), 3))
    for joint, parent in enumerate(parents):
        if parent >= 0:
            bone = places[:, joint] - places[:, parent]
            length = np.median(np.sqrt((bone * bone).sum(axis=-1)))
            here, there = REST_POSE.get(names[joint]), REST_POSE.get(names[parent])
            # A joint of no known meaning rests as it is measured first.
            rest = bone[0] if here is None or there is None else np.subtract(here, there)
            size = np.sqrt((rest * rest).sum())
            offsets[joint] = (rest / size if size > 0 else _UP) * length
    return offsets


def _depth_first(parents: Sequence[int]) -> list[int]:
    order, waiting = [], [parents.index(-1)]
    while waiting:
        order.append(waiting.pop())
        waiting += reversed([i for i, parent in enumerate(parents) if parent == order[-1]])
    return order


def _channels(
    places: Floats, parents: Sequence[int], offsets: Floats, order: Sequence[int]
) -> Floats:
    """Six numbers a joint in every frame, `(T, 6 V)`: position, then the turns in degrees."""
    frames = len(places)
    turn: dict[int, Floats] = {-1: np.broadcast_to(np.eye(3), (frames, 3, 3))}
    columns = []
    for joint in order:
        parent = parents[joint]
        from_parent = places[:, joint] - (places[:, parent] if parent >= 0 else 0.0)
        above = turn[parent]
        children = [i for i, its in enumerate(parents) if its == joint]
        bones = places[:, children] - places[:, joint, None]  # (T, C, 3)
        degrees = _degrees(_laid_along(_turned_back(above, bones), offsets[children]))
        columns.append(_turned_back(above, from_parent[:, None])[:, 0])
        columns.append(degrees)
        # From the rounded angles, as a reader will have them: no error adds up along the limbs.
        turn[joint] = above @ _rotation(degrees)
    return np.concatenate(columns, axis=1)


def _turned_back(rotation: Floats, vectors: Floats) -> Floats:
    """Vectors `(T, C, 3)` as rotations `(T, 3, 3)` had them before they turned them."""
    return np.asarray(vectors @ rotation)


def _laid_along(bones: Floats, rest: Floats) -> Floats:
    """The rotation `(T, 3, 3)` that lays bones at rest `(C, 3)` along the measured `(T, C, 3)`,
    with the least squares of what remains, and no more twist than is needed."""
    towards = np.einsum("tci,cj->tij", bones, rest)
    size = float((rest * rest).sum()) or 1.0
    # So little that it decides only what the bones leave open: the twist about a single bone.
    towards += 1e-6 * size * np.eye(3)
    u, _, vt = np.linalg.svd(towards)
    flip = np.ones((len(bones), 3))
    flip[:, 2] = np.sign(np.linalg.det(u @ vt))
    return np.asarray((u * flip[:, None]) @ vt)


def _degrees(rotation: Floats) -> Floats:
    """Turns about z, x, y, the first outermost, `(T, 3)` degrees, rounded as they are written."""
    sine = np.clip(rotation[:, 2, 1], -1, 1)
    free = 1 - np.abs(sine) > 1e-9  # else z and y turn about one axis, and z does it all
    z = np.where(
        free,
        np.arctan2(-rotation[:, 0, 1], rotation[:, 1, 1]),
        np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0]),
    )
    y = np.where(free, np.arctan2(-rotation[:, 2, 0], rotation[:, 2, 2]), 0.0)
    return np.asarray(np.degrees(np.stack([z, np.arcsin(sine), y], axis=-1)).round(5))


def _rotation(degrees: Floats) -> Floats:
    sz, sx, sy = np.sin(np.radians(degrees)).T
    cz, cx, cy = np.cos(np.radians(degrees)).T
    rows = [
        [cz * cy - sz * sx * sy, -sz * cx, cz * sy + sz * sx * cy],
        [sz * cy + cz * sx * sy, cz * cx, sz * sy - cz * sx * cy],
        [-cx * sy, sx, cx * cy],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _skeleton(names: Sequence[str], parents: Sequence[int], offsets: Floats) -> list[str]:
    text: list[str] = []
    called = _distinct([_bone_name(name, names) for name in names])

    def write(joint: int, indent: str) -> None:
        text.append(f"{indent}{'JOINT' if indent else 'ROOT'} {called[joint]}")
        text.append(f"{indent}{{")
        inner = indent + "  "
        text.append(f"{inner}OFFSET {_three(offsets[joint])}")
        text.append(f"{inner}CHANNELS 6 {_MOVES} {_TURNS}")
        children = [i for i, parent in enumerate(parents) if parent == joint]
        for child in children:
            write(child, inner)
        if not children:
            # Of no length: there is nothing beyond what was measured.
            text.extend([f"{inner}End Site", f"{inner}{{", f"{inner}  OFFSET {_three((0, 0, 0))}"])
            text.append(f"{inner}}}")
        text.append(f"{indent}}}")

    write(parents.index(-1), "")
    return text


def _three(vector: Sequence[float] | Floats) -> str:
    return " ".join(f"{part:.5f}" for part in vector)


def _distinct(names: list[str]) -> list[str]:
    """The names, numbered where one comes again."""
    met: Counter[str] = Counter()
    found = []
    for name in names:
        met[name] += 1
        found.append(name if met[name] == 1 else f"{name}_{met[name]}")
    return found


def _bone_name(joint: str, present: Sequence[str]) -> str:
    if joint in _MIDDLE:
        return _MIDDLE[joint]
    if joint.startswith(OTHER):
        # What a name may hold that every reader takes for one word.
        name = re.sub(r"[^\w.-]+", "_", joint.removeprefix(OTHER))
        return name if canonical(name) is None else f"Other_{name}"
    side, _, part = joint.partition("_")
    if part == "collar" and f"{side}_shoulder" not in present:
        part = "Collar"  # a Shoulder without an Arm would be the shoulder itself
    words = _LIMBS.get(part) or part.replace("_", " ").title().replace(" ", "")
    return side.capitalize() + words

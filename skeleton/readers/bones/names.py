"""Which joint of a body each bone of a motion-capture file begins at, by the bones' names (ours).

A bone is called after the limb it carries and sits where it begins: the bone `LeftArm` at the
shoulder, `LeftHand` at the wrist where there is no wrist besides, `LeftShoulder` beside a
`LeftArm` at the collar. Names differ with the tool, and several mean another joint in the company
of others; hence the whole skeleton is looked at, not one name at a time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from skeleton.joint_names import canonical
from skeleton.readers.bones import acclaim_names
from skeleton.readers.bones.hierarchy import Bone, chain
from skeleton.readers.bones.spine_names import name_spine, spine_role
from skeleton.readers.bones.words import NO_JOINT, bone_words

_SIDED: Mapping[str, tuple[str, ...]] = {
    "hip": ("hip", "up_leg", "upper_leg", "upleg", "upperleg", "thigh", "thigh_bend", "femur"),
    "knee": ("knee", "leg", "low_leg", "lower_leg", "lowleg", "lowerleg", "shin", "calf", "tibia"),
    "ankle": ("ankle",),
    "foot or ankle": ("foot",),
    "toe": ("toe", "toes", "toe0", "toe_base", "toebase", "ball", "forefoot"),
    "toes": ("toe_end", "toes_end", "toe_tip", "toe_nub", "toe0_nub", "toe0nub", "toe_base_end"),
    "collar": ("collar", "clavicle", "collar_bone", "clav"),
    "shoulder or collar": ("shoulder",),
    "shoulder": ("arm", "up_arm", "upper_arm", "uparm", "upperarm", "u_arm", "uarm", "shldr",
                 "shldr_bend", "humerus"),
    "elbow": ("elbow", "fore_arm", "forearm", "forearm_bend", "low_arm", "lower_arm", "lowerarm",
              "f_arm", "farm", "radius"),
    "wrist": ("wrist",),
    "hand or wrist": ("hand",),
    "hand": ("palm",),
    "hand_tip": ("hand_tip", "handtip", "hand_end", "hand_nub", "fingers_tip", "finger_tips"),
}  # fmt: skip
_ROLES = {f"_{name}": role for role, names in _SIDED.items() for name in names}
#: Joints without which bones are no body.
FEWEST_JOINTS = 5
_PELVIS_BY_DEFAULT = frozenset({"root", "waist"})  # the pelvis, unless another bone is
_HEAD_ENDS = frozenset({"end", "endsite", "nub", "top", "tip", "site"})
_NO_FINGER = frozenset({"metacarpal", "palm", "in", "toe"})
#: What the end of a last bone is, by the joint where the bone begins.
_ENDS = {"head": "head_top", "wrist": "hand_tip", "hand": "hand_tip", "foot": "toes",
         "ankle": "foot"}  # fmt: skip


@dataclass(frozen=True)
class Meanings:
    """The bone that begins at each joint, by canonical name, and the names of those that begin
    where no joint is known; of the first body, where the file holds several `bodies`."""

    joints: dict[str, int]
    left_out: tuple[str, ...]
    bodies: int = 1


def joint_meanings(bones: Sequence[Bone]) -> Meanings:
    """Tell which bone begins at which joint of a body."""
    body: Collection[int] = range(len(bones))
    joints = acclaim_names.joints_of(bones)
    several = [] if joints is not None else _bodies(bones)
    if joints is None:
        joints, body = several[0] if several else (_by_words(bones, body), body)
    known = set(joints.values())
    # Nothing is lost with a bone that begins where another one does that is kept.
    places = {(bones[i].parent, bones[i].offset) for i in known}
    left_out = (
        bone.name
        for i, bone in enumerate(bones)
        if i in body
        and not bone.end
        and i not in known
        and (bone.parent, bone.offset) not in places
        and (any(bone.offset) or bone.parent not in known)
    )
    return Meanings(joints, tuple(left_out), max(len(several), 1))


def _bodies(bones: Sequence[Bone]) -> list[tuple[dict[str, int], Collection[int]]]:
    """The joints and the bones of each root that carries a body, where there are two or more."""
    roots = [i for i, bone in enumerate(bones) if bone.parent < 0]
    if len(roots) < 2:
        return []
    root_of = [chain(bones, i)[-1] for i in range(len(bones))]
    bodies: list[tuple[dict[str, int], Collection[int]]] = []
    for own in roots:
        below = frozenset(i for i, root in enumerate(root_of) if root == own)
        joints = _by_words(bones, below)
        if len(joints) >= FEWEST_JOINTS:
            bodies.append((joints, below))
    if len(bodies) < 2:
        return []
    fewest = min(len(joints) for joints, _ in bodies)
    shared = set.intersection(*(set(joints) for joints, _ in bodies))
    return bodies if 2 * len(shared) >= fewest else []  # else legs under one, arms under another


def _by_words(bones: Sequence[Bone], body: Collection[int]) -> dict[str, int]:
    """The joints among these bones."""
    named = [i for i, bone in enumerate(bones) if i in body and not bone.end]
    words = dict(zip(named, bone_words([bones[i].name for i in named]), strict=True))
    words = {i: its for i, its in words.items() if its and not NO_JOINT & set(its)}
    roles: dict[str, list[int]] = {}
    for i, its in words.items():
        roles.setdefault(_role(its), []).append(i)
    joints = {role: found[0] for role, found in roles.items() if canonical(role) == role}
    for side in ("left", "right"):
        _settle_limbs(joints, roles, side)
        _add_fingers(joints, words, bones, side)
    if "pelvis" not in joints and "pelvis by default" in roles:
        joints["pelvis"] = roles["pelvis by default"][0]
    name_spine(joints, roles, words, bones)
    if "pelvis" not in joints:
        _add_pelvis_by_hips(joints, bones)
    _add_ends(joints, bones)
    return joints


def _role(words: list[str]) -> str:
    """A canonical joint, or what a bone of these words is when its company is known."""
    if words[0] in ("left", "right"):
        name = "_".join(words[1:])
        role = _ROLES.get(f"_{name}")
        return f"{words[0]}_{role}" if role else canonical("_".join(words)) or ""
    name = "_".join(words)
    if name in _PELVIS_BY_DEFAULT:
        return "pelvis by default"
    if words[0] == "head" and _HEAD_ENDS & set(words[1:]):
        return "head_top"
    if name in ("headend", "headnub", "headtop"):
        return "head_top"
    return spine_role(words) or canonical(name) or ""


def _settle_limbs(joints: dict[str, int], roles: Mapping[str, list[int]], side: str) -> None:
    """Decide what is one joint alone and another beside its neighbour."""

    def settle(role: str, outer: str, inner: str) -> None:
        for found in roles.get(f"{side}_{role}", [])[:1]:
            taken = f"{side}_{outer}" in joints
            joints.setdefault(f"{side}_{inner}" if taken else f"{side}_{outer}", found)

    settle("shoulder or collar", "shoulder", "collar")
    settle("hand or wrist", "wrist", "hand")
    settle("foot or ankle", "ankle", "foot")
    settle("toe", "foot", "toes")


def _add_fingers(
    joints: dict[str, int], words: Mapping[int, list[str]], bones: Sequence[Bone], side: str
) -> None:
    """The first joints of index and little finger, the last of the thumb, the middle one's tip."""

    def finger(*names: str) -> list[int]:
        # A digit or two stand behind a finger's name: `index1`, `middle_03`.
        return [
            i for i, its in words.items()
            if its[0] == side and not _NO_FINGER & set(its)
            and any(word.rstrip("0123456789") in names for word in its[1:])
        ]  # fmt: skip

    for name, found in (("index", finger("index")), ("pinky", finger("pinky", "little"))):
        if found:
            joints.setdefault(f"{side}_{name}", found[0])
    thumb, middle = finger("thumb"), finger("middle", "mid")
    if thumb:
        joints[f"{side}_thumb"] = thumb[-1]
    if middle:
        joints.setdefault(f"{side}_hand_tip", _end_of(middle[-1], bones) or middle[-1])


def _add_pelvis_by_hips(joints: dict[str, int], bones: Sequence[Bone]) -> None:
    if "left_hip" in joints and "right_hip" in joints:
        above = set(chain(bones, joints["left_hip"]))
        taken = set(joints.values())
        shared = next((i for i in chain(bones, joints["right_hip"]) if i in above), None)
        if shared is not None and shared not in taken:
            joints["pelvis"] = shared


def _add_ends(joints: dict[str, int], bones: Sequence[Bone]) -> None:
    for joint, index in list(joints.items()):
        side, _, part = joint.rpartition("_")
        end = _ENDS.get(part)
        tip = None if end is None else _end_of(index, bones)
        if tip is not None:
            joints.setdefault(f"{side}_{end}" if side else f"{end}", tip)


def _end_of(index: int, bones: Sequence[Bone]) -> int | None:
    """The end of a bone that has one of some length and nothing else."""
    children = [i for i, bone in enumerate(bones) if bone.parent == index]
    if len(children) == 1 and bones[children[0]].end and any(bones[children[0]].offset):
        return children[0]
    return None

"""The bones of CMU's and HDM05's skeletons, in ASF, and in BVH made of them (ours).

Their joints are called by the bone that *ends* there: the femur ends at the knee. In a BVH of the
same bones each joint stands at a bone's beginning, which is where its parent ends.
"""

from collections.abc import Sequence

from skeleton.readers.bones.hierarchy import Bone

_SIDED_ENDS = {
    "hipjoint": "hip",
    "femur": "knee",
    "tibia": "ankle",
    "foot": "foot",
    "toes": "toes",
    "clavicle": "shoulder",
    "humerus": "elbow",
    "radius": "wrist",
    "hand": "hand",
    "fingers": "hand_tip",
    "thumb": "thumb",
}
#: The joint where a bone ends, by the bone's name in an ASF file.
ENDS: dict[str, str] = {
    "lowerback": "spine_low",
    "upperback": "spine",
    "thorax": "neck",
    "upperneck": "neck_top",
    "head": "head",
}
for _letter, _side in (("l", "left"), ("r", "right")):
    ENDS |= {f"{_letter}{bone}": f"{_side}_{joint}" for bone, joint in _SIDED_ENDS.items()}

_SIDED_BVH = {
    "upleg": "femur",
    "leg": "tibia",
    "foot": "foot",
    "toebase": "toes",
    "shoulder": "clavicle",
    "arm": "humerus",
    "forearm": "radius",
    "hand": "wrist",
    "fingerbase": "hand",
    "handindex1": "fingers",
}
#: The ASF's bones by their names in the BVH files that are made of CMU's.
_BVH_NAMES: dict[str, str] = {
    "spine": "upperback",
    "spine1": "thorax",
    "neck": "lowerneck",
    "neck1": "upperneck",
}
for _letter, _side in (("l", "left"), ("r", "right")):
    _BVH_NAMES |= {f"{_side}{name}": f"{_letter}{bone}" for name, bone in _SIDED_BVH.items()}

#: Bones by which the family is known; no other tool has either.
_MARKS = ({"lhipjoint", "lowerback"}, {"lfemur", "ltibia"}, {"lhumerus", "lradius"})


def joints_of(bones: Sequence[Bone]) -> dict[str, int] | None:
    """The bone that begins at each joint, or None where the skeleton is not of this family."""
    names = [bone.name.lower().rpartition(":")[2] for bone in bones]
    if not any(mark <= set(names) for mark in _MARKS):
        return None
    own = any(mark <= set(names) for mark in _MARKS[1:])
    if not own:
        names = [_BVH_NAMES.get(name, name) for name in names]
    joints: dict[str, int] = {}
    for i, bone in enumerate(bones):
        joint = "pelvis" if bone.parent < 0 else ENDS.get(names[bone.parent])
        if joint is not None:
            joints.setdefault(joint, i)
    return joints

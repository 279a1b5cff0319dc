"""The bones of CMU's and HDM05's skeletons, which are called after the joints they end at."""

from __future__ import annotations

import pytest

from skeleton.readers.bones.names import joint_meanings
from tests.skeleton.readers.bones.trees import Tree, bones_of, both, row


@pytest.mark.parametrize("own", [True, False])
def test_the_bones_of_an_asf_end_at_the_joints_they_move(own: bool) -> None:
    """CMU's bones under the ASF's own names, and under those of the BVH made of them."""
    names = {
        "*hipjoint": "*HipJoint", "*femur": "*UpLeg", "*tibia": "*Leg", "*foot": "*Foot",
        "*toes": "*ToeBase", "*clavicle": "*Shoulder", "*humerus": "*Arm", "*radius": "*ForeArm",
        "*wrist": "*Hand", "*hand": "*FingerBase", "*fingers": "*HandIndex1", "*thumb": "*Thumb",
        "root": "Hips", "lowerback": "LowerBack", "upperback": "Spine", "thorax": "Spine1",
        "lowerneck": "Neck", "upperneck": "Neck1", "head": "Head",
    }  # fmt: skip
    short = {"*hipjoint", "*thumb"}
    arm = row("*clavicle", "*humerus", "*radius", "*wrist")
    arm["*clavicle"]["*humerus"]["*radius"]["*wrist"] = {
        "*hand": row("*fingers", ""), "*thumb": {"": {}}
    }  # fmt: skip
    leg = row("*hipjoint", "*femur", "*tibia", "*foot", "*toes", "")
    chest = {"thorax": {**row("lowerneck", "upperneck", "head", ""), **both(arm, "*", "*")}}
    plain = {"root": {**leg, "lowerback": {"upperback": chest}}}

    def renamed(tree: Tree, sides: tuple[str, str]) -> Tree:
        result: Tree = {}
        for name, inner in tree.items():
            side = sides[0] if own or name in short else sides[1]
            result[(name if own else names.get(name, "")).replace("*", side)] = renamed(
                inner, sides
            )
        return result

    bones = bones_of(renamed(plain, ("l" if own else "L", "Left")))
    found = {j: bones[i] for j, i in joint_meanings(bones).joints.items()}
    begins = {
        "pelvis": "root", "spine_low": "upperback", "spine": "thorax", "neck": "lowerneck",
        "neck_top": "head", "left_hip": "*femur", "left_knee": "*tibia", "left_ankle": "*foot",
        "left_foot": "*toes", "left_shoulder": "*humerus", "left_elbow": "*radius",
        "left_wrist": "*wrist", "left_hand": "*fingers",
    }  # fmt: skip
    for joint, name in begins.items():
        wanted = name.replace("*", "l") if own else names[name].replace("*", "Left")
        assert found.pop(joint).name == wanted
    ends = {"head": "head", "left_toes": "*toes", "left_hand_tip": "*fingers",
            "left_thumb": "*thumb"}  # fmt: skip
    assert found.keys() == ends.keys()
    assert all(bone.end for bone in found.values())

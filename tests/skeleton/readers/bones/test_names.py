"""Bone names: each tool's skeleton gives the joints that its bones begin at."""

from __future__ import annotations

import pytest

from skeleton.joint_names import BODY
from skeleton.readers.bones.hierarchy import Bone
from skeleton.readers.bones.names import joint_meanings
from tests.skeleton.readers.bones.trees import Tree, bones_of, both, limbs, meanings, row


def mixamo() -> Tree:
    hand = {"*Hand": {
        "*HandThumb1": row("*HandThumb2", "*HandThumb3", "*HandThumb4"),
        "*HandIndex1": row("*HandIndex2", "*HandIndex3", "*HandIndex4"),
        "*HandMiddle1": row("*HandMiddle2", "*HandMiddle3", "*HandMiddle4"),
        "*HandPinky1": row("*HandPinky2"),
    }}  # fmt: skip
    arm = {"*Shoulder": {"*Arm": {"*ForeArm": hand}}}
    leg = row("*UpLeg", "*Leg", "*Foot", "*ToeBase", "*Toe_End")
    chest = {"Neck": row("Head", "HeadTop_End"), **both(arm, "Left", "Right")}
    return {"Hips": {"Spine": {"Spine1": {"Spine2": chest}}, **both(leg, "Left", "Right")}}


MIXAMO = {
    "pelvis": "Hips", "spine_low": "Spine", "spine": "Spine1", "chest": "Spine2", "neck": "Neck",
    "head": "Head", "head_top": "HeadTop_End",
} | limbs(
    {"collar": "*Shoulder", "shoulder": "*Arm", "elbow": "*ForeArm", "wrist": "*Hand",
     "thumb": "*HandThumb4", "index": "*HandIndex1", "pinky": "*HandPinky1",
     "hand_tip": "*HandMiddle4", "hip": "*UpLeg", "knee": "*Leg", "ankle": "*Foot",
     "foot": "*ToeBase", "toes": "*Toe_End"},
    "Left", "Right",
)  # fmt: skip


def prefixed(tree: Tree, prefix: str) -> Tree:
    return {prefix + name if name else "": prefixed(inner, prefix) for name, inner in tree.items()}


@pytest.mark.parametrize(
    "prefix",
    ["", "mixamorig:", "mixamorig7:", "mixamorig", "mixamorig2", "Character1_", "Bob_", "Rig|"],
)
def test_mixamo_and_motion_builder_with_any_character_in_front(prefix: str) -> None:
    expected = {joint: prefix + name for joint, name in MIXAMO.items()}
    assert meanings(prefixed(mixamo(), prefix)) == expected


def test_of_two_bodies_the_first_is_taken_and_none_of_the_other() -> None:
    for first, second in (("P1:", "P2:"), ("", "")):
        bones = bones_of(prefixed(mixamo(), first) | prefixed(mixamo(), second or "Bob_"))
        found = joint_meanings(bones)
        assert {joint: bones[i].name for joint, i in found.joints.items()} == {
            joint: first + name for joint, name in MIXAMO.items()
        }
        assert found.bodies == 2
        assert not any(name.startswith(second or "Bob_") for name in found.left_out)


def test_a_body_of_two_roots_is_one_body() -> None:
    leg = row("*UpLeg", "*Leg", "*Foot", "*ToeBase")
    arm = row("*Shoulder", "*Arm", "*ForeArm", "*Hand")
    legs, chest = {"Hips": both(leg, "Left", "Right")}, {"Neck": row("Head")}
    found = joint_meanings(bones_of(legs | {"Spine2": chest | both(arm, "Left", "Right")}))
    assert found.bodies == 1
    assert {"left_knee", "right_wrist", "head", "pelvis"} <= set(found.joints)


def test_a_prop_beside_a_body_is_no_second_body() -> None:
    found = joint_meanings(bones_of(mixamo() | {"Sword": row("Blade", "Tip")}))
    assert found.bodies == 1
    assert len(found.joints) == len(MIXAMO)


def test_daz_bends_and_twists() -> None:
    arm = row("*Collar", "*ShldrBend", "*ShldrTwist", "*ForearmBend", "*ForearmTwist", "*Hand")
    leg = row("*ThighBend", "*ThighTwist", "*Shin", "*Foot", "*Toe")
    chest = {"neckLower": row("neckUpper", "head"), **both(arm, "l", "r")}
    tree = {"hip": {"pelvis": both(leg, "l", "r"), "abdomenLower": {"chestUpper": chest}}}
    found = meanings(tree)
    for side, short in (("left", "l"), ("right", "r")):
        assert found[f"{side}_shoulder"] == f"{short}ShldrBend"
        assert found[f"{side}_elbow"] == f"{short}ForearmBend"
        assert found[f"{side}_hip"] == f"{short}ThighBend"
        assert found[f"{side}_knee"] == f"{short}Shin"
    assert (found["neck"], found["neck_top"]) == ("neckLower", "neckUpper")


def test_motive_has_a_collar_called_shoulder() -> None:
    arm = row("*Shoulder", "*UArm", "*FArm", "*Hand")
    leg = row("*Thigh", "*Shin", "*Foot", "*Toe")
    chest = {"Chest": {**row("Neck", "Head"), **both(arm, "L", "R")}}
    assert meanings({"Hip": {"Ab": chest, **both(leg, "L", "R")}}) == {
        "pelvis": "Hip", "spine_low": "Ab", "chest": "Chest", "neck": "Neck", "head": "Head",
    } | limbs(
        {"collar": "*Shoulder", "shoulder": "*UArm", "elbow": "*FArm", "wrist": "*Hand",
         "hip": "*Thigh", "knee": "*Shin", "ankle": "*Foot", "foot": "*Toe"},
        "L", "R",
    )  # fmt: skip


def test_mixamo_fingers_are_left_out_by_name() -> None:
    left = joint_meanings(bones_of(mixamo())).left_out
    assert "LeftHandThumb2" in left
    assert "LeftHandIndex4" in left
    assert "LeftHand" not in left


def test_kinect() -> None:
    arm: Tree = {"Shoulder*": {"Elbow*": {"Wrist*": {"Hand*": {"HandTip*": {}}, "Thumb*": {}}}}}
    leg = row("Hip*", "Knee*", "Ankle*", "Foot*")
    tree = {"SpineBase": {
        "SpineMid": {"SpineShoulder": {"Neck": {"Head": {}}, **both(arm, "Left", "Right")}},
        **both(leg, "Left", "Right"),
    }}  # fmt: skip
    assert meanings(tree) == {
        "pelvis": "SpineBase", "spine": "SpineMid", "neck": "SpineShoulder", "neck_top": "Neck",
        "head": "Head",
    } | limbs(
        {"shoulder": "Shoulder*", "elbow": "Elbow*", "wrist": "Wrist*", "hand": "Hand*",
         "hand_tip": "HandTip*", "thumb": "Thumb*", "hip": "Hip*", "knee": "Knee*",
         "ankle": "Ankle*", "foot": "Foot*"},
        "Left", "Right",
    )  # fmt: skip


def test_kinect_of_the_first_generation() -> None:
    arm, leg = row("Shoulder*", "Elbow*", "Wrist*", "Hand*"), row("Hip*", "Knee*", "Ankle*")
    tree = {"HipCenter": {
        "Spine": {"ShoulderCenter": {"Head": {}, **both(arm, "Left", "Right")}},
        **both(leg, "Left", "Right"),
    }}  # fmt: skip
    found = meanings(tree)
    assert (found["pelvis"], found["spine"], found["neck"]) == (
        "HipCenter", "Spine", "ShoulderCenter"
    )  # fmt: skip
    assert found["left_shoulder"] == "ShoulderLeft"
    assert "left_collar" not in found


def test_blender() -> None:
    arm, leg = (
        row("shoulder.*", "upper_arm.*", "forearm.*", "hand.*", ""),
        row("thigh.*", "shin.*", "foot.*", "toe.*", ""),
    )
    tree = {"hips": {
        "spine": {"chest": {"neck": {"head": {"": {}}}, **both(arm, "L", "R")}},
        **both(leg, "L", "R"),
    }}  # fmt: skip
    assert meanings(tree) == {
        "pelvis": "hips", "spine": "spine", "chest": "chest", "neck": "neck", "head": "head",
        "head_top": "head end",
    } | limbs(
        {"collar": "shoulder.*", "shoulder": "upper_arm.*", "elbow": "forearm.*",
         "wrist": "hand.*", "hand_tip": "hand.* end", "hip": "thigh.*", "knee": "shin.*",
         "ankle": "foot.*", "foot": "toe.*", "toes": "toe.* end"},
        "L", "R",
    )  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "DEF-", "ORG-"])
def test_rigify_calls_pelvis_neck_and_head_spine(prefix: str) -> None:
    arm = {"shoulder.*": {"upper_arm.*": {"upper_arm.*.001": row("forearm.*", "hand.*")}}}
    leg = row("thigh.*", "shin.*", "foot.*", "toe.*")
    head = row("spine.004", "spine.005", "spine.006")
    chest = {"spine.003": {**head, **both(arm, "L", "R")}}
    tree = {"spine": {"spine.001": {"spine.002": chest}, **both(leg, "L", "R"), "pelvis.L": {}}}
    found = meanings(prefixed(tree, prefix))
    expected = {
        "pelvis": "spine", "spine_low": "spine.001", "spine": "spine.002", "chest": "spine.003",
        "neck": "spine.004", "neck_top": "spine.005", "head": "spine.006",
    } | limbs(
        {"collar": "shoulder.*", "shoulder": "upper_arm.*", "elbow": "forearm.*",
         "wrist": "hand.*", "hip": "thigh.*", "knee": "shin.*", "ankle": "foot.*",
         "foot": "toe.*"},
        "L", "R",
    )  # fmt: skip
    assert found == {joint: prefix + name for joint, name in expected.items()}


def test_biped_with_blanks_in_its_names() -> None:
    arm = row("Bip01 * Clavicle", "Bip01 * UpperArm", "Bip01 * Forearm", "Bip01 * Hand")
    leg = row("Bip01 * Thigh", "Bip01 * Calf", "Bip01 * Foot", "Bip01 * Toe0", "Bip01 * Toe0Nub")
    neck = {"Bip01 Neck": {**row("Bip01 Head", "Bip01 HeadNub"), **both(arm, "L", "R")}}
    spine = {"Bip01 Spine": {"Bip01 Spine1": neck, **both(leg, "L", "R")}}
    found = meanings({"Bip01": {"Bip01 Pelvis": spine}})
    assert found["pelvis"] == "Bip01 Pelvis"
    assert found["head_top"] == "Bip01 HeadNub"
    expected = limbs(
        {"collar": "Clavicle", "shoulder": "UpperArm", "elbow": "Forearm", "wrist": "Hand",
         "hip": "Thigh", "knee": "Calf", "ankle": "Foot", "foot": "Toe0", "toes": "Toe0Nub"},
        "", "",
    )  # fmt: skip
    for joint, name in expected.items():
        assert found[joint] == f"Bip01 {joint[0].upper()} {name}"


def test_unreal() -> None:
    arm, leg = (
        row("clavicle_*", "upperarm_*", "lowerarm_*", "hand_*"),
        row("thigh_*", "calf_*", "foot_*", "ball_*"),
    )
    twist: Tree = {"upperarm_twist_01_l": {}, "thigh_twist_01_r": {}, "ik_foot_l": {}}
    chest = {"spine_03": {**row("neck_01", "head"), **both(arm, "l", "r")}}
    pelvis = {"spine_01": {"spine_02": chest}, **both(leg, "l", "r"), **twist}
    found = meanings({"root": {"pelvis": pelvis}})
    assert found == {
        "pelvis": "pelvis", "spine_low": "spine_01", "spine": "spine_02", "chest": "spine_03",
        "neck": "neck_01", "head": "head",
    } | limbs(
        {"collar": "clavicle_*", "shoulder": "upperarm_*", "elbow": "lowerarm_*",
         "wrist": "hand_*", "hip": "thigh_*", "knee": "calf_*", "ankle": "foot_*",
         "foot": "ball_*"},
        "l", "r",
    )  # fmt: skip


def test_poser_and_second_life() -> None:
    arm, leg = row("*Collar", "*Shldr", "*ForeArm", "*Hand"), row("*Thigh", "*Shin", "*Foot", "")
    chest = {"chest": {"neck": {"head": {}}, **both(arm, "l", "r")}}
    found = meanings({"hip": {"abdomen": chest, **both(leg, "l", "r")}})
    assert found["pelvis"] == "hip"
    assert (found["left_collar"], found["right_shoulder"]) == ("lCollar", "rShldr")
    assert (found["left_hip"], found["left_ankle"]) == ("lThigh", "lFoot")
    # Without a toe the end of the foot is its front.
    assert found["left_foot"] == "lFoot end"


def test_smpl_and_names_that_say_the_joint() -> None:
    arm = row("*_Collar", "*_Shoulder", "*_Elbow", "*_Wrist", "*_Hand")
    leg = row("*_Hip", "*_Knee", "*_Ankle", "*_Foot")
    chest = {"Spine3": {**row("Neck", "Head"), **both(arm, "L", "R")}}
    found = meanings({"Pelvis": {**both(leg, "L", "R"), "Spine1": {"Spine2": chest}}})
    assert found == {
        "pelvis": "Pelvis", "spine_low": "Spine1", "spine": "Spine2", "chest": "Spine3",
        "neck": "Neck", "head": "Head",
    } | limbs(
        {"collar": "*_Collar", "shoulder": "*_Shoulder", "elbow": "*_Elbow", "wrist": "*_Wrist",
         "hand": "*_Hand", "hip": "*_Hip", "knee": "*_Knee", "ankle": "*_Ankle",
         "foot": "*_Foot"},
        "L", "R",
    )  # fmt: skip


def test_mocopi_whose_pelvis_is_called_root() -> None:
    arm = row("*_shoulder", "*_up_arm", "*_low_arm", "*_hand")
    leg = row("*_up_leg", "*_low_leg", "*_foot", "*_toes")
    top = {"torso_7": {**row("neck_1", "neck_2", "head"), **both(arm, "l", "r")}}
    trunk = row(*(f"torso_{i}" for i in range(1, 7)))
    inner = trunk
    for i in range(1, 6):
        inner = inner[f"torso_{i}"]
    inner["torso_6"] = top
    found = meanings({"root": {**trunk, **both(leg, "l", "r")}})
    assert found["pelvis"] == "root"
    assert (found["spine_low"], found["spine"], found["chest"]) == (
        "torso_1", "torso_4", "torso_7"
    )  # fmt: skip
    assert (found["neck"], found["neck_top"]) == ("neck_1", "neck_2")
    assert (found["left_hip"], found["left_knee"], found["left_foot"]) == (
        "l_up_leg", "l_low_leg", "l_toes"
    )  # fmt: skip


def test_an_end_of_no_length_is_no_joint() -> None:
    bones = bones_of({"Hips": row("Neck", "Head", "")})
    bones[-1] = Bone("", bones[-1].parent, (0.0, 0.0, 0.0), end=True)
    assert "head_top" not in joint_meanings(bones).joints


def test_every_meaning_is_a_joint_of_the_body() -> None:
    assert set(meanings(mixamo())) <= set(BODY)

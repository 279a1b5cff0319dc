"""Joint names: one meaning, many spellings."""

import pytest

from skeleton.joint_names import (
    BODY,
    LONGEST_NAME,
    OTHER,
    canonical,
    mirrored,
    nearest_joints,
    nearest_parent,
    other,
)

SPELLINGS = {
    "left_elbow": [
        "left_elbow", "elbow_left", "LeftElbow", "ElbowLeft", "Left Elbow", "l_elbow", "LElbow",
        "ELBOW-LEFT", "left.elbow", " left_elbow ", "Elbow L", "L_Elbow", "left_forearm",
        "LeftForeArm", "LEFT_ELBOW", "mixamorig:LeftElbow"[10:], "LFArm",
    ],
    "right_hip": ["right_hip", "RHip", "hip_right", "RightUpLeg", "right thigh", "R.Hip"],
    "pelvis": ["pelvis", "Hips", "hip_center", "HipCenter", "SpineBase", "root", "mid_hip", "Hip"],
    "spine": ["spine", "torso", "SpineMid", "Torso"],
    "neck": ["neck", "ShoulderCenter", "SpineShoulder", "shoulder_center", "Neck"],
    "head": ["head", "Head", "HEAD"],
    "left_hand_tip": ["HandTipLeft", "left_hand_tip", "left_handtip"],
    "right_foot": ["right_foot_index", "RightToeBase", "FootRight"],
    "right_shoulder": ["RUArm", "RShoulder", "right_upper_arm"],
    "left_mouth": ["mouth_left", "left_mouth"],
    "left_toes": ["LBigToe", "left_toes"],
    "right_small_toe": ["RSmallToe", "right_pinky_toe", "LittleToeRight"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("joint", "spelling"), [(joint, each) for joint, all in SPELLINGS.items() for each in all]
)
def test_a_joint_is_known_by_any_of_its_spellings(joint: str, spelling: str) -> None:
    assert canonical(spelling) == joint


@pytest.mark.parametrize(
    "name",
    ["", " ", "left", "elbow", "tail", "left_left_elbow", "left_elbow_right", "l", "__", "é"],
)
def test_a_name_without_a_known_meaning_is_none(name: str) -> None:
    assert canonical(name) is None


@pytest.mark.parametrize("name", BODY)
def test_a_canonical_name_means_itself_and_mirrors_onto_another(name: str) -> None:
    assert canonical(name) == name
    assert mirrored(name) in BODY
    assert mirrored(mirrored(name)) == name


def test_the_nearest_ancestor_that_is_there_is_the_parent() -> None:
    assert nearest_parent("left_wrist", ["left_shoulder", "neck", "pelvis"]) == "left_shoulder"
    assert nearest_parent("left_wrist", ["neck", "pelvis"]) == "neck"
    assert nearest_parent("left_wrist", ["right_wrist"]) is None
    assert nearest_parent("pelvis", ["head"]) is None


def test_a_joint_without_a_meaning_keeps_its_spelling_and_means_nothing() -> None:
    assert other(" Prop_1 ") == "other:Prop_1"
    assert other("left_elbow") == "other:left_elbow"
    for name in ("other:Prop_1", "other:left_elbow", "other:L"):
        assert canonical(name) is None
        assert mirrored(name) == name
        assert nearest_parent(name, BODY) is None


def test_a_joint_without_a_meaning_is_no_longer_than_what_is_read_back() -> None:
    longest = other("a" * (LONGEST_NAME - len(OTHER)))
    assert longest is not None
    assert len(longest) == LONGEST_NAME
    assert other(longest.removeprefix(OTHER) + "a") is None


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a\nb", "a\x00", "a" * 101])
def test_what_cannot_be_written_down_among_joint_names_is_no_name(name: str) -> None:
    assert other(name) is None


def test_the_nearest_joints_are_found_by_any_of_their_spellings() -> None:
    assert nearest_joints("LeftElbw")[0] == "left_elbow"
    assert nearest_joints("SpinShoulder")[0] == "neck"
    assert nearest_joints("tail of a dog") == []
    assert nearest_joints("x" * 1_000_000) == []

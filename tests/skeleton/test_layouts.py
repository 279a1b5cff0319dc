"""Layouts: the joints of every built-in one in its source's order, and lists of joint names."""

import pytest

from skeleton import LAYOUTS, UnusableClip, custom_layout, resolve_layout
from skeleton.errors import UnknownJoint, UnknownLayout
from skeleton.joint_names import BODY

# The names that the sources themselves give their joints, in their order.
SOURCES = {
    "kinect_v2": (
        "SpineBase, SpineMid, Neck, Head, ShoulderLeft, ElbowLeft, WristLeft, HandLeft, "
        "ShoulderRight, ElbowRight, WristRight, HandRight, HipLeft, KneeLeft, AnkleLeft, "
        "FootLeft, HipRight, KneeRight, AnkleRight, FootRight, SpineShoulder, HandTipLeft, "
        "ThumbLeft, HandTipRight, ThumbRight"
    ),
    "kinect_v1": (
        "HipCenter, Spine, ShoulderCenter, Head, ShoulderLeft, ElbowLeft, WristLeft, HandLeft, "
        "ShoulderRight, ElbowRight, WristRight, HandRight, HipLeft, KneeLeft, AnkleLeft, "
        "FootLeft, HipRight, KneeRight, AnkleRight, FootRight"
    ),
    "azure_kinect": (
        "PELVIS, SPINE_NAVEL, SPINE_CHEST, NECK, CLAVICLE_LEFT, SHOULDER_LEFT, ELBOW_LEFT, "
        "WRIST_LEFT, HAND_LEFT, HANDTIP_LEFT, THUMB_LEFT, CLAVICLE_RIGHT, SHOULDER_RIGHT, "
        "ELBOW_RIGHT, WRIST_RIGHT, HAND_RIGHT, HANDTIP_RIGHT, THUMB_RIGHT, HIP_LEFT, KNEE_LEFT, "
        "ANKLE_LEFT, FOOT_LEFT, HIP_RIGHT, KNEE_RIGHT, ANKLE_RIGHT, FOOT_RIGHT, HEAD, NOSE, "
        "EYE_LEFT, EAR_LEFT, EYE_RIGHT, EAR_RIGHT"
    ),
    "openni": (
        "head, neck, torso, left_shoulder, left_elbow, left_hand, right_shoulder, right_elbow, "
        "right_hand, left_hip, left_knee, left_foot, right_hip, right_knee, right_foot"
    ),
    "mediapipe": (
        "nose, left_eye_inner, left_eye, left_eye_outer, right_eye_inner, right_eye, "
        "right_eye_outer, left_ear, right_ear, mouth_left, mouth_right, left_shoulder, "
        "right_shoulder, left_elbow, right_elbow, left_wrist, right_wrist, left_pinky, "
        "right_pinky, left_index, right_index, left_thumb, right_thumb, left_hip, right_hip, "
        "left_knee, right_knee, left_ankle, right_ankle, left_heel, right_heel, "
        "left_foot_index, right_foot_index"
    ),
    "coco": (
        "nose, left_eye, right_eye, left_ear, right_ear, left_shoulder, right_shoulder, "
        "left_elbow, right_elbow, left_wrist, right_wrist, left_hip, right_hip, left_knee, "
        "right_knee, left_ankle, right_ankle"
    ),
    "openpose18": (
        "Nose, Neck, RShoulder, RElbow, RWrist, LShoulder, LElbow, LWrist, RHip, RKnee, RAnkle, "
        "LHip, LKnee, LAnkle, REye, LEye, REar, LEar"
    ),
    "openpose25": (
        "Nose, Neck, RShoulder, RElbow, RWrist, LShoulder, LElbow, LWrist, MidHip, RHip, RKnee, "
        "RAnkle, LHip, LKnee, LAnkle, REye, LEye, REar, LEar, LBigToe, LSmallToe, LHeel, "
        "RBigToe, RSmallToe, RHeel"
    ),
    "h36m": (
        "hips, RHip, RKnee, right_ankle, LHip, LKnee, left_ankle, spine, neck, nose, head, "
        "LShoulder, LElbow, LWrist, RShoulder, RElbow, RWrist"
    ),
    "smpl": (
        "pelvis, left_hip, right_hip, spine1, left_knee, right_knee, spine2, left_ankle, "
        "right_ankle, spine3, left_foot, right_foot, neck, left_collar, right_collar, head, "
        "left_shoulder, right_shoulder, left_elbow, right_elbow, left_wrist, right_wrist, "
        "left_hand, right_hand"
    ),
}
NUMBERS = {
    "kinect_v2": 25, "kinect_v1": 20, "azure_kinect": 32, "openni": 15, "mediapipe": 33,
    "coco": 17, "openpose18": 18, "openpose25": 25, "h36m": 17, "smpl": 24, "body16": 16,
}  # fmt: skip


def test_every_promised_layout_is_built_in() -> None:
    assert {name: len(layout) for name, layout in LAYOUTS.items()} == NUMBERS


@pytest.mark.parametrize("name", SOURCES)
def test_a_built_in_layout_has_its_sources_order(name: str) -> None:
    assert resolve_layout(SOURCES[name]).joints == LAYOUTS[name].joints


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_joints_hang_together_as_in_a_body(layout) -> None:  # type: ignore[no-untyped-def]
    assert len(layout.parents) == len(layout.joints) == len(set(layout.joints))
    for start in range(len(layout)):
        joint, steps = start, 0
        while layout.parents[joint] >= 0:
            joint, steps = layout.parents[joint], steps + 1
            assert steps < len(layout)
    assert all(layout.parents[child] == parent for child, parent in layout.bones)
    assert len(layout.bones) == len(layout) - layout.parents.count(-1)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_mirroring_swaps_the_sides_and_twice_is_nothing(layout) -> None:  # type: ignore[no-untyped-def]
    for joint, other in enumerate(layout.mirror):
        assert layout.mirror[other] == joint
        name, swapped = layout.joints[joint], layout.joints[other]
        if name.startswith("left_"):
            assert swapped == "right_" + name.removeprefix("left_")
        elif not name.startswith("right_"):
            assert swapped == name


def test_a_layout_is_meant_by_its_name_or_by_itself() -> None:
    assert resolve_layout("coco") is LAYOUTS["coco"]
    assert resolve_layout(LAYOUTS["coco"]) is LAYOUTS["coco"]


def test_joint_names_stand_for_a_layout_as_a_text_or_a_list() -> None:
    text = resolve_layout("head, LeftElbow,elbow_right,Hip Center")
    assert text.joints == ("head", "left_elbow", "right_elbow", "pelvis")
    assert resolve_layout(["head", "left_elbow", "right_elbow", "pelvis"]).joints == text.joints


def test_the_parents_of_a_list_follow_from_its_joints_meaning() -> None:
    layout = resolve_layout("left_wrist,left_shoulder,pelvis,left_ankle,neck")
    parents = {layout.joints[child]: layout.joints[parent] for child, parent in layout.bones}
    assert parents == {
        "left_wrist": "left_shoulder",
        "left_shoulder": "neck",
        "left_ankle": "pelvis",
        "neck": "pelvis",
    }


def test_the_neck_beside_the_shoulder_center_is_the_upper_one() -> None:
    names = ["pelvis", "neck", "shoulder_center", "head"]
    assert custom_layout(names).joints == ("pelvis", "neck_top", "neck", "head")
    assert custom_layout(["pelvis", "neck", "head"]).joints == ("pelvis", "neck", "head")


def test_a_shoulder_beside_an_arm_is_the_collar_bone() -> None:
    layout = custom_layout(["LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand"])
    assert layout.joints == ("left_collar", "left_shoulder", "left_elbow", "left_hand")


def test_a_joint_without_a_meaning_can_be_named_as_such() -> None:
    layout = resolve_layout("other:Left Glove,left_wrist,other:Prop_1,right_wrist")
    assert layout.joints == ("other:Left Glove", "left_wrist", "other:Prop_1", "right_wrist")
    assert layout.parents == (-1, -1, -1, -1)
    assert layout.mirror == (0, 3, 2, 1)
    assert resolve_layout(layout.joints).joints == layout.joints


def test_an_unknown_layout_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownLayout, match=r"kinect_v2.*body16"):
        resolve_layout("kinect_v3")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["head", "tail"], "joint 2 .*'tail'"),
        (["head", "skull"], "'skull' names the joint head a second time"),
        (["head", "LeftElbw"], r"joint 2 .*'LeftElbw'.*did you mean left_elbow"),
        (["head", "tail"], "other:NAME keeps it without a meaning, and a layout file"),
        (["head", ""], "joint 2"),
        (["head", "other:"], "joint 2"),
        (["head", "other:a,b"], "joint 2"),
        (["head", "other:Prop", " other: Prop"], "other:Prop a second time"),
        ([], "at least one"),
        (["neck"] * 1_000_000, "1000000 joint names"),
        (["left_shoulder", "left_shoulder", "left_shoulder"], "second time"),
    ],
)
def test_joint_names_that_make_no_layout_are_refused(names: list[str], says: str) -> None:
    with pytest.raises(UnknownJoint, match=says):
        resolve_layout(names)


def test_every_joint_of_a_body_can_be_in_one_layout() -> None:
    assert len(custom_layout(list(BODY))) == len(BODY)


def test_what_is_wrong_with_a_layout_makes_the_clip_unusable() -> None:
    assert issubclass(UnknownLayout, UnusableClip)
    assert issubclass(UnknownJoint, UnusableClip)

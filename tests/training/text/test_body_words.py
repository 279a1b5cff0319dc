"""k_gt: the joints that a text names, on any layout."""

from __future__ import annotations

import numpy as np
import pytest

from skeleton import LAYOUTS, Layout, custom_layout
from training.text.action_text import DESCRIBED, ActionText
from training.text.body_words import BODY_WORDS, action_weights, joint_weights, named_joints

ARM = ("shoulder", "elbow", "wrist", "hand")
LEG = ("hip", "knee", "ankle", "foot")


def of(side: str, *parts: str) -> set[str]:
    sides = ("left", "right") if side == "both" else (side,)
    return {f"{s}_{part}" for s in sides for part in parts}


@pytest.mark.parametrize(
    ("text", "joints"),
    [
        ("raises the left hand", of("left", "hand")),
        ("bends both knees", of("both", "knee")),
        ("The hand swings.", of("both", "hand")),
        ("bends the knees", of("both", "knee")),
        ("The left and right hands clap", of("both", "hand")),
        ("the left and the right arm", of("both", *ARM)),
        ("Stepping to the right, the right arm swings.", of("right", *ARM)),
        ("Tipping to the left, the right foot rises", of("right", "foot")),
        ("left or right foot", of("both", "foot")),
        ("The right arm is stretched", of("right", *ARM)),
        ("the slightly bent right upper arm", of("right", "shoulder", "elbow")),
        ("the right shoulder, elbow and wrist", of("right", "shoulder", "elbow", "wrist")),
        ("the right elbow bends, and the wrist follows", of("right", "elbow", "wrist")),
        ("the right hand and its wrist", of("right", "hand", "wrist")),
        ("The right hand punches, then the left.", of("both", "hand")),
        ("The right foot steps and the other foot follows", of("both", "foot")),
        ("the right elbow meets the opposite knee", of("right", "elbow") | of("left", "knee")),
        ("the fingers of the left hand", of("left", "hand")),
        ("left-hand fingers and the right heel", of("left", "hand") | of("right", "ankle")),
        ("thighs", of("both", "hip", "knee")),
        ("the leg's swing", of("both", *LEG)),
        ("hips and torso", of("both", "hip") | {"pelvis", "spine"}),
        ("The back stays straight and the head nods", {"spine", "head"}),
        ("each arm swings", of("both", *ARM)),
        ("calves, feet, toes", of("both", "knee", "ankle", "foot")),
    ],
)
def test_body_words_name_joints_and_their_sides(text: str, joints: set[str]) -> None:
    assert named_joints(text) == joints


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, nothing moves",
        "on the one hand, it is easy",
        "holds on to the leg of a table",
        "the table leg, a chair's arm and the foot of the bed",
        "steps back, leans back and looks back",
        "at shoulder height, shoulder-width, an arm's length away",
        "to the left-hand side",
        "goes on foot, three feet away",
        "the person heads for the door",
        "hip hop",
        "above the head and behind the neck",
        "at the height of the shoulders",
        "Swing to the left and the right.",
        "footwork, handle, kneel, armchair, headphones, shoulderless",
        "",
    ],
)
def test_words_that_are_no_acting_part_of_a_body_name_nothing(text: str) -> None:
    assert named_joints(text) == set()


def test_a_part_without_a_side_is_of_the_side_that_acts() -> None:
    text = "Lifting a glass with one hand: the elbow folds and the head tips back."
    assert named_joints(text, "left") == of("left", "hand", "elbow") | {"head"}
    assert named_joints(text, "right") == of("right", "hand", "elbow") | {"head"}
    assert named_joints(text, "both") == of("both", "hand", "elbow") | {"head"}
    assert named_joints("both hands and the left foot", "right") == of("both", "hand") | {
        "left_foot"
    }


def test_every_body_word_names_joints_that_descriptions_have() -> None:
    for word in BODY_WORDS:
        named = named_joints(f"the {word} moves")
        assert named
        assert named <= set(DESCRIBED)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_weights_are_a_share_for_each_named_joint_of_any_layout(layout: Layout) -> None:
    weights = joint_weights("The right forearm and the head turn.", layout)
    assert weights.dtype == np.float32
    assert weights.shape == (len(layout),)
    assert weights.sum() == pytest.approx(1)
    assert len(set(weights[weights > 0].tolist())) == 1
    assert weights[layout.index["right_elbow"]] > 0
    assert weights[layout.index["left_elbow"]] == 0
    head = [joint for joint in ("head", "nose", "right_ear") if joint in layout.index]
    assert all(weights[layout.index[joint]] > 0 for joint in head)


def test_a_joint_that_a_layout_lacks_is_weighed_by_what_stands_for_it() -> None:
    def named(text: str, layout: Layout) -> set[str]:
        weights = joint_weights(text, layout)
        return {j for j, weight in zip(layout.joints, weights, strict=True) if weight > 0}

    assert named("left hand", LAYOUTS["body16"]) == {"left_wrist"}
    assert named("left hand", LAYOUTS["kinect_v2"]) == {"left_hand", "left_hand_tip", "left_thumb"}
    assert named("left wrist", LAYOUTS["openni"]) == {"left_hand"}
    assert named("the torso", LAYOUTS["smpl"]) == {"spine", "spine_low", "chest"}
    assert named("both feet", LAYOUTS["coco"]) == {"left_ankle", "right_ankle"}


def test_where_nothing_is_named_all_joints_weigh_the_same() -> None:
    layout = LAYOUTS["body16"]
    np.testing.assert_allclose(joint_weights("dances", layout), 1 / 16)
    np.testing.assert_allclose(joint_weights("the head", custom_layout(["left_knee"])), 1)


def test_a_class_names_what_any_of_its_paraphrases_names() -> None:
    texts = ("The hand waves.", "The right elbow pivots.")
    action = ActionText("wave", "wave", "either", texts, {})
    weights = action_weights(action, LAYOUTS["kinect_v1"])
    at = LAYOUTS["kinect_v1"].index
    assert weights[at["right_hand"]] == weights[at["right_elbow"]] == 0.5
    left = action_weights(action.mirrored(), LAYOUTS["kinect_v1"])
    assert left[at["left_elbow"]] > 0
    assert left[at["right_elbow"]] == 0


def test_of_what_a_class_names_that_counts_which_has_a_sentence() -> None:
    texts = ("The right hand throws while the left arm hangs still.", "The right elbow opens.")
    told = {"right_wrist": "is flung forward.", "right_elbow": "opens at once."}
    layout = LAYOUTS["body16"]
    for joints, named in (
        (told, {"right_wrist", "right_elbow"}),
        # Where no named joint has one, all that are named count.
        ({"left_knee": "bends."}, {"right_wrist", "right_elbow", "left_shoulder", "left_elbow",
                                   "left_wrist"}),
    ):  # fmt: skip
        weights = action_weights(ActionText("throw", "throw", "right", texts, joints), layout)
        found = {j for j, weight in zip(layout.joints, weights, strict=True) if weight > 0}
        assert found == named


def test_or_all_that_a_class_names() -> None:
    texts = ("The right hand throws while the left hand hangs still.", "The right elbow opens.")
    action = ActionText("throw", "throw", "right", texts, {"right_wrist": "is flung forward."})
    layout = LAYOUTS["body16"]
    weights = action_weights(action, layout, moving=False)
    shares = {j: float(w) for j, w in zip(layout.joints, weights, strict=True) if w > 0}
    assert shares == pytest.approx(
        {"right_wrist": 1 / 3, "left_wrist": 1 / 3, "right_elbow": 1 / 3}
    )

"""A class's texts on any layout, and those of its mirror image."""

from __future__ import annotations

import pytest

from skeleton import LAYOUTS, Layout, custom_layout
from training.text.action_text import STILL, ActionText
from training.text.mirror_words import mirrored_words

WAVE = ActionText(
    label="right wave",
    name="wave with the right hand",
    side="right",
    paraphrases=("The right hand waves.", "Clockwise circles to the left."),
    joints={
        "head": "turns right.",
        "spine": "leans.",
        "right_elbow": "bends at a right angle.",
        "right_wrist": "swings.",
        "right_hand": "opens.",
    },
)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_every_layout_has_a_sentence_for_each_joint(layout: Layout) -> None:
    said = WAVE.sentences(layout)
    assert len(said) == len(layout)
    at = layout.index
    assert said[at["right_elbow"]] == "bends at a right angle."
    assert said[at["left_elbow"]] == STILL
    assert said[at["left_knee"]] == STILL


def test_a_joint_without_a_sentence_takes_that_of_the_nearest_of_its_part() -> None:
    joints = ("right_hand_tip", "right_thumb", "right_wrist", "nose", "chest", "right_shoulder",
              "other:Prop", "left_hand_tip", "pelvis")  # fmt: skip
    said = dict(zip(joints, WAVE.sentences(custom_layout(joints)), strict=True))
    assert said["right_hand_tip"] == said["right_thumb"] == "opens."
    assert said["right_wrist"] == "swings."
    assert said["nose"] == "turns right."
    assert said["chest"] == "leans."
    # Of another part: what the elbow does says nothing of the shoulder.
    for still in ("right_shoulder", "other:Prop", "left_hand_tip", "pelvis"):
        assert said[still] == STILL


def test_without_a_hand_the_wrist_speaks_for_the_fingertips() -> None:
    fewer = {joint: text for joint, text in WAVE.joints.items() if joint != "right_hand"}
    action = ActionText("a", "a", "right", WAVE.paraphrases, fewer)
    assert action.sentences(custom_layout(["right_hand_tip", "right_hand"])) == ("swings.",) * 2


def test_the_mirror_image_swaps_joints_words_and_side() -> None:
    left = WAVE.mirrored()
    assert left.label == "right wave"
    assert left.name == "wave with the left hand"
    assert left.side == "left"
    assert left.paraphrases == ("The left hand waves.", "Counter-clockwise circles to the right.")
    assert left.joints["left_elbow"] == "bends at a right angle."
    assert left.joints["head"] == "turns left."
    assert left.mirrored() == WAVE
    layout = LAYOUTS["kinect_v2"]
    said, mirrored = WAVE.sentences(layout), left.sentences(layout)
    assert [mirrored_words(mirrored[i]) for i in layout.mirror] == list(said)


@pytest.mark.parametrize(
    ("text", "mirror"),
    [
        ("from left to right", "from right to left"),
        ("Left, RIGHT and leftward", "Right, LEFT and rightward"),
        ("the left-hand side", "the right-hand side"),
        ("at right angles, right away, upright", "at right angles, right away, upright"),
        ("is left hanging on the left", "is left hanging on the right"),
        ("stops right above the head", "stops right above the head"),
        ("crosses the right over the left", "crosses the left over the right"),
        ("crosses right over left", "crosses left over right"),
        ("turns anticlockwise", "turns clockwise"),
        ("moves to the right at waist height", "moves to the left at waist height"),
        (
            "swings right at waist height, then left at chest height",
            "swings left at waist height, then right at chest height",
        ),
        ("sweeps left down and right up", "sweeps right down and left up"),
        ("turns left, the hand goes right up to it", "turns right, the hand goes right up to it"),
        ("moves left, held right under the chin", "moves right, held right under the chin"),
        ("the left hand goes right up to the chest", "the right hand goes right up to the chest"),
    ],
)
def test_only_sides_are_swapped(text: str, mirror: str) -> None:
    assert mirrored_words(text) == mirror


def test_an_either_class_is_written_for_the_side_with_more_sentences() -> None:
    texts = ("Waving the other hand.", "A hand waves.")
    one = ActionText("a", "a", "either", texts, {"head": "tips.", "left_hand": "waves."})
    assert one.written_for == "left"
    assert one.mirrored().written_for == "right"
    assert ActionText("a", "a", "either", texts, {"head": "tips."}).written_for == "right"
    assert ActionText("a", "a", "both", texts, one.joints).written_for == "both"

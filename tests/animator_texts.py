"""Texts of the animator's actions, and vectors for them."""

from pathlib import Path

import numpy as np

from training.text.action_text import ActionText
from training.text.descriptions import Descriptions
from training.text.embeddings import TextEmbeddings, needed_texts

#: By action: the side, the two paraphrases of the global text, the joints' sentences.
_TEXTS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "wave": (
        "right",
        "Waving: the right hand swings from side to side above the right shoulder.",
        "The right forearm rocks left and right about a raised right elbow.",
        {
            "right_shoulder": "lifts the upper arm sideways and holds it.",
            "right_elbow": "bends to a right angle and rocks.",
            "right_wrist": "swings from side to side above the shoulder.",
        },
    ),
    "drink": (
        "right",
        "Drinking: the right hand rises to the head and sinks again.",
        "The right elbow bends until the right wrist is at the mouth; the head tips back.",
        {
            "head": "tips back a little.",
            "right_elbow": "bends sharply and opens again.",
            "right_wrist": "rises to the mouth, rests there and sinks.",
        },
    ),
    "punch": (
        "right",
        "Punching: the right fist shoots forward from the right shoulder.",
        "The right elbow stretches at once, and the right wrist strikes ahead of the chest.",
        {
            "right_shoulder": "thrusts forward with a turn of the trunk.",
            "right_elbow": "stretches at once and bends back.",
            "right_wrist": "shoots forward at the height of the chest.",
        },
    ),
    "throw": (
        "right",
        "Throwing: the right arm swings from behind the head over and forward.",
        "The right hand goes back past the ear, then whips down in front.",
        {
            "right_shoulder": "turns the upper arm back, then over the top.",
            "right_elbow": "bends behind the head and then stretches.",
            "right_wrist": "goes back past the ear and whips forward and down.",
            "spine": "leans back, then forward.",
        },
    ),
    "kick": (
        "right",
        "Kicking: the right foot swings forward and up while the left leg stands.",
        "The right knee bends and snaps straight, and the right ankle flies up in front.",
        {
            "right_hip": "swings the thigh forward.",
            "right_knee": "bends, then snaps straight.",
            "right_ankle": "flies forward and up to the height of the hips.",
        },
    ),
    "lunge": (
        "right",
        "Lunging: the right foot steps far forward, the right knee bends deeply.",
        "The right leg takes the weight in front while the hips sink, and pushes back.",
        {
            "pelvis": "moves forward and sinks, then returns.",
            "right_knee": "bends to a right angle under the body.",
            "right_ankle": "steps far forward and back.",
            "left_knee": "bends towards the ground behind.",
        },
    ),
    "squat": (
        "both",
        "Squatting: the knees bend and the hips sink low, then rise.",
        "Both legs fold at hips and knees and stretch again.",
        {
            "pelvis": "sinks low and rises again.",
            "left_knee": "bends deeply and stretches.",
            "right_knee": "bends deeply and stretches, like the other.",
        },
    ),
    "bow": (
        "both",
        "Bowing: the trunk bends forward at the hips with the head.",
        "The back and head tip forward and come up again.",
        {
            "spine": "tips forward until it is nearly level.",
            "neck": "goes forward and down with the back.",
            "head": "sinks to the height of the hips and returns.",
        },
    ),
    "clap": (
        "both",
        "Clapping: the hands meet in front of the chest again and again.",
        "Both elbows stay bent while both wrists strike together.",
        {
            "left_wrist": "strikes inward against the right one, again and again.",
            "right_wrist": "strikes inward against the left one, again and again.",
        },
    ),
    "raise_arms": (
        "both",
        "Raising the arms: both hands go up beside the head and stay.",
        "The arms rise from the thighs over the shoulders to above the head.",
        {
            "left_shoulder": "lifts the left arm all the way up.",
            "right_shoulder": "lifts the right arm all the way up.",
            "left_wrist": "travels in an arc to above the head.",
            "right_wrist": "travels in an arc to above the head, on its side.",
        },
    ),
    "walk": (
        "both",
        "Walking: the feet step in turn, the arms swing against the legs.",
        "The legs stride by turns, knees and ankles swinging forward one after the other.",
        {
            "pelvis": "travels steadily forward.",
            "left_ankle": "swings forward while the other foot stands.",
            "right_ankle": "swings forward in its turn.",
            "left_knee": "bends as its foot leaves the ground.",
            "right_knee": "bends as its own foot leaves the ground.",
        },
    ),
    "push": (
        "both",
        "Pushing: both hands move forward from the chest as the elbows stretch.",
        "The arms straighten ahead of the shoulders, palms first.",
        {
            "left_elbow": "stretches forward slowly.",
            "right_elbow": "stretches forward slowly beside the left.",
            "left_wrist": "moves from the chest straight ahead.",
            "right_wrist": "moves from the chest straight ahead as well.",
        },
    ),
}  # fmt: skip

#: A width that nothing else has, so that it is known wherever it turns up.
TEXT_WIDTH = 53
#: The actions that have texts.
DESCRIBED = tuple(_TEXTS)


def write_animator_texts(folder: Path, *, dataset: str = "moves") -> tuple[Path, Path]:
    """Write `texts.yaml` and `texts.npz`: the texts, and a random vector for each.

    Nothing tells classes apart more easily than vectors at right angles: for a branch that would
    like to read the class off the text there are none better.
    """
    actions = {
        label: ActionText(label, label, side, (one, other), joints)  # type: ignore[arg-type]
        for label, (side, one, other, joints) in _TEXTS.items()
    }
    descriptions = Descriptions(dataset, "the tests", actions, folder / "texts.yaml")
    descriptions.write()
    texts = needed_texts([descriptions])
    vectors = np.random.default_rng(0).standard_normal((len(texts), TEXT_WIDTH)).astype(np.float32)
    TextEmbeddings.of_texts("at random", texts, vectors).write(folder / "texts.npz")
    return folder / "texts.yaml", folder / "texts.npz"

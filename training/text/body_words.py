"""`k_gt`: the joints that a global text names, as the target of the joint importance.

The body words of the text, mapped to joints, a 0/1 vector divided by its sum [N]. The dictionary
stands in for the paper's noun phrases [R].
"""

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from skeleton import LAYOUTS, Layout, mapping
from training.text.action_text import DESCRIBED, Acting, ActionText
from training.text.phrases import Noun, mentions
from training.text.stand_ins import nearest

_ARM = ("*_shoulder", "*_elbow", "*_wrist", "*_hand")
_LEG = ("*_hip", "*_knee", "*_ankle", "*_foot")

#: Body words, and their joints by canonical name; `*` is the side.
BODY_WORDS = MappingProxyType(
    {
        "head": ("head",),
        "neck": ("neck",),
        "spine": ("spine",),
        "back": ("spine",),
        "upperback": ("spine",),
        "lowerback": ("spine",),
        "torso": ("spine",),
        "trunk": ("spine",),
        "upperbody": ("spine",),
        "waist": ("spine", "pelvis"),
        "pelvis": ("pelvis",),
        "hip": ("*_hip",),
        "hips": ("pelvis", "*_hip"),
        "lowerbody": ("pelvis", "*_hip", "*_knee", "*_ankle"),
        "shoulder": ("*_shoulder",),
        "arm": _ARM,
        "upperarm": ("*_shoulder", "*_elbow"),
        "elbow": ("*_elbow",),
        "forearm": ("*_elbow", "*_wrist"),
        "lowerarm": ("*_elbow", "*_wrist"),
        "wrist": ("*_wrist",),
        "hand": ("*_hand",),
        "palm": ("*_hand",),
        "fist": ("*_hand",),
        "knuckle": ("*_hand",),
        "finger": ("*_hand",),
        "fingertip": ("*_hand",),
        "thumb": ("*_hand",),
        "leg": _LEG,
        "thigh": ("*_hip", "*_knee"),
        "upperleg": ("*_hip", "*_knee"),
        "knee": ("*_knee",),
        "shin": ("*_knee", "*_ankle"),
        "lowerleg": ("*_knee", "*_ankle"),
        "calf": ("*_knee", "*_ankle"),
        "ankle": ("*_ankle",),
        "heel": ("*_ankle",),
        "foot": ("*_foot",),
        "sole": ("*_foot",),
        "toe": ("*_foot",),
        "tiptoe": ("*_foot",),
    }
)
_SEVERAL_A_SIDE = frozenset({"finger", "fingertip", "knuckle", "toe"})
_PLURALS = {"foot": "feet", "calf": "calves", "pelvis": None, "waist": None, "hips": None}


def _nouns() -> MappingProxyType[str, Noun]:
    nouns: dict[str, Noun] = {}
    for name in BODY_WORDS:
        mass = name in _SEVERAL_A_SIDE
        nouns[name] = Noun(name, plural=name == "hips", mass=mass)
        plural = _PLURALS.get(name, name + "s")
        if plural and plural not in BODY_WORDS:
            nouns[plural] = Noun(name, plural=True, mass=mass)
    return MappingProxyType(nouns)


_NOUNS = _nouns()
_WHOLE = LAYOUTS["kinect_v1"]
assert _WHOLE.joints == DESCRIBED


def named_joints(text: str, acting: Acting = "both") -> frozenset[str]:
    """Return the joints that a text names, by canonical name.

    A part named without a side is of the `acting` one; with `both`, "the hand" is both hands.
    """
    joints: set[str] = set()
    for mention in mentions(text, _NOUNS, acting):
        sides = ("left", "right") if mention.side == "both" else (mention.side,)
        for joint in BODY_WORDS[mention.name]:
            joints |= {joint.replace("*", side) for side in sides}
    return frozenset(joints)


def joint_weights(text: str, layout: Layout, acting: Acting = "both") -> NDArray[np.float32]:
    """Return `k_gt` float32 `(V,)` of one global text: 1 / n for each of the n joints of the layout
    that it names, else 0; sums to 1 [N]. Uniform where it names none that the layout has [R]."""
    return _shared_out(_had(named_joints(text, acting), layout), layout)


def action_weights(action: ActionText, layout: Layout, moving: bool = True) -> NDArray[np.float32]:
    """Return `k_gt` float32 `(V,)` of a class: over the joints that any paraphrase names [R].

    Where only the `moving` ones count, over those of them that have a sentence of their own, if
    any has: a text also names what is held still (ours).
    """
    texts = (named_joints(text, action.written_for) for text in action.paraphrases)
    named = _had(frozenset().union(*texts), layout)
    if not moving:
        return _shared_out(named, layout)
    told = {joint for joint in named if nearest(joint, action.joints) is not None}
    return _shared_out(told or named, layout)


def _shared_out(joints: set[str], layout: Layout) -> NDArray[np.float32]:
    weights = np.zeros(len(layout), dtype=np.float32)
    for joint in joints:
        weights[layout.index[joint]] = 1.0
    if not weights.any():
        weights[:] = 1.0
    shares: NDArray[np.float32] = weights / weights.sum()
    return shares


def _had(named: frozenset[str], layout: Layout) -> set[str]:
    """The layout's joints that are meant: a hand's thumb with the hand, the wrist for the hand
    where there is none, the ears for the head."""
    meant = {joint for joint in layout.joints if nearest(joint, DESCRIBED) in named}
    derived = mapping(layout, _WHOLE).derived
    for joint in named - meant:
        meant |= set(derived.get(joint, ()))
    return meant

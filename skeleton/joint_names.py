"""Joint names: the canonical ones, and the spellings people's tools use for them (ours)."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

#: Every joint the project knows by meaning, with its parent in a full human body.
#: Sides are anatomical. `pelvis` is the root.
BODY: dict[str, str | None] = {
    "pelvis": None,
    "spine_low": "pelvis",
    "spine": "spine_low",
    "chest": "spine",
    "neck": "chest",
    "neck_top": "neck",
    "head": "neck_top",
    "head_top": "head",
    "nose": "head",
    "jaw": "head",
}
for _side in ("left", "right"):
    BODY |= {
        f"{_side}_eye": "nose",
        f"{_side}_eye_inner": "nose",
        f"{_side}_eye_outer": f"{_side}_eye",
        f"{_side}_ear": f"{_side}_eye",
        f"{_side}_mouth": "nose",
        f"{_side}_collar": "neck",
        f"{_side}_shoulder": f"{_side}_collar",
        f"{_side}_elbow": f"{_side}_shoulder",
        f"{_side}_wrist": f"{_side}_elbow",
        f"{_side}_hand": f"{_side}_wrist",
        f"{_side}_hand_tip": f"{_side}_hand",
        f"{_side}_thumb": f"{_side}_hand",
        f"{_side}_index": f"{_side}_hand",
        f"{_side}_pinky": f"{_side}_hand",
        f"{_side}_hip": "pelvis",
        f"{_side}_knee": f"{_side}_hip",
        f"{_side}_ankle": f"{_side}_knee",
        f"{_side}_heel": f"{_side}_ankle",
        f"{_side}_foot": f"{_side}_ankle",
        f"{_side}_toes": f"{_side}_foot",
        f"{_side}_small_toe": f"{_side}_foot",
    }

#: Begins the name of a joint without a known meaning, `other:Prop_1`: it is kept and drawn, and
#: no joint of another layout comes from it.
OTHER = "other:"
#: Characters of a joint's name, wherever it is written down.
LONGEST_NAME = 100

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "pelvis": (
        "hips", "hip_center", "hip_centre", "mid_hip", "waist", "root", "base_of_spine",
        "spine_base", "middle_hip", "hip",
    ),
    "spine_low": ("spine1", "lower_spine", "lower_back", "abdomen", "ab"),
    "spine": (
        "torso", "spine_mid", "middle_of_spine", "mid_spine", "spine_middle", "spine2",
        "belly", "naval", "spine_naval", "navel", "spine_navel",
    ),
    "chest": (
        "thorax", "spine3", "upper_spine", "upper_chest", "spine_chest", "spine_high",
    ),
    "neck": (
        "shoulder_center", "shoulder_centre", "spine_shoulder", "mid_shoulder", "neck_base",
        "spine_at_the_shoulders", "neck1",
    ),
    "neck_top": ("upper_neck",),
    "head": ("skull", "head_center", "head_centre"),
    "head_top": ("top_of_head", "vertex", "head_end", "site"),
}  # fmt: skip
_SIDED_SYNONYMS: dict[str, tuple[str, ...]] = {
    "collar": ("clavicle", "sternum"),
    "shoulder": ("upper_arm", "arm", "u_arm", "uarm"),
    "elbow": ("lower_arm", "fore_arm", "forearm", "f_arm", "farm"),
    "hip": ("upper_leg", "up_leg", "thigh"),
    "knee": ("lower_leg", "leg", "shin", "calf"),
    "foot": ("foot_index", "toe_base"),
    "toes": ("toe", "big_toe", "toe_end"),
    "small_toe": ("little_toe", "pinky_toe"),
    "hand_tip": ("handtip", "fingers", "finger_tips"),
    "mouth": ("mouth_corner",),
    "index": ("index_finger",),
    "pinky": ("pinky_finger", "little_finger"),
}


def _spelling_table() -> dict[str, str]:
    table = {name: name for name in BODY}
    for name, others in _SYNONYMS.items():
        table |= dict.fromkeys(others, name)
    for part, others in _SIDED_SYNONYMS.items():
        for side in ("left", "right"):
            table |= {f"{side}_{other}": f"{side}_{part}" for other in others}
    return table


_SPELLINGS = _spelling_table()


def _without_separators() -> dict[str, str]:
    """`shoulderleft` and `leftshoulder`: two words and more in one, where that is one joint."""
    table: dict[str, str | None] = {}
    for spelling, name in _SPELLINGS.items():
        words = spelling.split("_")
        for order in (words, [*words[1:], words[0]]):
            if len(words) > 1 and (order is words or words[0] in ("left", "right")):
                joined = "".join(order)
                table[joined] = name if table.get(joined, name) == name else None
    return {joined: name for joined, name in table.items() if name is not None}


_JOINED = _without_separators()
# `ElbowLeft` and `LElbow` are two words each, Motive's `LUArm` and `LFArm` three.
_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=\b[LR])(?=[A-Z][a-z]|[UF]Arm)|(?<=\b[LR][UF])(?=Arm)"
)
_SIDE_WORDS = {"left": "left", "l": "left", "right": "right", "r": "right"}


def canonical(name: str) -> str | None:
    """Return the canonical name for a spelling, or None where the meaning is not known.

    `left_elbow`, `elbow_left`, `LeftElbow`, `Left Elbow`, `l_elbow`, `ELBOW-LEFT` and `leftelbow`
    are one joint.
    """
    words = split_words(name)
    return _SPELLINGS.get("_".join(words)) or (_JOINED.get(words[0]) if len(words) == 1 else None)


def nearest_joints(name: str) -> list[str]:
    """Return the joints whose spellings are nearest to one that is not known, the nearest first."""
    words = "_".join(split_words(name[:60]))
    close = get_close_matches(words, _SPELLINGS, cutoff=0.75)
    return list(dict.fromkeys(_SPELLINGS[spelling] for spelling in close))


def did_you_mean(names: Iterable[str]) -> str:
    """The end of a message about an unknown name, empty where nothing is near."""
    listed = " or ".join(names)
    return f" (did you mean {listed}?)" if listed else ""


def other(name: str) -> str | None:
    """Return the name a joint without a known meaning is held under, its own spelling kept:
    `Prop_1` → `other:Prop_1`. None where it is blank, too long, or holds a comma or what does not
    print."""
    name = name.strip()
    plain = name.isprintable() and "," not in name
    return OTHER + name if name and plain and len(OTHER + name) <= LONGEST_NAME else None


def split_words(name: str) -> list[str]:
    """Split a spelling into lower-case words, the side first: `ElbowLeft` → `left`, `elbow`."""
    parts = re.split(r"[\s_\-.:]+", _CAMEL.sub("_", name.strip()))
    words = [word.lower() for word in parts if word]
    for at in (0, -1):
        if len(words) > 1 and words[at] in _SIDE_WORDS:
            side = _SIDE_WORDS[words.pop(at)]
            return [side, *words]
    return words


def mirrored(name: str) -> str:
    """Swap the side in a canonical name; a middle joint is its own mirror image."""
    if name.startswith("left_"):
        return "right_" + name[5:]
    if name.startswith("right_"):
        return "left_" + name[6:]
    return name


def nearest_parent(name: str, present: Iterable[str]) -> str | None:
    """Return the nearest ancestor of `name` in the human body that is among `present`; None where
    there is none, or the meaning of `name` is not known."""
    names = frozenset(present)
    parent = BODY.get(name)
    while parent is not None and parent not in names:
        parent = BODY[parent]
    return parent

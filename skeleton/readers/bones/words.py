"""The words of a bone's name, without what tools put before and after them (ours)."""

import re
from collections import Counter
from collections.abc import Sequence

from skeleton.joint_names import split_words

#: Words of a bone that steers, twists or dresses a body and marks no joint of it.
NO_JOINT = frozenset(
    {
        "twist", "roll", "helper", "ik", "pole", "target", "ctrl", "control", "mch", "muscle",
        "dummy", "corrective", "volume", "null",
    }
)  # fmt: skip
_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_MIDDLE = frozenset({"c", "m", "ctr"})
_DECORATION = re.compile(
    r"^(?:(?:def|org)[\s_\-.]+)+|^mixamorig\d*(?=[A-Z])|[\s_\-.]+(?:jnt|joint|bone|bind|skin|bn|jt)$",
    re.I,
)
_FIRST = re.compile(r"([A-Za-z]+\d*)[\s_\-.]+(?=[A-Za-z])")
_SHARED = 0.75  # of the bones have a word in front, and it is the character's name or the tool's
_LONGEST = 80  # characters of a name that are looked at

#: Words that say something, though most of the bones may begin with them.
_MEANINGFUL = frozenset(
    {
        "left", "right", "l", "r", "upper", "lower", "up", "low", "hand", "hip", "hips", "spine",
        "head", "neck", "arm", "leg", "foot", "toe", "shoulder", "elbow", "wrist", "knee", "ankle",
        "thumb", "index", "middle", "ring", "pinky", "finger", "f", "eye", "chest", "thigh", "shin",
    }
)  # fmt: skip


def bone_words(names: Sequence[str]) -> list[list[str]]:
    """Split the names of one skeleton's bones into lower-case words, the side first.

    `mixamorig:LeftArm`, `mixamorigLeftArm`, `Bip01 L UpperArm`, `Character1_LeftArm`,
    `DEF-upper_arm.L` and `J_Bip_L_UpperArm` lose what stands before, which all of the skeleton's
    bones share.
    """
    plain = [re.split(r"[:|]", name[-_LONGEST:])[-1] for name in names]
    plain = [_DECORATION.sub("", name.strip()) for name in plain]
    for _ in range(3):
        first = [match.group(1).lower() if (match := _FIRST.match(name)) else "" for name in plain]
        word, count = Counter(first).most_common(1)[0] if first else ("", 0)
        if not word or word in _MEANINGFUL or count < max(4, _SHARED * len(names)):
            break
        plain = [
            _FIRST.sub("", name, count=1) if its == word else name
            for name, its in zip(plain, first, strict=True)
        ]
    return [_side_first(split_words(name)) for name in plain]


def _side_first(words: list[str]) -> list[str]:
    if words and words[0] in ("left", "right"):
        return words
    for at, word in enumerate(words):
        if word in _SIDES and len(words) > 1:
            return [_SIDES[word], *words[:at], *words[at + 1 :]]
    return words[1:] if len(words) > 1 and words[0] in _MIDDLE else words

"""Pelvis to head: the bones of the trunk, which tools count and call as they like (ours)."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from skeleton.joint_names import canonical
from skeleton.readers.bones.hierarchy import Bone, chain

_TRUNK = frozenset(
    {
        "spine", "chest", "torso", "abdomen", "ab", "belly", "back", "thorax", "trunk",
        "ribs", "ribcage", "lumbar", "lower", "upper", "mid",
    }
)  # fmt: skip
#: Names that say the height themselves.
_SAID = {
    "spine_low": "spine_low", "spine_lower": "spine_low", "lower_spine": "spine_low",
    "spine_mid": "spine", "mid_spine": "spine", "spine_middle": "spine",
    "middle_of_spine": "spine", "middle_spine": "spine", "spine_naval": "spine",
    "spine_chest": "chest", "spine_high": "chest", "spine_upper": "chest", "upper_spine": "chest",
}  # fmt: skip
#: How far up from the pelvis to the neck each joint of the trunk is.
_HEIGHTS = {"spine_low": 0.2, "spine": 0.5, "chest": 0.8}
_DIGITS = "0123456789"
_PARTS_OF_NECK = frozenset({"", "lower", "upper", "twist"})  # as DAZ and Reallusion have two


def spine_role(words: list[str]) -> str | None:
    """A joint of the trunk, `trunk` or `neck bone` where its place decides, or None."""
    name = "_".join(words)
    if name in _SAID:
        return _SAID[name]
    if canonical(name) == "neck_top":
        return "neck_top"
    bare = [word.rstrip(_DIGITS) for word in words]
    if bare[0] == "neck" and set(bare[1:]) <= _PARTS_OF_NECK:
        return "neck bone"
    if canonical(name) == "neck":
        return "neck bone"
    return "trunk" if {word for word in bare if word} <= _TRUNK and bare[0] else None


def name_spine(
    joints: dict[str, int],
    roles: Mapping[str, list[int]],
    words: Mapping[int, list[str]],
    bones: Sequence[Bone],
) -> None:
    """Settle neck and trunk among the bones of `roles` by their place in the skeleton."""
    necks = roles.get("neck bone", [])
    trunk = roles.get("trunk", [])
    if "head" not in joints and not necks:
        necks, trunk = _all_called_spine(joints, trunk, words, bones)
    if necks:
        joints.setdefault("neck", necks[0])
    if len(necks) > 1:
        joints.setdefault("neck_top", necks[-1])
    top = joints.get("neck", joints.get("neck_top", joints.get("head")))
    if top is not None:
        above = set(chain(bones, top))
        trunk = [i for i in trunk if i in above]
    _name_trunk(joints, trunk, top, words, bones)


def _all_called_spine(
    joints: dict[str, int],
    trunk: list[int],
    words: Mapping[int, list[str]],
    bones: Sequence[Bone],
) -> tuple[list[int], list[int]]:
    """Rigify's skeleton, where pelvis, neck and head are called `spine`, `spine.001` and so on:
    where the shoulders come off the neck begins. Returns the necks and the trunk."""
    if "pelvis" not in joints and trunk and "left_hip" in joints:
        joints["pelvis"], *trunk = trunk
    arm = joints.get("left_collar", joints.get("left_shoulder"))
    if arm is None:
        return [], trunk
    below = set(chain(bones, arm))
    beyond = [i for i in trunk if i not in below and words[i][0].startswith("spine")]
    if beyond:
        joints["head"] = beyond.pop()
    return beyond, [i for i in trunk if i in below]


def _name_trunk(
    joints: dict[str, int],
    trunk: list[int],
    top: int | None,
    words: Mapping[int, list[str]],
    bones: Sequence[Bone],
) -> None:
    free = [joint for joint in _HEIGHTS if joint not in joints]
    if not trunk or not free:
        return
    if len(trunk) == 1 and "spine" in free:
        joints["spine"] = trunk[0]  # what little there is between, as in Kinect's skeletons
        return
    path = chain(bones, trunk[-1] if top is None else top)
    at = dict(
        zip(reversed(path), np.cumsum([_length(bones[i]) for i in reversed(path)]), strict=True)
    )
    low = at.get(joints.get("pelvis", path[-1]), 0.0)
    span = float(max(at.values()) - low) or 1.0
    heights = [(float(at.get(i, low)) - low) / span for i in trunk]
    if len(trunk) > len(free):
        # The lowest, the highest, and of those between what is nearest to the middle.
        kept = [0, len(trunk) - 1]
        if len(free) > 2:
            kept.insert(1, min(range(1, len(trunk) - 1), key=lambda k: abs(heights[k] - 0.5)))
        kept = kept[: len(free)]
        trunk, heights = [trunk[k] for k in kept], [heights[k] for k in kept]

    def misfit(choice: tuple[str, ...]) -> float:
        # Where the heights leave it open, a bone called `chest` is the chest.
        total = 0.0
        for joint, index, height in zip(choice, trunk, heights, strict=True):
            total += abs(_HEIGHTS[joint] - height)
            total -= 0.1 * (canonical("_".join(words[index])) == joint)
        return total

    best = min(combinations(free, len(trunk)), key=misfit)
    joints.update(zip(best, trunk, strict=True))


def _length(bone: Bone) -> float:
    return float(np.linalg.norm(bone.offset))

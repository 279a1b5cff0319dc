"""Layouts: which joints a skeleton has, how they hang together, and where its axes point (ours).

Joint order of the built-in ones is that of their source, so that raw arrays fit without a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from types import MappingProxyType

from skeleton.axes import DEFAULT_AXES
from skeleton.errors import UnknownJoint, UnknownLayout
from skeleton.joint_names import LONGEST_NAME as LONGEST_NAME
from skeleton.joint_names import (
    OTHER,
    canonical,
    did_you_mean,
    mirrored,
    nearest_joints,
    nearest_parent,
    other,
    split_words,
)

#: Joints that a layout may have; a suit with every finger has fewer.
MOST_JOINTS = 200
#: Characters of a layout's name, or of its joint names in one text.
LONGEST_LAYOUT = 8000


@dataclass(frozen=True)
class Layout:
    """The V joints of a skeleton by canonical name, or `other:` and their own where they have no
    known meaning, their parents (-1: a root), default axes."""

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    axes: str = DEFAULT_AXES

    def __len__(self) -> int:
        return len(self.joints)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each joint by canonical name."""
        return {joint: i for i, joint in enumerate(self.joints)}

    @cached_property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """`(child, parent)` of every bone."""
        return tuple((child, parent) for child, parent in enumerate(self.parents) if parent >= 0)

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """Permutation of the joints that swaps left and right; one without a counterpart stays."""
        return tuple(self.index.get(mirrored(j), i) for i, j in enumerate(self.joints))


def custom_layout(
    names: Sequence[str], *, name: str = "custom", axes: str = DEFAULT_AXES
) -> Layout:
    """Build a layout from joint names in order; parents follow from their meaning.

    `other:NAME` is a joint without a known meaning. Raises `UnknownJoint` for any other name that
    is not known, and for a joint that occurs twice.
    """
    if not names:
        raise UnknownJoint("a layout needs at least one joint name")
    if len(names) > MOST_JOINTS:
        raise UnknownJoint(f"{len(names)} joint names, but a layout has {MOST_JOINTS} at most")
    joints = [_meaning(spelling, position) for position, spelling in enumerate(names)]
    joints = told_apart(joints, names)
    for position, joint in enumerate(joints):
        if joint in joints[:position]:
            raise UnknownJoint(f"{names[position][:60]!r} names the joint {joint} a second time")
    return Layout(name, tuple(joints), derived_parents(joints), axes)


def told_apart(joints: Sequence[str], spellings: Sequence[str | None]) -> list[str]:
    """Tell apart two joints that were taken for one: "neck" beside "shoulder_center" is the upper
    neck, "LeftShoulder" beside "LeftArm" the collar bone.

    It is the plain name that gives way; never one that the caller chose, whose spelling is None.
    """
    joints = list(joints)
    for position, joint in enumerate(joints):
        inner, spelling = _INNER_NEIGHBOUR.get(joint), spellings[position]
        if inner is None or spelling is None or inner in joints or joints.count(joint) != 2:
            continue
        if "_".join(split_words(spelling)) == joint:
            joints[position] = inner
    return joints


def derived_parents(joints: Sequence[str]) -> tuple[int, ...]:
    """The index of each joint's parent: its nearest ancestor in the body that is there, else -1."""
    at = {joint: i for i, joint in enumerate(joints)}
    return tuple(at.get(nearest_parent(joint, at) or "", -1) for joint in joints)


def resolve_layout(
    spec: str | Sequence[str] | Layout, layouts: Mapping[str, Layout] | None = None
) -> Layout:
    """Return the layout a caller means: a known name, or joint names (list or comma-separated).

    `layouts` are the known ones by name, the built-in ones unless given. Raises `UnknownLayout`
    for an unknown name, `UnknownJoint` for a joint name nobody knows.
    """
    if isinstance(spec, Layout):
        return spec
    if not isinstance(spec, str):
        return _custom(tuple(spec))
    known = LAYOUTS if layouts is None else layouts
    found = known.get(spec)
    if found is not None:
        return found
    if "," in spec:
        return _custom(tuple(spec.split(",")))
    close = did_you_mean(_spelt_alike(spec[:60], known))
    raise UnknownLayout(
        f"unknown layout {spec[:60]!r}{close}: use one of {', '.join(known)}, "
        "or the joint names in order, separated by commas"
    )


def _spelt_alike(name: str, known: Iterable[str]) -> list[str]:
    lowered = {one.lower(): one for one in known}
    return [lowered[one] for one in get_close_matches(name.lower(), lowered, 1, 0.75)]


_INNER_NEIGHBOUR = {
    "neck": "neck_top",
    "left_shoulder": "left_collar",
    "right_shoulder": "right_collar",
}


def _meaning(spelling: str, position: int) -> str:
    if spelling.strip().startswith(OTHER):
        joint = other(spelling.strip().removeprefix(OTHER))
    else:
        joint = canonical(spelling)
    if joint is None:
        raise UnknownJoint(
            f"joint {position + 1} of the layout, {spelling[:60]!r}, is not a known joint name"
            f"{did_you_mean(nearest_joints(spelling))}; {OTHER}NAME keeps it without a meaning, "
            "and a layout file can say what it means"
        )
    return joint


@lru_cache(maxsize=256)
def _custom(names: tuple[str, ...]) -> Layout:
    return custom_layout(names)


def _arm(side: str, *parts: str) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in parts)


def _layout(name: str, joints: Iterable[str], axes: str = DEFAULT_AXES) -> Layout:
    return custom_layout(tuple(joints), name=name, axes=axes)


_HAND = ("shoulder", "elbow", "wrist", "hand")
_FOOT = ("hip", "knee", "ankle", "foot")
_ARM = ("shoulder", "elbow", "wrist")
_LEG = ("hip", "knee", "ankle")
_FACE = ("right_eye", "left_eye", "right_ear", "left_ear")
_TOES = ("toes", "small_toe", "heel")

#: The built-in layouts by name.
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            # NTU RGB+D's order (PAPER.md): joint 21, the spine at the shoulders, is our `neck`,
            # and NTU's "neck" lies above it.
            _layout(
                "kinect_v2",
                ("pelvis", "spine", "neck_top", "head", *_arm("left", *_HAND),
                 *_arm("right", *_HAND), *_arm("left", *_FOOT), *_arm("right", *_FOOT), "neck",
                 "left_hand_tip", "left_thumb", "right_hand_tip", "right_thumb"),
            ),
            _layout(
                "kinect_v1",
                ("pelvis", "spine", "neck", "head", *_arm("left", *_HAND),
                 *_arm("right", *_HAND), *_arm("left", *_FOOT), *_arm("right", *_FOOT)),
            ),
            # The sensor's own axes, y down and z away; its SDK counts in millimetres.
            _layout(
                "azure_kinect",
                ("pelvis", "spine", "chest", "neck",
                 *(f"{side}_{part}"
                   for side in ("left", "right")
                   for part in ("collar", *_HAND, "hand_tip", "thumb")),
                 *_arm("left", *_FOOT), *_arm("right", *_FOOT), "head", "nose",
                 "left_eye", "left_ear", "right_eye", "right_ear"),
                axes="x,-y,-z",
            ),
            # OpenNI's own, as the sensor sees: x to its right, z away.
            _layout(
                "openni",
                ("head", "neck", "spine", *_arm("left", "shoulder", "elbow", "hand"),
                 *_arm("right", "shoulder", "elbow", "hand"), *_arm("left", "hip", "knee", "foot"),
                 *_arm("right", "hip", "knee", "foot")),
                axes="-x,y,z",
            ),
            # World landmarks: x to the image's right, y down, z away from the camera.
            _layout(
                "mediapipe",
                ("nose", *_arm("left", "eye_inner", "eye", "eye_outer"),
                 *_arm("right", "eye_inner", "eye", "eye_outer"), "left_ear", "right_ear",
                 "left_mouth", "right_mouth",
                 *(f"{side}_{part}"
                   for part in ("shoulder", "elbow", "wrist", "pinky", "index", "thumb",
                                "hip", "knee", "ankle", "heel", "foot")
                   for side in ("left", "right"))),
                axes="x,-y,-z",
            ),
            _layout(
                "coco",
                ("nose",
                 *(f"{side}_{part}"
                   for part in ("eye", "ear", *_ARM, *_LEG) for side in ("left", "right"))),
            ),
            # OpenPose's two: y down as in its images, z away from the camera where it is had.
            _layout(
                "openpose18",
                ("nose", "neck", *_arm("right", *_ARM), *_arm("left", *_ARM),
                 *_arm("right", *_LEG), *_arm("left", *_LEG), *_FACE),
                axes="x,-y,-z",
            ),
            _layout(
                "openpose25",
                ("nose", "neck", *_arm("right", *_ARM), *_arm("left", *_ARM), "pelvis",
                 *_arm("right", *_LEG), *_arm("left", *_LEG), *_FACE,
                 *_arm("left", *_TOES), *_arm("right", *_TOES)),
                axes="x,-y,-z",
            ),
            # As lifted poses have it: x right, y down, z away (camera axes).
            _layout(
                "h36m",
                ("pelvis", *_arm("right", *_LEG), *_arm("left", *_LEG), "spine", "neck", "nose",
                 "head", *_arm("left", *_ARM), *_arm("right", *_ARM)),
                axes="x,-y,-z",
            ),
            _layout(
                "smpl",
                ("pelvis", "left_hip", "right_hip", "spine_low", "left_knee", "right_knee",
                 "spine", "left_ankle", "right_ankle", "chest", "left_foot", "right_foot", "neck",
                 "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
                 "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand",
                 "right_hand"),
            ),
            # The default model's own: what every 3D sensor can give.
            _layout(
                "body16",
                ("pelvis", "spine", "neck", "head", *_arm("left", *_ARM), *_arm("right", *_ARM),
                 *_arm("left", *_LEG), *_arm("right", *_LEG)),
            ),
        )
    }
)  # fmt: skip

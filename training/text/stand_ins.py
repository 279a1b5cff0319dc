"""Stand-ins: the joint that speaks for another one of the same part of the body (ours).

The parts are what moves as one: the hand with its wrist, fingers and thumb, the foot with its
ankle, the face with the head. A joint of another part is never a stand-in: what the elbow does
says nothing about the wrist.
"""

from collections.abc import Iterable

from skeleton.joint_names import BODY

_LEADS = frozenset(
    {"pelvis", "spine", "neck", "head"}
    | {
        f"{side}_{joint}"
        for side in ("left", "right")
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    }
)
# What hangs from another part than the one it moves with.
_MOVES_WITH = {
    "spine_low": "spine",
    "left_collar": "left_shoulder",
    "right_collar": "right_shoulder",
}


def nearest(joint: str, had: Iterable[str]) -> str | None:
    """Return the joint among `had` that is nearest to `joint` in the body, within its part.

    The joint itself, where it is had; None where the part has none, or the meaning of `joint` is
    not known.
    """
    had = frozenset(had)
    if joint in had:
        return joint
    if joint not in BODY:
        return None
    part = _part(joint)
    order = list(BODY)
    same = [other for other in had if other in BODY and _part(other) == part]
    return min(same, key=lambda other: (_steps(joint, other), order.index(other)), default=None)


def _part(joint: str) -> str:
    while joint not in _LEADS:
        joint = _MOVES_WITH.get(joint) or BODY[joint] or "pelvis"
    return joint


def _steps(one: str, other: str) -> int:
    """Bones between two joints of the body."""
    up, down = _upwards(one), _upwards(other)
    meeting = next(joint for joint in up if joint in down)
    return up.index(meeting) + down.index(meeting)


def _upwards(joint: str) -> list[str]:
    chain = [joint]
    while (parent := BODY[chain[-1]]) is not None:
        chain.append(parent)
    return chain

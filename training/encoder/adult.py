"""The adult: bone lengths of a grown person, the size that every body is brought to (ours)."""

from skeleton import Layout
from skeleton.joint_names import BODY

#: Metres from the parent in a full human body. Face, fingers and toes are too short to tell a
#: body's size and are left out.
_LENGTHS = {
    "spine_low": 0.10, "spine": 0.15, "chest": 0.15, "neck": 0.10, "neck_top": 0.08, "head": 0.12,
}  # fmt: skip
_SIDED = {
    "collar": 0.05, "shoulder": 0.13, "elbow": 0.28, "wrist": 0.25, "hand": 0.08,
    "hip": 0.11, "knee": 0.42, "ankle": 0.40, "foot": 0.15,
}  # fmt: skip


def adult_bones(layout: Layout) -> dict[tuple[int, int], float]:
    """Metres of every bone `(child, parent)` of a layout whose length is known."""
    found = {}
    for child, parent in layout.bones:
        length = _length(layout.joints[child], layout.joints[parent])
        if length is not None:
            found[child, parent] = length
    return found


def _length(child: str, parent: str) -> float | None:
    """The way from a joint up to one of its ancestors, None where a part of it is not known."""
    total, at = 0.0, child
    while at != parent:
        above = BODY.get(at)
        step = _LENGTHS.get(at, _SIDED.get(at.partition("_")[2]))
        if above is None or step is None:
            return None
        total, at = total + step, above
    return total

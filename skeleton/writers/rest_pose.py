"""A body at rest, for files that need one: standing, arms out to the sides (ours)."""

from skeleton.joint_names import mirrored

_MIDDLE = {
    "pelvis": (0.0, 0.95, 0.0),
    "spine_low": (0.0, 1.06, 0.0),
    "spine": (0.0, 1.18, 0.0),
    "chest": (0.0, 1.30, 0.0),
    "neck": (0.0, 1.45, 0.0),
    "neck_top": (0.0, 1.53, 0.0),
    "head": (0.0, 1.62, 0.0),
    "head_top": (0.0, 1.75, 0.0),
    "nose": (0.0, 1.62, 0.11),
    "jaw": (0.0, 1.56, 0.07),
}
_LEFT = {
    "eye": (0.03, 1.65, 0.09),
    "eye_inner": (0.02, 1.65, 0.095),
    "eye_outer": (0.045, 1.65, 0.08),
    "ear": (0.075, 1.63, 0.0),
    "mouth": (0.025, 1.57, 0.09),
    "collar": (0.05, 1.43, 0.0),
    "shoulder": (0.18, 1.43, 0.0),
    "elbow": (0.47, 1.43, 0.0),
    "wrist": (0.72, 1.43, 0.0),
    "hand": (0.80, 1.43, 0.0),
    "hand_tip": (0.90, 1.43, 0.0),
    "thumb": (0.80, 1.43, 0.06),
    "index": (0.82, 1.43, 0.03),
    "pinky": (0.81, 1.43, -0.03),
    "hip": (0.10, 0.90, 0.0),
    "knee": (0.10, 0.49, 0.0),
    "ankle": (0.10, 0.08, 0.0),
    "heel": (0.10, 0.02, -0.05),
    "foot": (0.10, 0.02, 0.12),
    "toes": (0.10, 0.02, 0.19),
    "small_toe": (0.14, 0.02, 0.15),
}

#: Where each joint of a body of 1.75 metres is: x to its left, y up, z to the front. No two joints
#: are in one place.
REST_POSE: dict[str, tuple[float, float, float]] = dict(_MIDDLE)
for _part, (_x, _y, _z) in _LEFT.items():
    REST_POSE[f"left_{_part}"] = (_x, _y, _z)
    REST_POSE[mirrored(f"left_{_part}")] = (-_x, _y, _z)

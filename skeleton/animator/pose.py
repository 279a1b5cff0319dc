"""A pose over time in the words an action uses: degrees for joints, places for feet (ours).

Every value is a constant or a curve `(T,)`. Limbs are written as if they were the left one, `out`
meaning away from the body, so that one description serves both sides.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np

from skeleton.animator.body import UPPER_ARM_SHARE
from skeleton.animator.curves import Curve, Value, through

#: The pelvis' height over the ankles when standing, in leg lengths: knees not locked.
STANDING = 0.992


@dataclass(frozen=True)
class Arm:
    """An arm relative to the chest, degrees.

    The upper arm is raised by `lift` from hanging towards `out` (0 forward, 90 sideways) and
    turned outward about itself by `twist`; the elbow is bent by `bend`, the wrist by `flex`.
    `tuck` draws the upper arm back in the plane of the bend: see `reaching`.
    """

    lift: Value = 8.0
    out: Value = 75.0
    twist: Value = -8.0
    bend: Value = 16.0
    tuck: Value = 0.0
    flex: Value = 4.0


@dataclass(frozen=True)
class Leg:
    """A leg by where its ankle is: offset from the standing place in leg lengths.

    `turn` turns the foot outward, `heel` lifts the heel over the resting ball of the foot, `toe`
    lifts the toes, all in degrees.
    """

    out: Value = 0.0
    up: Value = 0.0
    forward: Value = 0.0
    turn: Value = 9.0
    heel: Value = 0.0
    toe: Value = 0.0


@dataclass(frozen=True)
class Bend:
    """A bend of the trunk or the head, degrees: forward, to the right, and turned to the left."""

    pitch: Value = 0.0
    roll: Value = 0.0
    yaw: Value = 0.0

    def plus(self, pitch: Value = 0.0, roll: Value = 0.0, yaw: Value = 0.0) -> "Bend":
        """Add to the bend."""
        return Bend(self.pitch + pitch, self.roll + roll, self.yaw + yaw)


@dataclass(frozen=True)
class Pose:
    """A whole body over time. The pelvis' place is in leg lengths: `left` and `forward` of the
    standing place, `height` above the ankles."""

    left: Value = 0.0
    height: Value = STANDING
    forward: Value = 0.0
    pelvis: Bend = Bend()
    waist: Bend = Bend()
    chest: Bend = Bend()
    head: Bend = Bend()
    left_arm: Arm = Arm()
    right_arm: Arm = Arm()
    left_leg: Leg = Leg()
    right_leg: Leg = Leg()


REST = Arm()


def reaching(lift: Value, out: Value, reach: Value, twist: Value = 0.0, flex: Value = 4.0) -> Arm:
    """Put the wrist in a direction from the shoulder, at `reach` arm lengths (inverse kinematics).

    The elbow points back and down for `twist` 0, outward for negative ones.
    """
    upper, fore = UPPER_ARM_SHARE, 1 - UPPER_ARM_SHARE
    distance = np.clip(reach, 0.2, 0.999)
    inner = np.arccos((upper**2 + fore**2 - distance**2) / (2 * upper * fore))
    tuck = np.arccos((upper**2 + distance**2 - fore**2) / (2 * upper * distance))
    return Arm(lift, out, twist, 180.0 - np.degrees(inner), np.degrees(tuck), flex)


def hand_at(out: Value, up: Value, forward: Value, twist: Value = 0.0) -> Arm:
    """Put the wrist at a point relative to the shoulder, in arm lengths along the chest's axes."""
    flat = np.hypot(out, forward)
    lift = np.degrees(np.arctan2(flat, -np.asarray(up)))
    aim = np.degrees(np.arctan2(out, forward))
    return reaching(lift, aim, np.hypot(flat, up), twist)


def keyed_arm(progress: Curve, keys: Mapping[float, Arm]) -> Arm:
    """Run an arm through poses of constants, each at its progress."""
    return Arm(*_through(progress, keys))


def keyed_leg(progress: Curve, keys: Mapping[float, Leg]) -> Leg:
    """Run a leg through poses of constants, each at its progress."""
    return Leg(*_through(progress, keys))


def mirrored(pose: Pose) -> Pose:
    """Swap left and right."""

    def other(bend: Bend) -> Bend:
        return Bend(bend.pitch, -bend.roll, -bend.yaw)

    return replace(
        pose,
        left=-pose.left,
        pelvis=other(pose.pelvis),
        waist=other(pose.waist),
        chest=other(pose.chest),
        head=other(pose.head),
        left_arm=pose.right_arm,
        right_arm=pose.left_arm,
        left_leg=pose.right_leg,
        right_leg=pose.left_leg,
    )


def _through(progress: Curve, keys: Mapping[float, Arm] | Mapping[float, Leg]) -> Curve:
    """Every field of a limb as a row: `(F, T)`."""
    at = np.array(list(keys), dtype=np.float64)
    values = np.array([astuple(limb) for limb in keys.values()], dtype=np.float64)
    return through(progress, at, values).T

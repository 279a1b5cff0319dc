"""Movements of striking and throwing: progress 0…1 and a style in, a pose out (ours).

The right side acts; `actions.py` mirrors it for the left.
"""

import numpy as np

from skeleton.animator.curves import Curve, keyed, window
from skeleton.animator.pose import (
    REST,
    STANDING,
    Arm,
    Bend,
    Leg,
    Pose,
    keyed_arm,
    keyed_leg,
    reaching,
)
from skeleton.animator.style import Style

_GUARD = reaching(70, 2, 0.46, -26, 0)


def punch(progress: Curve, style: Style) -> Pose:
    """Raise both fists and strike forward with the right one."""
    hit = reaching(86 + style.aim, -6, 0.99, -40, 0)
    drawn = reaching(50, 20, 0.44, -20, 0)
    arm = keyed_arm(
        progress,
        {0: REST, 0.22: _GUARD, 0.36: drawn, 0.52: hit, 0.57: hit, 0.74: _GUARD, 1: REST},
    )
    other = keyed_arm(progress, {0: REST, 0.22: _GUARD, 0.74: _GUARD, 1: REST})
    turn = style.amplitude * keyed(
        progress, (0, 0), (0.2, -0.15), (0.36, -0.6), (0.52, 1), (0.58, 1), (0.76, 0), (1, 0)
    )
    low = window(progress, 0.0, 1.0, 0.24)
    return Pose(
        height=STANDING - 0.05 * low,
        forward=0.06 * turn,
        pelvis=Bend(4 * low, 0.0, 12 * turn),
        waist=Bend(3 * low, 0.0, 10 * turn),
        chest=Bend(2 * low, 0.0, 10 * turn),
        head=Bend(-4 * low, 0.0, -26 * turn),
        left_arm=other,
        right_arm=arm,
        left_leg=Leg(forward=0.1, out=0.02),
        right_leg=Leg(forward=-0.16, out=0.03, heel=18 * np.maximum(turn, 0), turn=20),
    )


def kick(progress: Curve, style: Style) -> Pose:
    """Lift the right knee, kick forward, and set the foot down again."""
    far = 0.3 + 0.53 * style.amplitude
    high = 0.32 + 0.22 * style.amplitude + 0.006 * style.aim
    leg = keyed_leg(
        progress,
        {
            0: Leg(),
            0.14: Leg(forward=-0.06, heel=14),
            0.36: Leg(up=0.36, forward=0.1, toe=-38, turn=4),
            0.52: Leg(up=high, forward=far, toe=4, turn=4),
            0.56: Leg(up=high, forward=far, toe=4, turn=4),
            0.72: Leg(up=0.3, forward=0.14, toe=-30, turn=4),
            0.9: Leg(),
            1: Leg(),
        },
    )
    lifted = window(progress, 0.1, 0.92, 0.22)
    hit = keyed(progress, (0, 0), (0.3, 0.1), (0.52, 1), (0.57, 1), (0.74, 0), (1, 0))
    balance = keyed_arm(
        progress, {0: REST, 0.45: Arm(38, 62, 0, 42), 0.6: Arm(38, 62, 0, 42), 1: REST}
    )
    back = keyed_arm(progress, {0: REST, 0.52: Arm(34, 130, 0, 36), 1: REST})
    return Pose(
        left=0.085 * lifted,
        height=STANDING - 0.02 * lifted,
        forward=-0.04 * hit,
        pelvis=Bend(-12 * hit, -3 * lifted, 8 * hit),
        waist=Bend(-2 * hit, 2 * lifted),
        chest=Bend(8 * lifted, 3 * lifted, -10 * hit),
        head=Bend(3 * lifted),
        left_arm=balance,
        right_arm=back,
        left_leg=Leg(turn=14),
        right_leg=leg,
    )


def throw(progress: Curve, style: Style) -> Pose:
    """Draw the right hand back over the shoulder, throw forward, and follow through."""
    back = Arm(98 + style.aim, 108, 62, 96, flex=-20)
    over = Arm(128 + style.aim, 42, 52, 52, flex=0)
    release = Arm(104 + style.aim, 6, 10, 12, flex=20)
    follow = Arm(40, -28, -24, 22, flex=20)
    arm = keyed_arm(
        progress, {0: REST, 0.34: back, 0.4: back, 0.5: over, 0.58: release, 0.74: follow, 1: REST}
    )
    ahead = Arm(72, 24, -10, 26)
    other = keyed_arm(
        progress, {0: REST, 0.34: ahead, 0.42: ahead, 0.64: Arm(26, 110, 0, 40), 1: REST}
    )
    turn = style.amplitude * keyed(
        progress, (0, 0), (0.36, -1), (0.42, -0.9), (0.6, 0.8), (0.72, 1), (1, 0)
    )
    lean = keyed(progress, (0, 0), (0.38, -0.7), (0.6, 0.8), (0.74, 1), (1, 0))
    return Pose(
        height=STANDING - 0.035 - 0.03 * np.abs(lean),
        forward=0.09 * lean,
        pelvis=Bend(6 * lean, 0.0, 20 * turn),
        waist=Bend(7 * lean, 0.0, 14 * turn),
        chest=Bend(7 * lean, 0.0, 12 * turn),
        head=Bend(-6 * lean, 0.0, -34 * turn),
        left_arm=other,
        right_arm=arm,
        left_leg=Leg(forward=0.16, out=0.02),
        right_leg=Leg(forward=-0.18, out=0.03, turn=26, heel=22 * np.maximum(turn, 0)),
    )

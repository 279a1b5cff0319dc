"""Movements of the whole body, one function each: progress 0…1 and a style in, a pose out (ours).

Where one side acts it is the right one; `actions.py` mirrors it for the left.
"""

from dataclasses import replace

import numpy as np

from skeleton.animator.curves import Curve, keyed, stretch, window
from skeleton.animator.pose import (
    REST,
    STANDING,
    Arm,
    Bend,
    Leg,
    Pose,
    hand_at,
    keyed_arm,
    reaching,
)
from skeleton.animator.style import Style

_ON_HIP = hand_at(-0.02, -0.72, 0.04, -78)


def squat(progress: Curve, style: Style) -> Pose:
    """Go down deep with the arms stretched forward, and come up again."""
    down = keyed(progress, (0, 0), (0.44, 1), (0.54, 1), (1, 0)) * style.amplitude
    front = Arm(84 + style.aim, 6, -10, 8)
    arm = keyed_arm(progress, {0: REST, 0.4: front, 0.58: front, 1: REST})
    leg = Leg(out=0.1, turn=24)
    return Pose(
        height=STANDING - 0.02 - 0.47 * down,
        forward=-0.2 * down,
        pelvis=Bend(26 * down),
        waist=Bend(10 * down),
        chest=Bend(4 * down),
        head=Bend(-26 * down),
        left_arm=replace(arm, lift=arm.lift + 26 * down),
        right_arm=replace(arm, lift=arm.lift + 26 * down),
        left_leg=leg,
        right_leg=leg,
    )


def bow(progress: Curve, style: Style) -> Pose:
    """Bend forward from the hips, hold, and straighten."""
    down = keyed(progress, (0, 0), (0.4, 1), (0.6, 1), (1, 0)) * style.amplitude
    arm = replace(REST, lift=8 + 30 * down, out=75 - 62 * np.minimum(down, 1.0))
    return Pose(
        height=STANDING - 0.012 * down,
        forward=-0.12 * down,
        pelvis=Bend(42 * down),
        waist=Bend(14 * down),
        chest=Bend(10 * down),
        head=Bend(14 * down),
        left_arm=arm,
        right_arm=arm,
    )


def sit_down(progress: Curve, style: Style) -> Pose:
    """Sit down on a chair that nobody sees, and stay seated with the hands on the thighs."""
    down = keyed(progress, (0, 0), (0.78, 1), (1, 1))
    lean = keyed(progress, (0, 0), (0.4, 1), (0.72, 0.7), (0.95, 0), (1, 0)) * style.amplitude
    # The pelvis' way is an arc, first back, then down on the seat.
    height = 0.5 + 0.03 * (style.amplitude - 1)
    on_thigh = reaching(32, -8, 0.78, -14)
    ahead = Arm(34, 12, -8, 30)
    arm = keyed_arm(progress, {0: REST, 0.4: ahead, 0.82: on_thigh, 1: on_thigh})
    return Pose(
        height=STANDING - (STANDING - height) * down**1.25,
        forward=-0.46 * down**0.85,
        pelvis=Bend(30 * lean - 4 * down),
        waist=Bend(14 * lean),
        chest=Bend(6 * lean + 3 * down),
        head=Bend(-14 * lean),
        left_arm=arm,
        right_arm=arm,
    )


def pick_up(progress: Curve, style: Style) -> Pose:
    """Stoop, take something from the floor with both hands, and hold it before the chest."""
    # The floor is where it is: amplitude changes the depth only a little.
    depth = 0.75 + 0.25 * min(style.amplitude, 1.0)
    down = keyed(progress, (0, 0), (0.42, 1), (0.5, 1), (0.92, 0), (1, 0)) * depth
    hanging = Arm(70 + style.aim, -2, -10, 14)
    holding = reaching(54, -8, 0.62, -18)
    arm = keyed_arm(
        progress,
        {
            0: REST,
            0.4: hanging,
            0.52: hanging,
            0.72: Arm(40, 2, -12, 60),
            0.92: holding,
            1: holding,
        },
    )
    leg = Leg(out=0.06, turn=16)
    return Pose(
        height=STANDING - 0.01 - 0.29 * down,
        forward=-0.2 * down,
        pelvis=Bend(48 * down),
        waist=Bend(20 * down),
        chest=Bend(12 * down),
        head=Bend(-12 * down),
        left_arm=arm,
        right_arm=arm,
        left_leg=leg,
        right_leg=leg,
    )


def jumping_jack(progress: Curve, style: Style) -> Pose:
    """Jump the feet apart while the arms go overhead, and back; twice or three times."""
    times = style.times(2, 2, 3)
    beat = stretch(progress, 0.04, 0.96) * times  # one beat: out and in
    apart = 0.5 - 0.5 * np.cos(2 * np.pi * beat)
    flight = np.sin(2 * np.pi * beat) ** 2  # highest halfway, both ways
    # On the ground the knees give way.
    soft = (1 - flight) * window(progress, 0.0, 1.0, 0.1)
    arm = Arm(
        lift=REST.lift + (148 * min(style.amplitude, 1.04) + 0.4 * style.aim) * apart,
        out=REST.out + 12 * apart,
        twist=REST.twist + 70 * apart,
        bend=REST.bend + 6 * apart,
    )
    hop = 0.075 * style.amplitude * flight
    leg = Leg(out=0.24 * style.amplitude * apart, up=hop, heel=0.0, toe=-22 * flight, turn=14)
    sink = 0.045 * (apart * style.amplitude) ** 2 + 0.035 * soft
    return Pose(
        height=STANDING - sink + hop,
        chest=Bend(3 * soft),
        left_arm=arm,
        right_arm=arm,
        left_leg=leg,
        right_leg=leg,
    )


def walk(progress: Curve, style: Style) -> Pose:
    """Walk in place, the arms swinging against the legs."""
    steps = style.times(2, 3)
    on = window(progress, 0.0, 1.0, 0.14)
    angle = 2 * np.pi * (steps * stretch(progress, 0.03, 0.97) + style.phase)
    stride = style.amplitude * on * np.sin(angle)  # right leg up while positive

    def leg(lift: Curve) -> Leg:
        up = np.maximum(lift, 0.0)
        return Leg(up=0.17 * up, forward=0.03 * up, heel=0.0, toe=-26 * up)

    def arm(forward: Curve) -> Arm:
        ahead, behind = np.maximum(forward, 0.0), np.maximum(-forward, 0.0)
        # Behind the body `out` passes sideways (90) and goes on to the back.
        return Arm(
            lift=10 + 24 * ahead + 16 * behind,
            out=75 - 55 * ahead + 75 * behind,
            bend=18 + 34 * ahead,
        )

    return Pose(
        left=0.035 * stride,
        height=STANDING - 0.012 * on + 0.012 * np.abs(stride),
        pelvis=Bend(2 * on, -2.5 * stride, 4 * stride),
        chest=Bend(3 * on, 2.5 * stride, -9 * stride),
        head=Bend(0.0, 0.0, 4 * stride),
        left_arm=arm(stride),
        right_arm=arm(-stride),
        left_leg=leg(-stride),
        right_leg=leg(stride),
    )


def lunge(progress: Curve, style: Style) -> Pose:
    """Step far forward with the right foot, go down on that leg, and step back."""
    far = 0.4 + 0.34 * style.amplitude
    stepping = keyed(progress, (0, 0), (0.08, 0), (0.34, 1), (0.68, 1), (0.94, 0), (1, 0))
    air = window(progress, 0.08, 0.34, 0.13) + window(progress, 0.68, 0.94, 0.13)
    down = keyed(progress, (0, 0), (0.24, 0.12), (0.46, 1), (0.56, 1), (0.76, 0.12), (1, 0))
    hips = keyed(progress, (0, 0), (0.1, 0.02), (0.46, 1), (0.56, 1), (0.92, 0.02), (1, 0))
    arm = keyed_arm(progress, {0: REST, 0.28: _ON_HIP, 0.74: _ON_HIP, 1: REST})
    return Pose(
        left=0.03 * air,
        height=STANDING - 0.02 * air - 0.3 * style.amplitude * down,
        forward=0.56 * far * hips,
        pelvis=Bend(4 * hips),
        waist=Bend(2 * hips),
        head=Bend(-3 * hips),
        left_arm=arm,
        right_arm=arm,
        left_leg=Leg(heel=52 * hips, turn=6),
        right_leg=Leg(forward=far * stepping, up=0.1 * air, toe=12 * air, turn=6),
    )


def side_bend(progress: Curve, style: Style) -> Pose:
    """Bend the trunk to the left with the right arm overhead."""
    over = keyed(progress, (0, 0), (0.42, 1), (0.6, 1), (1, 0))
    top = Arm(158, 88, 70, 30)
    arm = keyed_arm(progress, {0: REST, 0.4: top, 0.62: top, 1: REST})
    bend = style.amplitude * over
    return Pose(
        left=-0.06 * bend,
        pelvis=Bend(0.0, -4 * bend),
        waist=Bend(0.0, -15 * bend),
        chest=Bend(0.0, -17 * bend),
        head=Bend(0.0, -10 * bend),
        left_arm=keyed_arm(progress, {0: REST, 0.3: _ON_HIP, 0.7: _ON_HIP, 1: REST}),
        right_arm=arm,
        left_leg=Leg(out=0.06),
        right_leg=Leg(out=0.06),
    )

"""Movements of the arms, one function each: progress 0…1 and a style in, a pose out (ours).

Where one hand acts it is the right one; `actions.py` mirrors it for the left.
"""

from dataclasses import replace

import numpy as np

from skeleton.animator.curves import Curve, keyed, stretch, swing, window
from skeleton.animator.pose import REST, Arm, Bend, Pose, hand_at, keyed_arm, reaching
from skeleton.animator.style import Style


def wave(progress: Curve, style: Style) -> Pose:
    """Raise the right hand beside the head and swing the forearm."""
    up = Arm(lift=78 + style.aim, out=78, twist=86, bend=92, flex=0)
    arm = keyed_arm(progress, {0: REST, 0.2: up, 0.82: up, 1: REST})
    times = style.times(2, 3, 4)
    swinging = window(progress, 0.14, 0.88) * swing(
        stretch(progress, 0.16, 0.86), times, style.phase
    )
    arm = replace(
        arm,
        bend=arm.bend - 27 * style.amplitude * swinging,
        flex=arm.flex
        - 12 * swing(stretch(progress, 0.18, 0.88), times) * window(progress, 0.2, 0.84),
        lift=arm.lift + 4 * swinging,
    )
    lean = window(progress, 0.02, 0.98, 0.2)
    return Pose(
        left=0.012 * lean,
        chest=Bend(0.0, -3 * lean, 2 * lean),
        head=Bend(0.0, 4 * lean, 0.0),
        right_arm=arm,
    )


def raise_arms(progress: Curve, style: Style) -> Pose:
    """Raise both arms sideways until they are overhead, and stay there."""
    top = 160 * min(style.amplitude, 1.05) + 0.5 * style.aim
    side = Arm(lift=88, out=88, twist=40, bend=12, flex=2)
    up = Arm(lift=top, out=84, twist=70, bend=14, flex=2)
    arm = keyed_arm(progress, {0: REST, 0.42: side, 0.85: up, 1: up})
    rise = keyed(progress, (0, 0), (0.85, 1), (1, 1))
    return Pose(chest=Bend(-5 * rise), head=Bend(-6 * rise), left_arm=arm, right_arm=arm)


def clap(progress: Curve, style: Style) -> Pose:
    """Bring both hands before the chest and clap."""
    times = style.times(2, 3, 4)
    ready = reaching(58 + style.aim, 2, 0.66, -28)
    arm = keyed_arm(progress, {0: REST, 0.2: ready, 0.84: ready, 1: REST})
    apart = 0.5 + 0.5 * np.cos(2 * np.pi * (times * stretch(progress, 0.14, 0.86) + style.phase))
    clapping = window(progress, 0.06, 0.96, 0.14)
    open_by = 30 * style.amplitude * apart - 33 * (1 - apart)
    arm = replace(arm, out=arm.out + clapping * open_by)
    nod = window(progress, 0.05, 0.95)
    return Pose(head=Bend(5 * nod), chest=Bend(2 * nod), left_arm=arm, right_arm=arm)


def draw_circle(progress: Curve, style: Style) -> Pose:
    """Draw a large circle in the air with the right hand, beginning at its top, going outward."""
    angle = 2 * np.pi * stretch(progress, 0.2, 0.82)
    radius = 0.42 * style.amplitude
    in_air = window(progress, 0.0, 1.0, 0.22)
    out = 0.1 + radius * np.sin(angle)
    up = 0.12 + 0.006 * style.aim + radius * np.cos(angle)
    circling = hand_at(out, up, np.full_like(out, 0.66), -12)
    arm = Arm(
        lift=REST.lift + in_air * (circling.lift - REST.lift),
        out=REST.out + in_air * (circling.out - REST.out),
        twist=REST.twist + in_air * (circling.twist - REST.twist),
        bend=REST.bend + in_air * (circling.bend - REST.bend),
        tuck=in_air * circling.tuck,
    )
    follow = in_air * np.sin(angle)
    gaze = Bend(-6 * in_air * np.cos(angle), 0.0, -9 * follow)
    return Pose(chest=Bend(0.0, 2 * follow, -6 * follow), head=gaze, right_arm=arm)


def swipe(progress: Curve, style: Style) -> Pose:
    """Sweep the right hand at chest height from before the left shoulder to the far right."""
    wide = 38 + 34 * style.amplitude
    across = reaching(78 + style.aim, -38, 0.62, -42)
    middle = reaching(82 + style.aim, 12, 0.86, -30)
    away = reaching(82 + style.aim, wide, 0.95, -12)
    arm = keyed_arm(
        progress,
        {0: REST, 0.28: across, 0.36: across, 0.52: middle, 0.7: away, 0.76: away, 1: REST},
    )
    turn = keyed(progress, (0, 0), (0.28, 1), (0.36, 1), (0.72, -1), (1, 0))
    return Pose(chest=Bend(0.0, 0.0, 12 * turn), head=Bend(2.0, 0.0, 6 * turn), right_arm=arm)


def push(progress: Curve, style: Style) -> Pose:
    """Draw both hands to the chest and push them straight forward."""
    near = reaching(72 + style.aim, 14, 0.42, -48, -50)
    far = reaching(84 + style.aim, 2, 0.9 + 0.06 * style.amplitude, -35, -65)
    arm = keyed_arm(progress, {0: REST, 0.28: near, 0.36: near, 0.58: far, 0.7: far, 1: REST})
    lean = keyed(progress, (0, 0), (0.32, -0.5), (0.58, 1), (0.7, 1), (1, 0))
    return Pose(
        forward=0.04 * lean,
        waist=Bend(7 * lean),
        head=Bend(-4 * lean),
        left_arm=arm,
        right_arm=arm,
    )


def drink(progress: Curve, style: Style) -> Pose:
    """Bring the right hand to the mouth, tilt the head back, and lower the hand."""
    reach_out = reaching(52, 8, 0.8, -12)
    at_mouth = hand_at(-0.2, 0.1, 0.42 + 0.003 * style.aim, -42)
    sip = hand_at(-0.22, 0.2, 0.4 + 0.003 * style.aim, -62)
    arm = keyed_arm(
        progress, {0: REST, 0.2: reach_out, 0.42: at_mouth, 0.52: sip, 0.7: sip, 1: REST}
    )
    tilt = keyed(progress, (0, 0), (0.36, 0), (0.54, 1), (0.68, 1), (0.82, 0))
    return Pose(chest=Bend(-3 * tilt), head=Bend(-16 * style.amplitude * tilt), right_arm=arm)


def point(progress: Curve, style: Style) -> Pose:
    """Turn to the right and point there with a stretched arm."""
    far = reaching(86 + style.aim, 52 * style.amplitude, 0.98, -10, 0)
    near = reaching(60, 22, 0.7, -20, 0)
    arm = keyed_arm(progress, {0: REST, 0.18: near, 0.4: far, 0.72: far, 1: REST})
    turn = keyed(progress, (0, 0), (0.36, 1), (0.7, 1), (1, 0))
    angle = -style.amplitude * turn
    return Pose(
        left=-0.04 * turn,
        pelvis=Bend(0.0, 0.0, 16 * angle),
        waist=Bend(0.0, 0.0, 14 * angle),
        chest=Bend(0.0, 2 * turn, 14 * angle),
        head=Bend(0.0, 0.0, 22 * angle),
        right_arm=arm,
    )

"""Forward kinematics: from a pose and a body to the places of all joints (ours).

The floor is y = 0, the body stands at the origin and faces +z, so its left is +x. The trunk has
hinges at the pelvis, the spine and the neck; between them it is rigid, which keeps the bones of
every layout constant that has wrists and ankles.
"""

import numpy as np

from skeleton.animator.body import UPPER_ARM_SHARE, Body
from skeleton.animator.curves import Curve, Value
from skeleton.animator.pose import Arm, Bend, Leg, Pose
from skeleton.animator.rotation import Rotation, about, bent, raised, turned

_X = (1.0, 0.0, 0.0)
_Y = (0.0, 1.0, 0.0)
_STANCE = 1.2  # ankles apart, against the hips
_SIDES = {"left": 1.0, "right": -1.0}

# Shares of the pelvis-neck and the neck-crown distance; forward, then outward for sided joints.
_SPINE_LOW, _SPINE, _CHEST, _COLLAR, _SHOULDER = 0.16, 0.5, 0.76, 0.93, 0.97
_HEAD_POINTS = {
    "neck_top": (0.0, 0.28, 0.02),
    "head": (0.0, 0.62, 0.06),
    "head_top": (0.0, 1.0, 0.04),
    "nose": (0.0, 0.56, 0.42),
    "jaw": (0.0, 0.36, 0.3),
}
_FACE_POINTS = {
    "eye_inner": (0.07, 0.66, 0.36),
    "eye": (0.12, 0.66, 0.35),
    "eye_outer": (0.17, 0.66, 0.32),
    "ear": (0.26, 0.6, 0.05),
    "mouth": (0.08, 0.44, 0.36),
}
# Along the fingers and towards the thumb, against the hand's length.
_HAND_POINTS = {
    "hand": (0.45, 0.0),
    "hand_tip": (1.0, 0.0),
    "thumb": (0.5, 0.38),
    "index": (0.7, 0.18),
    "pinky": (0.62, -0.22),
}
# Down against the ankle's height, forward and outward against the foot's length.
_FOOT_POINTS = {
    "heel": (0.85, -0.22, 0.0),
    "foot": (0.8, 0.5, 0.0),
    "toes": (0.9, 0.76, 0.0),
    "small_toe": (0.9, 0.6, 0.24),
}

Joints = dict[str, Curve]  # name to (T, 3)


def joints_of(pose: Pose, body: Body, frames: int) -> Joints:
    """Return the places of all joints the project knows, each `(T, 3)` metres."""
    root = np.zeros((frames, 3))
    root[:, 0] = np.asarray(pose.left) * body.leg
    root[:, 1] = np.asarray(pose.height) * body.leg + body.ankle
    root[:, 2] = np.asarray(pose.forward) * body.leg
    pelvis = _frames(pose.pelvis, frames)
    joints: Joints = {"pelvis": root}
    chest = _trunk(joints, pose, body, pelvis)
    for side, sign in _SIDES.items():
        arm, leg = (pose.left_arm, pose.left_leg) if sign > 0 else (pose.right_arm, pose.right_leg)
        shoulder = (sign * body.shoulder, _SHOULDER * body.torso - _SPINE * body.torso, 0.0)
        joints[f"{side}_shoulder"] = joints["spine"] + turned(chest, shoulder)
        for name, place in _arm(arm, body, frames).items():
            outward = place * np.array([sign, 1.0, 1.0])
            joints[f"{side}_{name}"] = joints[f"{side}_shoulder"] + turned(chest, outward)
        joints[f"{side}_hip"] = root + turned(pelvis, (sign * body.hip, 0.0, 0.0))
        hip = joints[f"{side}_hip"] * np.array([sign, 1.0, 1.0])
        turn = sign * np.asarray(pose.pelvis.yaw)
        for name, place in _leg(leg, body, hip, turn).items():
            joints[f"{side}_{name}"] = place * np.array([sign, 1.0, 1.0])
    return joints


def _frames(bend: Bend, frames: int) -> Rotation:
    return np.broadcast_to(bent(bend.pitch, bend.roll, bend.yaw), (frames, 3, 3))


def _trunk(joints: Joints, pose: Pose, body: Body, pelvis: Rotation) -> Rotation:
    """Add the trunk and the head; return the chest's rotation, which carries the arms."""
    frames = len(pelvis)
    length, skull = body.torso, body.skull
    waist = pelvis @ _frames(pose.waist, frames)
    chest = np.asarray(waist @ _frames(pose.chest, frames))
    head = chest @ _frames(pose.head, frames)
    root = joints["pelvis"]
    joints["spine_low"] = root + turned(waist, (0.0, _SPINE_LOW * length, 0.0))
    spine = joints["spine"] = root + turned(waist, (0.0, _SPINE * length, 0.0))
    joints["chest"] = spine + turned(chest, (0.0, (_CHEST - _SPINE) * length, 0.0))
    neck = joints["neck"] = spine + turned(chest, (0.0, (1 - _SPINE) * length, 0.0))
    for name, (x, y, z) in _HEAD_POINTS.items():
        joints[name] = neck + turned(head, (x * skull, y * skull, z * skull))
    for side, sign in _SIDES.items():
        collar = (0.35 * sign * body.shoulder, (_COLLAR - _SPINE) * length, 0.0)
        joints[f"{side}_collar"] = spine + turned(chest, collar)
        for name, (x, y, z) in _FACE_POINTS.items():
            place = (sign * x * skull, y * skull, z * skull)
            joints[f"{side}_{name}"] = neck + turned(head, place)
    return chest


def _arm(arm: Arm, body: Body, frames: int) -> Joints:
    """Return elbow to finger tips from the shoulder, as a left arm in the chest's frame."""
    upper, fore = body.arm * UPPER_ARM_SHARE, body.arm * (1 - UPPER_ARM_SHARE)
    shoulder = raised(arm.lift, arm.out) @ about(_Y, arm.twist) @ about(_X, arm.tuck)
    shoulder = np.broadcast_to(shoulder, (frames, 3, 3))
    elbow = shoulder @ about(_X, -np.asarray(arm.bend))
    wrist = elbow @ about(_X, -np.asarray(arm.flex))
    joints = {"elbow": turned(shoulder, (0.0, -upper, 0.0))}
    joints["wrist"] = joints["elbow"] + turned(elbow, (0.0, -fore, 0.0))
    for name, (along, across) in _HAND_POINTS.items():
        place = (0.0, -along * body.hand, across * body.hand)
        joints[name] = joints["wrist"] + turned(wrist, place)
    return joints


def _leg(leg: Leg, body: Body, hip: Curve, pelvis_turn: Value) -> Joints:
    """Return knee to toes for a hip, as a left leg; the knee bends towards the foot's direction."""
    frames = len(hip)
    ball_down, ball_forward = (
        _FOOT_POINTS["foot"][0] * body.ankle,
        _FOOT_POINTS["foot"][1] * body.foot,
    )
    yaw = about(_Y, leg.turn)
    foot = np.broadcast_to(yaw @ about(_X, np.asarray(leg.heel) - leg.toe), (frames, 3, 3))
    # Lifting the heel turns the foot about its ball, so the ankle moves.
    on_ball = yaw @ about(_X, leg.heel)
    ball = (0.0, -ball_down, ball_forward)
    ankle = turned(np.broadcast_to(yaw, (frames, 3, 3)), ball)
    ankle = ankle - turned(np.broadcast_to(on_ball, (frames, 3, 3)), ball)
    ankle = ankle + np.stack(
        [
            np.broadcast_to(_STANCE * body.hip + np.asarray(leg.out) * body.leg, (frames,)),
            np.broadcast_to(body.ankle + np.asarray(leg.up) * body.leg, (frames,)),
            np.broadcast_to(np.asarray(leg.forward) * body.leg, (frames,)),
        ],
        axis=-1,
    )
    line = ankle - hip
    length = np.sqrt((line * line).sum(axis=-1, keepdims=True))
    straight = np.clip(length, 0.25 * body.leg, 0.999 * body.leg)
    line = line / length
    # Half of the foot's turn and half of the pelvis' show in the knee.
    knee_turn = 0.5 * np.asarray(leg.turn) + 0.5 * np.asarray(pelvis_turn)
    lift = np.degrees(np.arctan2(np.hypot(line[:, 0], line[:, 2]), -line[:, 1]))
    out = np.degrees(np.arctan2(line[:, 0], line[:, 2]))
    front = turned(raised(lift, out) @ about(_Y, knee_turn), (0.0, 0.0, 1.0))
    half = straight / 2
    bulge = np.sqrt(np.maximum(body.thigh**2 - half**2, 0.0))
    joints = {"knee": hip + line * half + front * bulge, "ankle": hip + line * straight}
    for name, (down, forward, outward) in _FOOT_POINTS.items():
        place = (outward * body.foot, -down * body.ankle, forward * body.foot)
        joints[name] = joints["ankle"] + turned(foot, place)
    return joints

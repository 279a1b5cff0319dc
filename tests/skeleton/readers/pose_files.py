"""Files as pose estimators' users have them, made of the animator's clips."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import LAYOUTS, Clip, parse_axes
from skeleton.animator import animate

MEDIAPIPE, BODY_25, COCO_18 = "mediapipe", "openpose25", "openpose18"


def world(clip: Clip) -> NDArray[np.float64]:
    """MediaPipe's world landmarks `(T, 33, 3)` of a clip: around the hips, y down, z away."""
    joints = clip.joints[:, 0].astype(np.float64)
    hips = [clip.layout.index["left_hip"], clip.layout.index["right_hip"]]
    joints = joints - joints[:, hips].mean(axis=1, keepdims=True)
    return np.round(joints * np.array([1, -1, -1]), 6)


def landmarks(points: NDArray[np.float64], visibility: float = 0.9) -> list[dict[str, float]]:
    """One pose `(33, 3)` as MediaPipe's landmarks."""
    return [{"x": x, "y": y, "z": z, "visibility": visibility} for x, y, z in points.tolist()]


def poses(frames: int | None = None) -> list[list[dict[str, float]]]:
    """A wave as MediaPipe sees it, a list of landmarks a frame."""
    return [landmarks(frame) for frame in world(animate("wave", layout=MEDIAPIPE))[:frames]]


def camera(layout: str, action: str = "wave") -> NDArray[np.float64]:
    """A clip in the camera's axes, x right, y down, z away: `(T, V, 3)` metres."""
    clip = animate(action, layout=LAYOUTS[layout])
    turned = parse_axes("x,-y,-z").apply(clip.joints[:, 0])
    return np.round(turned.astype(np.float64), 4)


def person(points: NDArray[np.float64], confidence: float = 0.8) -> dict[str, Any]:
    """A body `(V, 2)` or `(V, 3)` as OpenPose writes it."""
    row = np.column_stack([points, np.full(len(points), confidence)]).ravel().tolist()
    flat = points.shape[1] == 2
    return {
        "person_id": [-1],
        "pose_keypoints_2d": row if flat else [],
        "face_keypoints_2d": [],
        "pose_keypoints_3d": [] if flat else row,
    }


def frame(*people: dict[str, Any]) -> dict[str, Any]:
    """A frame of OpenPose's."""
    return {"version": 1.3, "people": list(people)}


def kinetics(bodies: NDArray[np.float64], score: float = 0.7) -> dict[str, Any]:
    """Bodies `(T, M, 18, 2)` as a Kinetics-skeleton file has them."""
    return {
        "data": [
            {
                "frame_index": number + 1,
                "skeleton": [
                    {"pose": body.ravel().tolist(), "score": [score] * 18} for body in bodies_then
                ],
            }
            for number, bodies_then in enumerate(bodies)
        ],
        "label": "waving hand",
        "label_index": 378,
    }


def text(tree: Any) -> bytes:
    """A value as JSON."""
    return json.dumps(tree).encode()

"""What the floor looks at: poses without position, size and heading (ours, no learning)."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from skeleton import LAYOUTS, Clip, prepare

FRAMES = 32
#: The 15 joints that every 3D sensor gives.
JOINTS = LAYOUTS["openni"]


def floor_features(clips: Iterable[Clip], *, frames: int = FRAMES) -> NDArray[np.float32]:
    """Return float32 `(n, frames, 48)`: 15 joints and the hip path of every clip
    (an archive is such an iterable).

    Joints are relative to the middle of the hips; the path is that middle relative to the first
    frame. Both are divided by the clip's median torso length (a clip without a body is all zero)
    and turned about the vertical so that, on the clip's average, hips and shoulders lie along x.
    """
    joints = np.stack([prepare(clip, JOINTS, frames).joints[:, 0] for clip in clips])
    left_hip, right_hip, neck = (_column(joints, j) for j in ("left_hip", "right_hip", "neck"))
    hips = (left_hip + right_hip) / 2  # (n, T, 3)
    torso = np.median(np.linalg.norm(neck - hips, axis=-1), axis=1)  # (n,)
    size = np.where(torso > 0, torso, 1)[:, None, None, None]
    poses = (joints - hips[:, :, None]) / size  # (n, T, 15, 3)
    path = (hips - hips[:, :1])[:, :, None] / size  # (n, T, 1, 3)
    across = left_hip - right_hip
    across = across + _column(joints, "left_shoulder") - _column(joints, "right_shoulder")
    turned = np.concatenate([poses, path], axis=2) @ _facing(across.mean(axis=1))[:, None]
    return turned.reshape(len(joints), frames, -1).astype(np.float32)


def _column(joints: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return joints[:, :, JOINTS.index[name]]


def _facing(across: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rotations `(n, 3, 3)` about y, for row vectors, that bring `across` `(n, 3)` onto x."""
    x, z = across[:, 0], across[:, 2]
    length = np.hypot(x, z)
    known = length > 0
    length = np.where(known, length, 1)
    cos, sin = np.where(known, x / length, 1), np.where(known, z / length, 0)
    nought, one = np.zeros_like(cos), np.ones_like(cos)
    rows = [[cos, nought, -sin], [nought, one, nought], [sin, nought, cos]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=1).astype(np.float32)

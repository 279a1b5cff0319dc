"""Rotations as matrices, from degrees (ours). Right-handed, y up, columns are the turned axes."""

import numpy as np
from numpy.typing import NDArray

from skeleton.animator.curves import Curve, Value

Rotation = NDArray[np.float64]  # (T, 3, 3)


def about(axis: tuple[Value, Value, Value], degrees: Value) -> Rotation:
    """Rotate about a unit axis, each component `(T,)` or constant; returns `(T, 3, 3)`."""
    x, y, z = axis
    angle = np.radians(degrees)
    s, c = np.sin(angle), np.cos(angle)
    k = 1 - c
    rows = (
        (c + x * x * k, x * y * k - z * s, x * z * k + y * s),
        (y * x * k + z * s, c + y * y * k, y * z * k - x * s),
        (z * x * k - y * s, z * y * k + x * s, c + z * z * k),
    )
    frames = max(np.size(part) for part in (x, y, z, angle))
    rotation = np.empty((frames, 3, 3))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            rotation[:, i, j] = value
    return rotation


def bent(pitch: Value, roll: Value, yaw: Value) -> Rotation:
    """Bend forward by `pitch`, to the right by `roll`, turn to the left by `yaw`."""
    turned = about((0.0, 1.0, 0.0), yaw) @ about((1.0, 0.0, 0.0), pitch)
    return np.asarray(turned @ about((0.0, 0.0, 1.0), roll))


def raised(lift: Value, out: Value) -> Rotation:
    """Turn what hangs down by `lift` towards a direction: 0 forward, 90 outward (+x)."""
    angle = np.radians(out)
    return about((-np.cos(angle), 0.0, np.sin(angle)), lift)


def turned(rotation: Rotation, vector: tuple[float, float, float] | Curve) -> Curve:
    """Apply rotations `(T, 3, 3)` to a vector, constant or `(T, 3)`; returns `(T, 3)`."""
    if isinstance(vector, tuple):
        return np.asarray(rotation @ np.asarray(vector, dtype=np.float64))
    return np.asarray((rotation * vector[:, None, :]).sum(axis=-1))

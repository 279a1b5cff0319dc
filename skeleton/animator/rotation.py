"""Rotations as matrices, from degrees (ours). Right-handed, y up, columns are the turned axes."""

import numpy as np
from numpy.typing import NDArray

from skeleton.animator.curves import Curve, Value

Rotation = NDArray[np.float64]  # (T, 3, 3)


def about(axis: tuple[Value, Value, Value], degrees: Value) -> Rotation:
    """Rotate about a unit axis, each component `(T,)` or constant; returns `(T, 3, 3)`."""
    x, y, z, angle = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in (*axis, degrees))
    )
    s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    k = 1 - c
    rows = [
        [c + x * x * k, x * y * k - z * s, x * z * k + y * s],
        [y * x * k + z * s, c + y * y * k, y * z * k - x * s],
        [z * x * k - y * s, z * y * k + x * s, c + z * z * k],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def bent(pitch: Value, roll: Value, yaw: Value) -> Rotation:
    """Bend forward by `pitch`, to the right by `roll`, turn to the left by `yaw`."""
    turned = about((0.0, 1.0, 0.0), yaw) @ about((1.0, 0.0, 0.0), pitch)
    return np.asarray(turned @ about((0.0, 0.0, 1.0), roll))


def raised(lift: Value, out: Value) -> Rotation:
    """Turn what hangs down by `lift` towards a direction: 0 forward, 90 outward (+x)."""
    angle = np.radians(out)
    return about((-np.cos(angle), 0.0, np.sin(angle)), lift)


def turned(rotation: Rotation, vector: tuple[Value, Value, Value] | Curve) -> Curve:
    """Apply rotations `(T, 3, 3)` to a vector, constant or `(T, 3)`; returns `(T, 3)`."""
    if isinstance(vector, tuple):
        parts = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part)) for part in vector))
        vector = np.stack(parts, axis=-1).astype(np.float64)
    return np.asarray((rotation * vector[:, None, :]).sum(axis=-1))

"""Time: short gaps bridged, the whole clip resampled to a fixed number of frames (ours)."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

#: Gaps of up to this many seconds are bridged by linear interpolation and count as seen.
LONGEST_BRIDGED_GAP = 0.2


def bridge_gaps(joints: NDArray[np.float32], fps: float) -> NDArray[np.float32]:
    """Bridge the short inner gaps (NaN) of every joint in `(T, V, 3)`; longer ones stay."""
    longest = int(LONGEST_BRIDGED_GAP * fps + 1e-6)
    unseen = np.isnan(joints).any(axis=-1)  # (T, V)
    if longest == 0 or not unseen.any():
        return joints
    frames = np.arange(len(joints))[:, None]
    before = np.maximum.accumulate(np.where(unseen, -1, frames), axis=0)  # (T, V)
    after = np.where(unseen, len(joints), frames)[::-1]
    after = np.minimum.accumulate(after, axis=0)[::-1]
    bridged = unseen & (before >= 0) & (after < len(joints)) & (after - before - 1 <= longest)
    if not bridged.any():
        return joints
    t, v = np.nonzero(bridged)
    left, right = before[t, v], after[t, v]
    weight = ((t - left) / (right - left)).astype(np.float32)[:, None]
    joints = joints.copy()
    joints[t, v] = joints[left, v] * (1 - weight) + joints[right, v] * weight
    return joints


def resample(joints: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Resample `(T, V, 3)` over its whole length to `(frames, V, 3)`, linearly in time.

    Between a seen and an unseen frame (NaN) the nearer decides.
    """
    if len(joints) == frames:
        return joints
    left, right, weight = _positions(len(joints), frames)
    a, b = joints[left], joints[right]
    out = a + (b - a) * weight
    if np.isnan(out).any():
        nearer = np.where(weight < 0.5, a, b)
        out = np.where(np.isnan(out), nearer, out)
    return out


@lru_cache(maxsize=512)
def _positions(
    source: int, frames: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    at = np.linspace(0, source - 1, frames)
    left = np.floor(at).astype(np.intp)
    right = np.minimum(left + 1, source - 1)
    weight = (at - left).astype(np.float32)[:, None, None]
    for array in (left, right, weight):
        array.flags.writeable = False
    return left, right, weight

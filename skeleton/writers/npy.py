"""`.npy` of one clip: the coordinates alone (ours)."""

from io import BytesIO

import numpy as np

from skeleton.clip import Recording


def write_npy(recording: Recording) -> bytes:
    """Write float32 `(T, V, 3)`, or `(T, M, V, 3)` of several persons. The layout, the frame rate
    and the axes are not in the file: who reads it must say them."""
    joints = recording.joints
    buffer = BytesIO()
    np.save(buffer, joints[:, 0] if joints.shape[1] == 1 else joints, allow_pickle=False)
    return buffer.getvalue()

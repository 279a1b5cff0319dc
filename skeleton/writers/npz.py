"""`.npz` of one clip: everything a recording is, to the bit (ours)."""

from io import BytesIO
from typing import Any

import numpy as np

from skeleton.clip import Recording


def write_npz(recording: Recording) -> bytes:
    """Write `joints` float32 `(T, M, V, 3)`, `layout`, `joint_names`, `parents`, `axes`, and `fps`
    and `person` where they are known. The same recording gives the same bytes."""
    layout = recording.layout
    arrays: dict[str, Any] = {
        "joints": recording.joints,
        "layout": np.array(layout.name),
        "joint_names": np.array(layout.joints),
        "parents": np.array(layout.parents, dtype=np.int32),
        "axes": np.array(recording.axes),
    }
    if recording.fps is not None:
        arrays["fps"] = np.float64(recording.fps)
    if recording.person is not None:
        arrays["person"] = np.int64(recording.person)
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()

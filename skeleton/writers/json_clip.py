"""The project's JSON, to be sent to the service as it is or read again (ours)."""

from typing import Any

import numpy as np

from skeleton.clip import Recording
from skeleton.layouts import LAYOUTS


def write_json(recording: Recording, action: str | None = None) -> bytes:
    """Write `{"clip": {"layout", "fps", "axes", "person", "joints"}}`, a body of `/recognize`; with
    an `action` before the clip, one of `/enroll`.

    Every coordinate comes back to the bit, an unseen one is null. A layout that is not built in is
    written as its joint names, so that its own name and parents are lost.
    """
    import orjson

    layout = recording.layout
    built_in = LAYOUTS.get(layout.name) == layout
    joints = recording.joints
    clip: dict[str, Any] = {"layout": layout.name if built_in else layout.joints}
    if recording.fps is not None:
        clip["fps"] = recording.fps
    clip["axes"] = recording.axes
    if recording.person is not None:
        clip["person"] = recording.person
    # [T][V][3] for one person, as most people write it.
    clip["joints"] = np.ascontiguousarray(joints[:, 0] if joints.shape[1] == 1 else joints)
    named = {} if action is None else {"action": action}
    return orjson.dumps({**named, "clip": clip}, option=orjson.OPT_SERIALIZE_NUMPY)

"""Joint importance: the weight that the model's encoder gave each joint, by name or as weights."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from service.model_outputs import IMPORTANCE, Arrays
from skeleton import Layout, Recording, UnusableClip

if TYPE_CHECKING:  # a command that draws nothing starts without the model's runtime
    from service.encoder import Encoder

_DIGITS = 4


def importance_by_joint(arrays: Arrays, layout: Layout) -> dict[str, float] | None:
    """Return the weight of each of the layout's joints, largest first, 1 in all; None where the
    model tells none."""
    if IMPORTANCE not in arrays:
        return None
    weights = arrays[IMPORTANCE]
    order = np.argsort(-weights, kind="stable")
    return {layout.joints[joint]: round(float(weights[joint]), _DIGITS) for joint in order}


def importance_in(recording: Recording, encoder: "Encoder") -> NDArray[np.float32] | None:
    """Return the weights `(V,)` of the model's joints in a recording that is only looked at; None
    where the model tells none or must refuse the clip. The model runs only if it tells."""
    if not encoder.outputs.importance:
        return None
    try:
        arrays = encoder.run(encoder.prepared(recording))
    except UnusableClip:
        return None
    found = arrays[IMPORTANCE]
    return found if np.isfinite(found).all() else None

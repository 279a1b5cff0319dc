"""Views: bodies turned and tilted for a viewer, the moments that show a clip best (ours).

Points are `(…, 3)`: to the right, up, towards the viewer; NaN where unseen.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from skeleton.layouts import Layout

Points = NDArray[np.float64]

#: The corners of the trunk, around it.
CORNERS = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")

_ACROSS = ("shoulder", "hip")
_ENDS = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")


def heading(points: Points, layout: Layout) -> float:
    """The mean direction the bodies `(…, V, 3)` face, degrees to the left of the viewer's
    direction; 0 where neither shoulders nor hips were seen."""
    left = np.zeros(2)
    for part in _ACROSS:
        a, b = layout.index.get(f"left_{part}"), layout.index.get(f"right_{part}")
        if a is None or b is None:
            continue
        across = (points[..., a, :] - points[..., b, :]).reshape(-1, 3)
        across = across[~np.isnan(across).any(axis=-1)]
        if len(across):
            left += across[:, (0, 2)].mean(axis=0)
    # A body that faces +z has its left at +x.
    return float(np.degrees(np.arctan2(-left[1], left[0]))) if left.any() else 0.0


def turned(points: Points, degrees: float) -> Points:
    """Turn about the vertical, to the bodies' own left."""
    s, c = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def tilted(points: Points, degrees: float) -> Points:
    """Show points to a viewer who looks down by some degrees."""
    s, c = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([x, y * c - z * s, y * s + z * c], axis=-1)


def mover(points: Points, layout: Layout) -> str | None:
    """The wrist or ankle whose path in `(T, V, 3)` has the largest extent, None where none moves
    by 10 cm."""
    best, most = None, 0.1
    for end in _ENDS:
        if end not in layout.index:
            continue
        path = points[:, layout.index[end]]
        path = path[~np.isnan(path).any(axis=-1)]
        extent = float(np.ptp(path, axis=0).max()) if len(path) else 0.0
        if extent > most:
            best, most = end, extent
    return best


def moments(seen: NDArray[np.intp], poses: int) -> Iterator[int]:
    """Choose frames near evenly spread ones, those with most joints `seen` `(T,)` first."""
    even = np.linspace(0, len(seen) - 1, max(poses, 3)).round().astype(int)
    if poses < 3:
        # Most actions end as they begin: where there is little room, their middle tells more.
        even = even[2 - poses : 2]
    around = len(seen) // (3 * poses)
    taken = -1
    for frame in even:
        near = np.arange(max(frame - around, taken + 1), min(frame + around + 1, len(seen)))
        if len(near):
            taken = int(near[np.lexsort((np.abs(near - frame), -seen[near]))[0]])
            yield taken

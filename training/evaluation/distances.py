"""All-pairs distances between clips of equal length: Euclid and dynamic time warping (ours)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

Cost = Literal["euclidean", "squared"]
Floats = NDArray[np.float32]

#: Clips compared with one clip at a time; bounds the memory to about 4 (frames² · block) floats.
_BLOCK = 1024


def euclid(features: Floats) -> Floats:
    """Return distances `(n, n)` between clips `(n, T, D)`, frame by frame with no warping."""
    flat = _centred(features).reshape(len(features), -1)
    squares = np.einsum("nd,nd->n", flat, flat)
    distance: Floats = np.sqrt(np.maximum(squares[:, None] + squares - 2 * (flat @ flat.T), 0))
    np.fill_diagonal(distance, 0)
    return distance


def dtw(
    features: Floats, *, window: int | None = None, cost: Cost = "euclidean", label: str = ""
) -> Floats:
    """Return time-warping distances `(n, n)` between clips `(n, T, D)`.

    The sum of the frame costs along the cheapest path from first to last frames, in steps of
    (1, 0), (0, 1), (1, 1), no further from the diagonal than `window` frames (a third of T).
    A cost is the Euclidean distance of two frames, or its square. One clip is warped with a block
    of others at once, one anti-diagonal at a time. `label` names the progress bar on a terminal.
    """
    clips, frames, _ = features.shape
    window = frames // 3 if window is None else window
    features = _centred(features)
    squares = (features * features).sum(axis=-1)  # (n, T)
    columns = np.ascontiguousarray(features.transpose(2, 1, 0))  # (D, T, n)
    distance = np.zeros((clips, clips), dtype=np.float32)
    for i in tqdm(range(clips), desc=label, unit="clip", disable=None if label else True):
        for start in range(i + 1, clips, _BLOCK):
            block = slice(start, min(start + _BLOCK, clips))
            against = np.ascontiguousarray(columns[:, :, block])
            costs = features[i] @ against.reshape(len(against), -1)  # (T, T·k)
            costs = costs.reshape(frames, frames, -1)  # (T, T, k)
            costs *= -2
            costs += squares[i][:, None, None]
            costs += squares[block].T
            np.maximum(costs, 0, out=costs)
            if cost == "euclidean":
                np.sqrt(costs, out=costs)
            distance[i, block] = distance[block, i] = _cheapest(costs, window)
    return distance


def _cheapest(costs: Floats, window: int) -> Floats:
    """Cost of the cheapest path through each of the k planes of `costs` `(T, T, k)`."""
    frames, _, width = costs.shape
    cells = costs.reshape(frames * frames, width)
    # Three anti-diagonals, a row for each frame of the first clip and one before them for the edge.
    last, before, now = (np.full((frames + 1, width), np.inf, dtype=np.float32) for _ in range(3))
    for diagonal in range(2 * frames - 1):
        first = max(0, diagonal - frames + 1, (diagonal - window + 1) // 2)
        final = min(frames - 1, diagonal, (diagonal + window) // 2)
        now.fill(np.inf)
        if first <= final:
            begin = first * frames + diagonal - first
            step = max(frames - 1, 1)
            here = cells[begin : begin + (final - first) * step + 1 : step]
            if diagonal == 0:
                now[1] = here[0]
            else:
                best = np.minimum(last[first : final + 1], last[first + 1 : final + 2])
                np.minimum(best, before[first : final + 1], out=best)
                np.add(best, here, out=now[first + 1 : final + 2])
        before, last, now = last, now, before
    return last[frames].copy()


def _centred(features: Floats) -> Floats:
    """Remove the mean frame: no distance changes, and float32 loses fewer digits."""
    centred: Floats = features - features.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
    return centred

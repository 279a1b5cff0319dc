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
    clips = len(features)
    others = _Columns(_centred(features), window, cost)
    distance = np.zeros((clips, clips), dtype=np.float32)
    for i in tqdm(range(clips), desc=label, unit="clip", disable=None if label else True):
        for start in range(i + 1, clips, _BLOCK):
            block = slice(start, min(start + _BLOCK, clips))
            distance[i, block] = distance[block, i] = others.from_clip(others.features[i], block)
    return distance


def dtw_between(rows: Floats, columns: Floats, *, window: int | None = None) -> Floats:
    """Return time-warping distances `(m, n)` from clips `(m, T, D)` to clips `(n, T, D)`, frames
    costing their Euclidean distance; see `dtw`."""
    # The columns' own mean for both: distances stay, and float32 loses fewer digits.
    mean = columns.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
    others = _Columns(columns - mean, window, "euclidean")
    distance = np.empty((len(rows), len(columns)), dtype=np.float32)
    for i, clip in enumerate(rows - mean):
        for start in range(0, len(columns), _BLOCK):
            block = slice(start, min(start + _BLOCK, len(columns)))
            distance[i, block] = others.from_clip(clip, block)
    return distance


class _Columns:
    """Clips `(n, T, D)` laid out so that another can be warped with a block of them at once."""

    def __init__(self, features: Floats, window: int | None, cost: Cost) -> None:
        self.features = features
        self.window = features.shape[1] // 3 if window is None else window
        self.cost = cost
        self.squares = (features * features).sum(axis=-1)  # (n, T)
        self.columns = np.ascontiguousarray(features.transpose(2, 1, 0))  # (D, T, n)

    def from_clip(self, clip: Floats, block: slice) -> Floats:
        """Return the distances `(k,)` from a clip `(T, D)` to those of the block."""
        frames = len(clip)
        against = np.ascontiguousarray(self.columns[:, :, block])
        costs = clip @ against.reshape(len(against), -1)  # (T, T·k)
        costs = costs.reshape(frames, frames, -1)  # (T, T, k)
        costs *= -2
        costs += (clip * clip).sum(axis=-1)[:, None, None]
        costs += self.squares[block].T
        np.maximum(costs, 0, out=costs)
        if self.cost == "euclidean":
            np.sqrt(costs, out=costs)
        return _cheapest(costs, self.window)


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

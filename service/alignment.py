"""Alignment: how far two clips' local features go together in time (ours, after Sakoe and Chiba).

A test holds it to the same computed as the definition reads, cell by cell.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def aligned_similarity(query: Floats, exemplars: Floats, band: int) -> Floats:
    """Return the similarity `(n,)`, -1 to 1, of local features `(S, D')` with n others
    `(n, S, D')`, all rows of unit length.

    It is the mean cosine along the best path from first to last steps: by one step of the query,
    of the exemplar, or of both, which counts twice, so that every path weighs 2·S whatever its
    length and the best sum is the best mean (the symmetric form of dynamic time warping, 1978).
    No path leaves the diagonal by more than `band` steps. Both orders of two clips give the same.
    """
    count, steps, _ = exemplars.shape
    # The exemplars come last: a cell of the plane of steps is a row of all of them.
    columns = exemplars.transpose(1, 0, 2).reshape(steps * count, -1)  # (S·n, D')
    cells = (query @ columns.T).reshape(steps * steps, count)
    # Best sums on three anti-diagonals: a row for each step of the query, one before them as edge.
    before, last, now = (np.full((steps + 1, count), -np.inf, dtype=np.float32) for _ in range(3))
    np.multiply(cells[0], 2, out=last[1])
    straight = np.empty((steps, count), dtype=np.float32)
    for diagonal in range(1, 2 * steps - 1):
        first = max(diagonal - steps + 1, (diagonal - band + 1) // 2, 0)
        final = min(diagonal, (diagonal + band) // 2, steps - 1)
        now.fill(-np.inf)
        if first <= final:
            begin = first * (steps - 1) + diagonal
            end = final * (steps - 1) + diagonal + 1
            here = cells[begin : end : steps - 1]
            best, both = now[first + 1 : final + 2], straight[: final - first + 1]
            np.add(before[first : final + 1], here, out=both)
            np.maximum(last[first : final + 1], last[first + 1 : final + 2], out=best)
            np.maximum(best, both, out=best)
            np.add(best, here, out=best)
        before, last, now = last, now, before
    mean: Floats = (last[steps] / (2 * steps)).astype(np.float32)
    return mean

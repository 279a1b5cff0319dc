"""Alignment again, cell by cell as its definition reads: `service.alignment` is held to it."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def aligned_similarity(queries: Floats, exemplars: Floats, band: int) -> Floats:
    """Return the similarity `(q, e)`, -1 to 1, of local features `(q, S, D')` with others
    `(e, S, D')`, all rows of unit length.

    The mean cosine along the best monotone path from first to last steps that leaves the diagonal
    by `band` steps at most. A step of both clips counts twice, so that every path weighs 2·S
    (Sakoe and Chiba's symmetric form).
    """
    return np.stack([_with_all(query, exemplars, band) for query in queries])


def _with_all(query: Floats, exemplars: Floats, band: int) -> Floats:
    """The similarities `(e,)` of one query `(S, D')`, cell by cell of the plane of steps."""
    steps = len(query)
    columns = exemplars.transpose(2, 1, 0).reshape(query.shape[1], -1)  # (D', S·e)
    cosine = (query @ columns).reshape(steps, steps, -1)  # (S, S, e)
    sums = np.full((steps + 1, steps + 1, len(exemplars)), -np.inf, dtype=np.float32)
    sums[0, 0] = 0
    for i in range(steps):
        for j in range(max(i - band, 0), min(i + band + 1, steps)):
            one = np.maximum(sums[i, j + 1], sums[i + 1, j])
            sums[i + 1, j + 1] = cosine[i, j] + np.maximum(one, sums[i, j] + cosine[i, j])
    mean: Floats = sums[steps, steps] / np.float32(2 * steps)
    return mean

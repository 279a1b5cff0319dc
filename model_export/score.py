"""The score: a similarity measured against the cohort and the gallery, so that one threshold serves
every action, other sensors, and small galleries as well as larger ones.

A model file names the formula; the service and the evaluation compute the same.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SCORE = "gallery-norm"


def mean_norm(similarity: Floats, queries: Floats, exemplars: Floats) -> Floats:
    """Return s - (m_q + m_e) / 2 of cosines `(Q, E)` and the cohort means `(Q,)` and `(E,)` (ours).

    It is the AS-norm of speaker verification without the division by the cohort's deviations,
    which are unsteady for a sensor that the cohort does not know.
    """
    return similarity - (queries[:, None] + exemplars) / 2

"""The probability that the best match is right (ours).

Among the enrolled actions each has a share that falls with how far its cosine lies below the best
one's: a softmax, whose temperature (Guo et al., ICML 2017) is told by the best two. Beside them
stands that the clip is of none of them, by the best score; how much that counts is for whoever asks
to say, as no score tells how many strangers there are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: The share of clips whose action is not enrolled, unless another is told.
STRANGERS = 0.5
_MOST = 700.0  # exp of more overflows, of less than its negative underflows

#: From the best scores `(Q,)`, how far each of C enrolled actions lies behind the best, in cosines,
#: `(Q, C)`, and the share of strangers, to the probabilities `(Q,)`.
StatesProbability = Callable[[Floats, Floats, float], Floats]


@dataclass(frozen=True)
class Probability:
    """`slope` and `intercept` make a best score the odds, by their logarithm, of a right match
    against a stranger's clip where as many clips are of enrolled actions as are not; two actions
    whose cosines differ by `temperature` have odds of e."""

    slope: float
    intercept: float
    temperature: float

    def of_best(self, best: Floats, behind: Floats, strangers: float = STRANGERS) -> Floats:
        """Return the probabilities `(Q,)` that the best match is right, where a share `strangers`
        of what is asked, less than 1, is of no enrolled action."""
        actions = np.exp(-behind / self.temperature).sum(axis=1)
        against = np.exp(np.clip(-(self.slope * best + self.intercept), -_MOST, _MOST))
        found: Floats = 1 / (actions + strangers / (1 - strangers) * against)
        return found

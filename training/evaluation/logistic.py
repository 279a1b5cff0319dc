"""Weighted logistic regression: from a score to the probability that a match is right (ours)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RIDGE = 1e-4


def logistic_fit(
    inputs: Floats, right: NDArray[np.bool_] | Floats, weights: Floats
) -> tuple[float, ...]:
    """Return K coefficients of `right` `(Q,)`, 0 to 1, on `inputs` `(Q, K)`, by Newton's method.

    `weights` `(Q,)` sum to 1. A slight ridge keeps separable trials finite.
    """
    scale = np.sqrt((weights[:, None] * inputs * inputs).sum(0)).clip(min=1e-9)
    x = inputs / scale
    beta = np.zeros(x.shape[1])

    def loss(at: Floats) -> float:
        z = x @ at
        likelihood = weights @ (np.logaddexp(0, z) - right * z)
        return float(likelihood + _RIDGE / 2 * at @ at)

    for _ in range(100):
        p = logistic(x @ beta)
        slope = x.T @ (weights * (p - right)) + _RIDGE * beta
        bend = (x * (weights * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(len(beta))
        step = np.linalg.solve(bend, slope)
        while loss(beta - step) > loss(beta) and np.abs(step).max() > 1e-12:
            step = step / 2
        beta = beta - step
        if np.abs(step).max() < 1e-10:
            break
    return tuple(float(value) for value in beta / scale)


def logistic(z: Floats) -> Floats:
    """Return 1 / (1 + exp(-z)), which overflows nowhere."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)), dtype=np.float64)

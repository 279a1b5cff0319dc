"""Curves over a movement's progress: keyframes, swings, windows (ours)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Curve: TypeAlias = NDArray[np.float64]
#: A value that is constant, or one value per frame `(T,)`.
Value: TypeAlias = float | Curve


def keyed(progress: Curve, *keys: tuple[float, float]) -> Curve:
    """Run smoothly through `(progress, value)` keys, at rest before the first and after the last:
    one value `(T,)` for each progress `(T,)`, as `through` runs several."""
    at, values = np.array(keys, dtype=np.float64).T
    return through(progress, at, values[:, None])[:, 0]


def through(progress: Curve, at: Curve, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run F values smoothly through their keys `(K, F)` at the progresses `at` `(K,)`: what they
    are at each progress `(T,)`, `(T, F)`.

    Monotone cubic interpolation (Fritsch and Carlson, 1980): it turns round exactly at the keys
    that are extremes and never overshoots, as limbs do not overshoot their aim.
    """
    span = np.diff(at)[:, None]
    rise = np.diff(values, axis=0) / span
    slope = np.zeros_like(values)
    before, after = rise[:-1], rise[1:]
    onward = before * after > 0
    weight_before, weight_after = 2 * span[1:] + span[:-1], span[1:] + 2 * span[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = (weight_before + weight_after) / (weight_before / before + weight_after / after)
    slope[1:-1] = np.where(onward, harmonic, 0.0)
    k = np.clip(np.searchsorted(at, progress, side="right") - 1, 0, len(span) - 1)
    p = np.clip((progress - at[k]) / span[k, 0], 0.0, 1.0)[:, None]
    p2, p3 = p * p, p * p * p
    return np.asarray(
        (2 * p3 - 3 * p2 + 1) * values[k]
        + (p3 - 2 * p2 + p) * span[k] * slope[k]
        + (3 * p2 - 2 * p3) * values[k + 1]
        + (p3 - p2) * span[k] * slope[k + 1]
    )


def window(progress: Curve, start: float, end: float, edge: float = 0.15) -> Curve:
    """Be 1 from `start` to `end`, 0 outside, with edges of width `edge` inside the span."""
    edge = min(edge, 0.45 * (end - start))
    return keyed(progress, (start, 0.0), (start + edge, 1.0), (end - edge, 1.0), (end, 0.0))


def stretch(progress: Curve, start: float, end: float) -> Curve:
    """Map `start`…`end` of the progress to 0…1, held outside."""
    return np.clip((progress - start) / (end - start), 0.0, 1.0)


def swing(progress: Curve, times: float, phase: float = 0.0) -> Curve:
    """Swing between -1 and 1 `times` times over progress 0…1; `phase` in turns."""
    return np.asarray(np.sin(2 * np.pi * (times * progress + phase)))

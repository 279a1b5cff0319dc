"""Timestamps: the frame rate that they tell, and uneven ones made even (ours)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skeleton.resampling import LONGEST_BRIDGED_GAP

_UNITS = (1.0, 1e-3, 1e-6, 1e-9)  # seconds to the unit
_TICK = 1e-7  # .NET's
_USUAL_RATE = 30.0
_SLOWEST, _FASTEST = 1.0, 1000.0
_EVEN = 0.1  # of a frame: timestamps that lie closer to even ones are even
_PAUSE = 3.0  # times the usual step: no step of the sensor
_LONGEST = 3.0  # times the frames there are: more would be made of pauses
_LEAST_TO_ROUND = 5.0

_NOT_RISING = "timestamps: they do not increase, so that they tell no frame rate"
Evened = tuple[NDArray[np.float64], float | None, tuple[str, ...]]


@np.errstate(all="ignore")  # times may be of any size
def mean_rate(
    frames: Sequence[int], times: Sequence[float], second: float | None
) -> tuple[float | None, tuple[str, ...]]:
    """Return the frames per second of a whole clip, whose length is then right, from the times of
    some of its frames; None where they do not tell it, and remarks. `second` as in `even`."""
    if len(times) < 2:
        return None, ()
    if not (np.diff(times) > 0).all():
        return None, (_NOT_RISING,)
    step = np.float64(times[-1] - times[0]) / (frames[-1] - frames[0])
    rate = float(1 / (step * (second or _likeliest(step, _UNITS))))
    if not _SLOWEST <= rate <= _FASTEST:
        return None, (_meant(rate),)
    return rate, ()


def even(joints: NDArray[np.float64], times: NDArray[np.float64], second: float | None) -> Evened:
    """Bring the joints `(T, V, 3)` of these times `(T,)` to an even frame rate.

    `second` is the unit in seconds; where it is not given, the one that makes the rate most usual
    is taken. Returns the joints, the frame rate, None where the times do not tell it, and remarks.
    Uneven times are resampled linearly to a whole number of frames a second; in gaps of more than
    0.2 s nothing is seen.
    """
    if len(times) < 2:
        return joints, None, ()
    if not np.isfinite(times).all():
        return joints, None, ("timestamps: some are missing, so that they tell no frame rate",)
    steps = np.diff(times)
    if not (steps > 0).any():
        return joints, None, (_NOT_RISING,)
    usual = float(np.median(steps[steps > 0]))
    unit = second or _likeliest(usual, (*_UNITS, _TICK))
    step = float(steps[(steps > 0) & (steps <= _PAUSE * usual)].mean()) * unit
    if not _SLOWEST <= 1 / step <= _FASTEST:
        return joints, None, (_meant(1 / step),)
    rate = 1 / step
    if (steps <= 0).any():
        count = int((steps <= 0).sum())
        said = f"timestamps: {count} do not increase; the frames were taken to be even in time"
        return joints, round(rate, 3), (said,)
    seconds = (times - times[0]) * unit
    if np.abs(seconds * rate - np.arange(len(times))).max() <= _EVEN:
        return joints, round(rate, 3), ()
    rate = float(round(rate)) if rate >= _LEAST_TO_ROUND else rate
    if seconds[-1] * rate > _LONGEST * len(times):
        said = "timestamps: most of the time is pauses; the frames were taken to be even in time"
        return joints, rate, (said,)
    remark = (
        f"resampled: the frames are {steps.min() * unit * 1000:.0f} to "
        f"{steps.max() * unit * 1000:.0f} ms apart; they were brought to {rate:g} a second"
    )
    return _resampled(joints, seconds, rate), rate, (remark,)


def _likeliest(step: float, units: Sequence[float]) -> float:
    """The unit that makes the rate most usual."""
    return min(units, key=lambda unit: abs(np.log(step * unit * _USUAL_RATE)))


def _meant(rate: float) -> str:
    return f"timestamps: {rate:g} frames a second cannot be meant"


@np.errstate(over="ignore", invalid="ignore")  # infinite coordinates are refused later
def _resampled(
    joints: NDArray[np.float64], seconds: NDArray[np.float64], rate: float
) -> NDArray[np.float64]:
    grid = np.arange(int(seconds[-1] * rate + 1e-6) + 1) / rate
    right = np.clip(np.searchsorted(seconds, grid, side="right"), 1, len(seconds) - 1)
    gap = seconds[right] - seconds[right - 1]
    weight = np.clip((grid - seconds[right - 1]) / gap, 0, 1)
    near = np.where(weight < 0.5, right - 1, right)
    share = weight[:, None, None]
    even = joints[right - 1] * (1 - share) + joints[right] * share
    # Beside an unseen frame the nearer one decides.
    even = np.where(np.isnan(even), joints[near], even)
    even[(gap > LONGEST_BRIDGED_GAP) & (np.abs(grid - seconds[near]) > 0.5 / rate)] = np.nan
    return even

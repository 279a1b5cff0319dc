"""Frame times: the frame rate that a JSON file's `fps`, or its frames' timestamps, give (ours)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_RATES = ("fps", "framerate")
_TIMES = ("timestampms", "timestamp", "time", "t")
_FASTEST, _SLOWEST = 1000.0, 1.0  # frames per second


def frame_rate(tree: Any, frames: Sequence[Any]) -> tuple[float | None, tuple[str, ...]]:
    """Return the frames per second, None where nothing tells it, and remarks.

    Timestamps are seconds, milliseconds or microseconds, told by their name (`timestamp_ms`), else
    by the step between them. The rate is that of the whole clip, so that its length is right.
    """
    given = _under(tree, _RATES)
    if given is not None:
        return given, ()
    named, times = _times_of(frames)
    if len(times) < 2:
        return None, ()
    steps = [after[1] - before[1] for before, after in pairwise(times)]
    (first, start), (last, end) = times[0], times[-1]
    if min(steps) <= 0:
        return None, ("timestamps: they do not rise from frame to frame, and are not used",)
    rate = _unit(named, (end - start) / (last - first)) * (last - first) / (end - start)
    if not _SLOWEST <= rate <= _FASTEST:
        return None, (f"timestamps: they give {rate:.3g} frames a second, and are not used",)
    return rate, ()


def _times_of(frames: Sequence[Any]) -> tuple[str, list[tuple[int, float]]]:
    """The name of the timestamps, and `(frame, time)` of every frame that has one."""
    for name in _TIMES:
        times = [
            (number, value)
            for number, frame in enumerate(frames)
            if (value := _under(frame, (name,))) is not None
        ]
        if times:
            return name, times
    return "", []


def _under(value: Any, names: Sequence[str]) -> float | None:
    """The number that an object has under one of these names, however they are spelled."""
    if isinstance(value, dict):
        for key, number in value.items():
            if key.replace("_", "").lower() in names and type(number) in (int, float):
                return float(number)
    return None


def _unit(name: str, step: float) -> float:
    """How many of the timestamps' units a second has."""
    if name.endswith("ms"):
        return 1e3
    if step <= 1 / _SLOWEST:
        return 1.0
    return 1e3 if step <= 1e3 / _SLOWEST else 1e6

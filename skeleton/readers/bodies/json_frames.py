"""Frames in JSON: the list that a pose estimator's file holds, and how fast they follow (ours)."""

from collections.abc import Sequence
from typing import Any

from skeleton.clip import refuse_length
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.bodies.timestamps import mean_rate

# Keys as they are compared: lower-case, without underscores.
_RATES = ("fps", "framerate")
_TIMES = ("timestampms", "timestamp", "time", "t")


def checked_frames(frames: Any) -> list[Any]:
    """Return the frames of a JSON file. Raises `UnreadableClip` for what is no list,
    `UnusableClip` for none and for too many."""
    if not isinstance(frames, list):
        raise UnreadableClip("the file is neither a list of frames nor an object with frames")
    if not frames:
        raise UnusableClip("the file has no frames")
    refuse_length(len(frames))
    return frames


def under(value: Any, keys: Sequence[str]) -> Any:
    """Return what an object has under one of these keys, however they are spelled; None for
    nothing, and for what is no object."""
    if isinstance(value, dict):
        for key, content in value.items():
            if content is not None and _plain(key) in keys:
                return content
    return None


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


def frame_rate(tree: Any, frames: Sequence[Any]) -> tuple[float | None, tuple[str, ...]]:
    """Return the frames per second, from `fps` or else from the frames' timestamps, None where
    nothing tells it; and remarks."""
    given = under(tree, _RATES)
    if type(given) in (int, float):
        return float(given), ()
    # Of all frames at once, because there are many of them and few keys.
    keys = set().union(*(frame for frame in frames if isinstance(frame, dict)))
    for name in _TIMES:
        spelled = [key for key in keys if _plain(key) == name]
        numbered = [
            (number, float(time))
            for number, frame in enumerate(frames if spelled else ())
            if type(time := under(frame, (name,))) in (int, float)
        ]
        if numbered:
            numbers, times = zip(*numbered, strict=True)
            return mean_rate(numbers, times, 1e-3 if name.endswith("ms") else None)
    return None, ()

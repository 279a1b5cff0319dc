"""A folder such as NTU RGB+D's, made by the animator: classes by number, two persons in some."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from skeleton import Clip
from skeleton.animator import ACTIONS, BODIES, animate
from skeleton.animator.files import as_ntu

#: From here on a class of NTU's is done by two.
FIRST_MUTUAL = 50
_MOVES = sorted(ACTIONS)


def performed(number: int, seed: int, *, layout: str = "kinect_v2") -> Clip:
    """A short performance of class A`number` by somebody; by two people of a mutual class."""
    action, body = _MOVES[number % len(_MOVES)], sorted(BODIES)[seed % len(BODIES)]
    how = {"body": body, "speed": 4.0, "layout": layout, "noise": 0.004}
    clip = animate(action, seed=seed, yaw=10.0 * (seed % 5 - 2), **how)  # type: ignore[arg-type]
    if number < FIRST_MUTUAL:
        return clip
    other = animate(action, seed=seed + 1, yaw=20.0, **how)  # type: ignore[arg-type]
    return beside(clip, other)


def beside(*clips: Clip) -> Clip:
    """Clips of one person each as one of several, a metre from each other, as long as the
    shortest."""
    frames = min(len(clip.joints) for clip in clips)
    placed = [
        clip.joints[:frames] + np.array([1.0 * number, 0, 0], dtype=np.float32)
        for number, clip in enumerate(clips)
    ]
    return Clip(np.concatenate(placed, axis=1), clips[0].layout, clips[0].fps)


def ghost(frames: int) -> Clip:
    """What a chair is taken for: a body that does not move."""
    clip = animate("squat", speed=4.0)
    return Clip(np.repeat(clip.joints[:1], frames, axis=0), clip.layout, clip.fps)


def name(number: int, *, setup: int = 1, camera: int = 3, person: int = 8, again: int = 1) -> str:
    """The name of a file of class A`number`; unless said, that of a fixed exemplar."""
    return f"S{setup:03d}C{camera:03d}P{person:03d}R{again:03d}A{number:03d}"


def write_ntu_folder(folder: Path, numbers: Iterable[int], *, more: int = 2) -> Path:
    """Write the fixed exemplar of every class and `more` clips by others, in nested folders."""
    for number in numbers:
        setup = 1 if number <= 60 else 18
        place = folder / f"s{setup:03d}" / "skeletons"
        place.mkdir(parents=True, exist_ok=True)
        for seed in range(1 + more):
            called = name(number, setup=setup)
            if seed:
                called = name(number, setup=setup, camera=1 + seed % 3, person=seed, again=2)
            content = as_ntu(performed(number, 100 * number + seed))
            (place / f"{called}.skeleton").write_bytes(content)
    return folder

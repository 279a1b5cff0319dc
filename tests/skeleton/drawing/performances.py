"""Performances as a reader would hand them over."""

from __future__ import annotations

from skeleton import Recording, record
from skeleton.animator import animate


def performed(action: str = "wave", **how: object) -> Recording:
    clip = animate(action, **how)  # type: ignore[arg-type]
    return record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")

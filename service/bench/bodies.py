"""Bodies: the clips that the benchmark sends, from the animator."""

import json
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from skeleton import Prepared, Recording, prepare, record, resolve_layout
from skeleton.animator import ACTIONS, animate
from skeleton.layouts import Layout
from skeleton.resampling import resample

FRAMES = 64
LAYOUT = "kinect_v2"
_FPS = 30
_NOISE = 0.005  # metres


@dataclass(frozen=True)
class Body:
    """A request's body: `kind` is `npy` or `json`, `query` belongs to the address."""

    kind: str
    media_type: str
    query: dict[str, str]
    content: bytes

    def target(self, path: str, **more: str) -> str:
        """The request target for a path, with the query of the body and more."""
        return f"{path}?{urlencode(self.query | more)}"


def clip_to_recognize() -> NDArray[np.float32]:
    """One clip `(64, 25, 3)` of an action, with a sensor's noise."""
    return _performed("wave", seed=2)


def npy_body(joints: NDArray[np.float32]) -> Body:
    """Write a clip `(T, V, 3)` as `.npy`."""
    buffer = BytesIO()
    np.save(buffer, joints, allow_pickle=False)
    query = {"layout": LAYOUT, "fps": str(_FPS)}
    return Body("npy", "application/x-npy", query, buffer.getvalue())


def json_body(joints: NDArray[np.float32]) -> Body:
    """Write a clip `(T, V, 3)` as JSON, every digit of `tolist()`, as most Python clients do."""
    clip = {"layout": LAYOUT, "fps": _FPS, "joints": joints.tolist()}
    return Body("json", "application/json", {}, json.dumps({"clip": clip}).encode())


def gallery(actions: int) -> list[tuple[str, Body]]:
    """Names and clips of so many actions to enroll; beyond the animator's they repeat, numbered."""
    names = list(ACTIONS)
    found = []
    for number in range(actions):
        turn, place = divmod(number, len(names))
        name = names[place]
        clip = _performed(name, seed=1000 + number)
        found.append((f"{name} {turn + 1}" if turn else name, npy_body(clip)))
    return found


def prepared(joints: NDArray[np.float32], layout: Layout, frames: int) -> Prepared:
    """The clip as the model takes it."""
    recording: Recording = record(joints, resolve_layout(LAYOUT), fps=_FPS)
    return prepare(recording.clip(), layout, frames)


def _performed(action: str, seed: int) -> NDArray[np.float32]:
    clip = animate(action, seed=seed, noise=_NOISE, layout=LAYOUT)
    return resample(clip.joints[:, 0], FRAMES)

"""The example clips that the README sends with curl: made here, kept in `examples/` (ours).

`enroll/` holds one clip for each action, `recognize/` the same actions by other people, from
other sides, at other speeds, with a sensor's errors; and one action that was never enrolled.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from skeleton.animator.performance import animate
from skeleton.clip import Clip


@dataclass(frozen=True)
class Example:
    """A performance, by whom and how it is seen."""

    action: str
    body: str
    seed: int
    speed: float = 1.0
    yaw: float = 0.0
    noise: float = 0.0
    missing: float = 0.0

    def clip(self) -> Clip:
        """Perform it, to the millimetre."""
        clip = animate(
            self.action,
            body=self.body,
            seed=self.seed,
            speed=self.speed,
            yaw=self.yaw,
            noise=self.noise,
            missing=self.missing,
        )
        # The added zero turns -0.0 into 0.0.
        joints = (np.round(clip.joints.astype(np.float64), 3) + 0.0).astype(np.float32)
        return Clip(joints, clip.layout, clip.fps)


#: One clip for each action to enroll, by the name of its file.
ENROLLED = (
    Example("wave", "adult", 24),
    Example("kick", "adult", 22),
    Example("squat", "adult", 23),
    Example("clap", "adult", 21),
    Example("throw", "adult", 25),
    Example("bow", "adult", 26),
    Example("sit_down", "adult", 27),
    Example("stand_up", "adult", 28),
)
#: Clips to recognise; the last one's action is not among the enrolled.
RECOGNIZED = (
    Example("wave", "child", 37, 1.3, 28, 0.006, 0.02),
    Example("kick", "tall", 32, 1.15, -24, 0.006, 0.02),
    Example("squat", "broad", 33, 0.85, 35, 0.006, 0.02),
    Example("clap", "short", 34, 1.1, -18, 0.006, 0.02),
    Example("throw", "teenager", 35, 0.9, 20, 0.006, 0.02),
    Example("bow", "tall", 36, 1.2, -32, 0.006, 0.02),
    Example("sit_down", "child", 31, 1.05, 15, 0.006, 0.02),
    Example("stand_up", "broad", 38, 0.9, -22, 0.006, 0.02),
    Example("jumping_jack", "teenager", 39, 1.0, 10, 0.006, 0.02),
)


def example_files() -> dict[str, bytes]:
    """Return every example file's content by its path under the examples' folder."""
    files: dict[str, bytes] = {}
    for example in ENROLLED:
        clip = example.clip()
        files[f"enroll/{example.action}.json"] = as_json(clip, action=example.action)
        files[f"enroll/{example.action}.npy"] = as_npy(clip)
    for example in RECOGNIZED:
        clip = example.clip()
        files[f"recognize/{example.action}.json"] = as_json(clip)
        files[f"recognize/{example.action}.npy"] = as_npy(clip)
    return files


def write_examples(folder: Path) -> list[Path]:
    """Write the example files into a folder; running it again writes the same bytes."""
    written = []
    for name, content in example_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def as_json(clip: Clip, *, action: str | None = None) -> bytes:
    """Write a clip of one person as the JSON body of an HTTP request, millimetres exact; with
    `action` one to enroll. An unseen joint is null."""
    joints = [
        [None if np.isnan(joint).any() else [round(float(c), 3) for c in joint] for joint in frame]
        for frame in clip.joints[:, 0]
    ]
    body: dict[str, object] = {} if action is None else {"action": action}
    body["clip"] = {"layout": clip.layout.name, "fps": clip.fps, "joints": joints}
    return (json.dumps(body, separators=(",", ":")) + "\n").encode()


def as_npy(clip: Clip) -> bytes:
    """Write a clip of one person as a `.npy` array, float32 `(T, V, 3)`, NaN where unseen."""
    buffer = BytesIO()
    np.save(buffer, clip.joints[:, 0], allow_pickle=False)
    return buffer.getvalue()

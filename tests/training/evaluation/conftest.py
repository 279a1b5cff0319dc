"""A small synthetic data set: movements of one arm that differ in direction and rhythm."""

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive

CLASSES = ("rise", "wave", "push", "circle")


def _clip(label: int, size: float, heading: float, rng: np.random.Generator) -> np.ndarray:
    layout = LAYOUTS["body16"]
    at = layout.index
    rest = np.zeros((len(layout), 3))
    for joint, place in {
        "pelvis": (0, 1.0, 0), "spine": (0, 1.2, 0), "neck": (0, 1.5, 0), "head": (0, 1.7, 0),
        "left_shoulder": (0.2, 1.5, 0), "left_elbow": (0.2, 1.2, 0), "left_wrist": (0.2, 1.0, 0),
        "right_shoulder": (-0.2, 1.5, 0), "right_elbow": (-0.2, 1.2, 0),
        "right_wrist": (-0.2, 1.0, 0), "left_hip": (0.1, 1.0, 0), "left_knee": (0.1, 0.5, 0),
        "left_ankle": (0.1, 0.1, 0), "right_hip": (-0.1, 1.0, 0), "right_knee": (-0.1, 0.5, 0),
        "right_ankle": (-0.1, 0.1, 0),
    }.items():  # fmt: skip
        rest[at[joint]] = place
    frames = int(rng.integers(30, 60))
    t = np.linspace(0, 1, frames) ** rng.uniform(0.7, 1.4)
    moves = (
        np.stack([0 * t, np.sin(np.pi * t), 0 * t], axis=-1),
        np.stack([0.4 * np.sin(6 * np.pi * t), 0.8 * np.sin(np.pi * t), 0 * t], axis=-1),
        np.stack([0 * t, 0.4 + 0 * t, 0.7 * np.sin(np.pi * t)], axis=-1),
        np.stack([0.5 * np.sin(2 * np.pi * t), 0.5 - 0.5 * np.cos(2 * np.pi * t), 0 * t], axis=-1),
    )
    joints = np.tile(rest, (frames, 1, 1))
    joints[:, at["right_wrist"]] += moves[label]
    joints[:, at["right_elbow"]] += moves[label] / 2
    joints += rng.normal(0, 0.01, joints.shape)
    cos, sin = np.cos(heading), np.sin(heading)
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    return size * joints @ turn + rng.normal(0, 1, 3) * (1, 0, 1)


@pytest.fixture(scope="session")
def archive() -> Archive:
    """Four classes, three subjects (the last without the last class), three clips of each."""
    rng = np.random.default_rng(3)
    layout = LAYOUTS["body16"]
    who = [
        (label, subject)
        for label in range(4)
        for subject in range(3)
        for _ in range(3)
        if (label, subject) != (3, 2)
    ]
    clips = [_clip(label, 0.9 + 0.1 * s, 0.3 * s, rng) for label, s in who]
    scale = 0.00025
    return Archive(
        name="synthetic",
        layout=layout,
        fps=30.0,
        stored=np.round(np.concatenate(clips) / scale).astype(np.int16),
        scale=scale,
        offsets=np.cumsum([0, *(len(clip) for clip in clips)]),
        labels=np.array([label for label, _ in who]),
        subjects=np.array([subject for _, subject in who]),
        label_names=CLASSES,
        subject_names=("a", "b", "c"),
        clip_names=tuple(str(i) for i in range(len(who))),
    )

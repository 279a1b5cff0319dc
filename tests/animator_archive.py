"""Labelled data sets made by the animator, in the uniform `.npz` of the README's "Data"."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skeleton import LAYOUTS
from skeleton.animator import BODIES, animate

_SCALE = 0.00025  # metres a unit, as in the real archives


def write_animator_archive(
    path: Path,
    actions: Sequence[str],
    *,
    subjects: int = 4,
    repetitions: int = 3,
    seed: int = 0,
    fps: float = 30.0,
) -> Path:
    """Write `subjects` people of different build and view, each doing every action so often."""
    layout = LAYOUTS["kinect_v2"]
    bodies = sorted(BODIES)
    rng = np.random.default_rng(seed)
    clips, labels, owners = [], [], []
    for subject in range(subjects):
        for label, action in enumerate(actions):
            for _ in range(repetitions):
                clip = animate(
                    action,
                    seed=int(rng.integers(1 << 30)),
                    body=bodies[subject % len(bodies)],
                    speed=float(rng.uniform(0.8, 1.3)),
                    yaw=float(rng.uniform(-40, 40)),
                    noise=0.005,
                    fps=fps,
                )
                clips.append(np.round(clip.joints[:, 0] / _SCALE).astype(np.int16))
                labels.append(label)
                owners.append(subject)
    np.savez_compressed(
        path,
        joints=np.concatenate(clips),
        scale=np.float32(_SCALE),
        offsets=np.cumsum([0, *(len(clip) for clip in clips)]),
        label=np.array(labels, dtype=np.int32),
        subject=np.array(owners, dtype=np.int32),
        label_names=np.array(actions),
        subject_names=np.array([f"s{i}" for i in range(subjects)]),
        joint_names=np.array(layout.joints),
        parents=np.array(layout.parents, dtype=np.int32),
        fps=np.float32(fps),
        clip_names=np.array([f"clip{i}" for i in range(len(clips))]),
    )
    return path

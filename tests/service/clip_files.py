"""Clips of the animator as files of every format that a user may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from skeleton import Recording, record
from skeleton.animator import animate
from skeleton.readers.kard import LAYOUT as KARD
from skeleton.readers.utd_mhad import LAYOUT as UTD_MHAD
from skeleton.writers import write_bvh, write_json, write_npy, write_npz
from tests.skeleton.readers.pose_files import BODY_25, camera, frame, landmarks, person, text, world
from tests.skeleton.readers.sensor_files import csv, kard, mat, ntu, one_by_one, performed


@dataclass(frozen=True)
class ClipFile:
    """A file: its format, its name, its bytes, and what the query must say beside them."""

    format: str
    name: str
    data: bytes
    query: dict[str, str] = field(default_factory=dict)


def recorded(action: str) -> Recording:
    """An action of the animator's as a recording of a Kinect."""
    clip = animate(action, fps=30)
    return record(clip.joints, clip.layout, fps=clip.fps)


def _csv(action: str) -> bytes:
    joints = performed(action, layout="kinect_v1")
    times = [round(number / 30, 4) for number in range(len(joints))]
    return csv(animate(action, layout="kinect_v1").layout.joints, joints, times=times)


def _mediapipe(action: str) -> bytes:
    poses = world(animate(action, layout="mediapipe"))
    return text({"fps": 30, "frames": [landmarks(pose) for pose in poses]})


def _openpose(action: str) -> bytes:
    return text([frame(person(pose)) for pose in camera(BODY_25, action)])


def _mat(action: str) -> bytes:
    return mat({"d_skel": performed(action, layout=UTD_MHAD).transpose(1, 2, 0)})


_WRITE: dict[str, tuple[str, Callable[[str], bytes], dict[str, str]]] = {
    "npy": (".npy", lambda action: write_npy(recorded(action)), {"layout": "kinect_v2"}),
    "npz": (".npz", lambda action: write_npz(recorded(action)), {}),
    "json": (".json", lambda action: write_json(recorded(action)), {}),
    "bvh": (".bvh", lambda action: write_bvh(recorded(action)), {}),
    "skeleton": (".skeleton", lambda action: ntu(one_by_one("7", performed(action))), {}),
    "csv": (".csv", _csv, {}),
    "mat": (".mat", _mat, {}),
    "txt": (".txt", lambda action: kard(performed(action, layout=KARD)), {}),
    "mediapipe": (".json", _mediapipe, {}),
    "openpose": (".json", _openpose, {}),
}
#: Every format but the one that needs two files.
FORMATS = tuple(_WRITE)


def clip_file(format: str, action: str) -> ClipFile:
    """The action as a file of that format."""
    suffix, write, query = _WRITE[format]
    return ClipFile(format, action + suffix, write(action), query)


def two_persons() -> bytes:
    """An NTU file in which somebody kicks beside the one that waves."""
    beside = performed("kick") + np.array([1.0, 0.0, 0.0])
    bodies = list(zip(performed("wave"), beside, strict=False))
    return ntu([[("7", a), ("8", b)] for a, b in bodies])


def a_person_and_a_ghost() -> bytes:
    """An NTU file in which a chair is taken for a second body, as the Kinect does."""
    wave = performed("wave")
    ghost = wave[0] + np.array([1.0, 0.0, 0.0])
    return ntu([[("7", body), ("8", ghost)] for body in wave])

"""Clips written in the formats in which people have theirs: for tests, examples and rehearsals.

Written from the formats' descriptions and published files, without a look at the readers, so that
each checks the other (ours). Sensors and estimators see the person from the animator's camera, at
x = z = 0, 1.2 metres above the floor.
"""

import json
import struct

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Clip

Floats = NDArray[np.float64]

_EYE_LEVEL = 1.2  # metres: the camera's height
# Focal length and centre in pixels.
_DEPTH, _COLOUR = (365.0, 256.0, 212.0), (1081.0, 960.0, 540.0)  # of a Kinect v2's two cameras
_VIDEO = (900.0, 640.0, 360.0)
_KINETICS_FOCAL, _KINETICS_SIZE = 300.0, (340, 256)

_LIMBS = {
    "arm": ("shoulder", "elbow", "wrist", "hand"),
    "leg": ("hip", "knee", "ankle", "foot"),
}
_V2_ONLY = {"neck": "SpineShoulder", "pelvis": "SpineBase", "spine": "SpineMid", "neck_top": "Neck"}
_V1_ONLY = {"neck": "ShoulderCenter", "pelvis": "HipCenter"}


def _limb(side: str, limb: str) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in _LIMBS[limb])


def _both(*parts: str) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in parts for side in ("left", "right"))


#: The rows of a UTD-MHAD matrix, of an MSR-Action3D and of a KARD frame.
UTD_MHAD_ROWS = (
    *("head", "neck", "spine", "pelvis"),
    *(*_limb("left", "arm"), *_limb("right", "arm")),
    *(*_limb("left", "leg"), *_limb("right", "leg")),
)
MSR_ROWS = (
    *(*_both("shoulder"), "neck", "spine", *_both("hip"), "pelvis"),
    *_both("elbow", "wrist", "hand", "knee", "ankle", "foot"),
    "head",
)
KARD_ROWS = (
    *("head", "neck", "right_shoulder", "right_elbow", "right_hand"),
    *("left_shoulder", "left_elbow", "left_hand", "spine"),
    *("right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot"),
)


def as_ntu(clip: Clip) -> bytes:
    """Write a clip in `kinect_v2` as NTU RGB+D's `.skeleton` text, to the tenth of a millimetre.

    Line 1: the number of frames. Each frame: the number of bodies; each body: 10 values (id,
    clipped edges, the hands' confidences and states, restricted, lean x y, tracking state), the
    number of joints, 25 lines of 12 values: x y z in metres in the camera's axes (x to the sensor's
    left, y up, z away), the place in the depth and the colour picture, a quaternion, the tracking
    state (2 tracked; an unseen joint is zero in state 0). A person nobody of whom is seen in a
    frame is not in it. The format has no frame rate; NTU's is 30.
    """
    _need(clip, "kinect_v2")
    joints = _before_the_sensor(clip)
    lines = [str(len(joints))]
    for frame in joints:
        present = [i for i, body in enumerate(frame) if not np.isnan(body).all()]
        lines.append(str(len(present)))
        for person in present:
            body = frame[person]
            lines += [f"{72057594037931101 + person} 0 1 1 1 1 0 0.013 -0.094 2", "25"]
            depth, colour = _pixels(body, *_DEPTH), _pixels(body, *_COLOUR)
            for place, one, other in zip(body, depth, colour, strict=True):
                seen = not np.isnan(place).any()
                values = [*place, *one, *other] if seen else [0.0] * 7
                numbers = " ".join(f"{value:.7g}" for value in values)
                lines.append(f"{numbers} 1 0 0 0 2" if seen else f"{numbers} 0 0 0 0 0")
    return ("\r\n".join(lines) + "\r\n").encode()


def as_kinect_csv(clip: Clip) -> bytes:
    """Write the first person of a clip in `kinect_v1` or `kinect_v2` as a Kinect recorder's CSV, to
    the tenth of a millimetre.

    A header of `Timestamp` and `HipCenterX`, `HipCenterY`, `HipCenterZ`, … by the names of the
    sensor's own software; a row a frame: milliseconds, and metres in the sensor's axes (x to its
    left, y up, z away). An unseen joint has empty cells.
    """
    _need(clip, "kinect_v1", "kinect_v2")
    middle = _V2_ONLY if "neck_top" in clip.layout.index else _V1_ONLY
    names = [_kinect_name(joint, middle) for joint in clip.layout.joints]
    lines = [",".join(["Timestamp", *(name + axis for name in names for axis in "XYZ")])]
    for number, body in enumerate(_before_the_sensor(clip)[:, 0]):
        cells = ["" if np.isnan(value) else f"{value:.7g}" for value in body.ravel()]
        lines.append(",".join([f"{36_831_000 + 1000 * number / clip.fps:.4f}", *cells]))
    return ("\n".join(lines) + "\n").encode()


def as_msr_text(clip: Clip) -> bytes:
    """Write the first person as MSR-Action3D's text, to the tenth of a millimetre.

    20 rows a frame (`MSR_ROWS`): x y z in metres in the sensor's axes, and a confidence. An unseen
    joint is zero. The format has no frame rate; the set's is 15.
    """
    rows = _rows(clip, MSR_ROWS)
    sure = np.where(np.isnan(rows), 0.0, 1.0)[:, :1]
    table = np.concatenate([np.nan_to_num(rows), sure], axis=1)
    return "".join("{:.6f} {:.6f} {:.6f} {:.6f}\n".format(*row) for row in table).encode()


def as_kard_text(clip: Clip) -> bytes:
    """Write the first person as KARD's text, to the tenth of a millimetre.

    15 rows a frame (`KARD_ROWS`): x y z in millimetres, x to the picture's right, y up, z away,
    which is left-handed. An unseen joint is zero. The format has no frame rate; the set's is 30.
    """
    rows = _rows(clip, KARD_ROWS) * (-1000.0, 1000.0, 1000.0)
    return "".join("{:.8g} {:.8g} {:.8g}\n".format(*row) for row in np.nan_to_num(rows)).encode()


def as_mat(clip: Clip) -> bytes:
    """Write the first person as UTD-MHAD's `.mat`: MATLAB 5, `d_skel` double `(20, 3, T)`.

    The rows are `UTD_MHAD_ROWS`, the columns x y z in metres in the sensor's axes. An unseen joint
    is zero. The format has no frame rate; the set's is 30. The file is not compressed and holds no
    time, so that the same clip gives the same bytes.
    """
    rows = np.nan_to_num(_rows(clip, UTD_MHAD_ROWS)).reshape(-1, len(UTD_MHAD_ROWS), 3)
    shape = (len(UTD_MHAD_ROWS), 3, len(rows))
    content = rows.transpose(0, 2, 1).astype("<f8").tobytes()  # MATLAB goes down the columns
    parts = (
        _element(6, struct.pack("<II", 6, 0)),  # a plain array of doubles
        _element(5, struct.pack("<iii", *shape)),
        _element(1, b"d_skel"),
        _element(9, content),
    )
    said = b"MATLAB 5.0 MAT-file, written by skeleton.animator"
    head = said.ljust(116) + bytes(8) + struct.pack("<H", 0x0100) + b"IM"
    return head + _element(14, b"".join(parts))


def as_mediapipe(clip: Clip) -> bytes:
    """Write the first person of a clip in `mediapipe` as MediaPipe Pose's world landmarks, JSON:
    `{"fps", "frames": [{"landmarks": [{"x", "y", "z", "visibility"}, …]}]}`.

    33 landmarks in metres around the middle of the hips, x to the picture's right, y down, z away,
    to the tenth of a millimetre. MediaPipe guesses what it does not see: an unseen landmark lies at
    the hips with visibility 0.05. A frame without anybody has no landmarks.

    Raises `ValueError` where the hips are never seen together.
    """
    _need(clip, "mediapipe")
    joints = clip.joints[:, 0].astype(np.float64)
    hips = joints[:, [clip.layout.index[joint] for joint in _both("hip")]].mean(axis=1)
    joints = (joints - _bridged(hips)[:, None]) * (1.0, -1.0, -1.0)
    frames = []
    for body in joints:
        landmarks = [
            {
                **{axis: _rounded(value, 4) for axis, value in zip("xyz", place, strict=True)},
                "visibility": 0.05 if np.isnan(place).any() else 0.98,
            }
            for place in body
        ]
        frames.append({"landmarks": [] if np.isnan(body).all() else landmarks})
    return _json({"fps": clip.fps, "frames": frames}) + b"\n"


def as_openpose(clip: Clip) -> bytes:
    """Write a clip in `openpose18` or `openpose25` as OpenPose's output for a video of 1280 by 720
    pixels, a frame a line: two-dimensional, to the hundredth of a pixel.

    A frame is `{"version": 1.3, "people": [{"pose_keypoints_2d": [x, y, confidence, …]}]}`, pixels
    from the upper left corner. An unseen joint is 0, 0, 0; a person nobody of whom is seen is left
    out. There is no frame rate.
    """
    _need(clip, "openpose18", "openpose25")
    frames = []
    for bodies in _before_the_sensor(clip):
        people = []
        for body in bodies[~np.isnan(bodies).all(axis=(1, 2))]:
            row = np.column_stack([_pixels(body, *_VIDEO), np.full(len(body), 0.87)])
            row[np.isnan(row).any(axis=1)] = 0
            points = [_rounded(value, 2) for value in row.ravel()]
            people.append({"person_id": [-1], "pose_keypoints_2d": points})
        frames.append(_json({"version": 1.3, "people": people}) + b"\n")
    return b"".join(frames)


def as_kinetics(clip: Clip, *, label: str = "waving hand", index: int = 378) -> bytes:
    """Write a clip in `openpose18` as a Kinetics-skeleton file of ST-GCN's release, JSON.

    `{"data": [{"frame_index", "skeleton": [{"pose": [x, y, …], "score": […]}]}], "label",
    "label_index"}`: frames from 1, 18 joints, x and y as shares of a picture of 340 by 256, to
    three places. An unseen joint is 0, 0 with score 0. The release has 30 frames a second.
    """
    _need(clip, "openpose18")
    width, height = _KINETICS_SIZE
    data = []
    for number, bodies in enumerate(_before_the_sensor(clip), 1):
        found = []
        for body in bodies[~np.isnan(bodies).all(axis=(1, 2))]:
            shares = _pixels(body, _KINETICS_FOCAL, width / 2, height / 2) / (width, height)
            score = np.where(np.isnan(shares[:, 0]), 0.0, 0.71)
            pose = [_rounded(value, 3) for value in shares.ravel()]
            found.append({"pose": pose, "score": score.tolist()})
        data.append({"frame_index": number, "skeleton": found})
    return _json({"data": data, "label": label, "label_index": index})


def _need(clip: Clip, *layouts: str) -> None:
    if clip.layout.name not in layouts:
        raise ValueError(
            f"the format takes clips in {' or '.join(layouts)}, not {clip.layout.name}"
        )


def _before_the_sensor(clip: Clip) -> Floats:
    """The joints `(T, M, V, 3)` in a Kinect's axes: x to its left, y up from it, z away."""
    turned = (clip.joints.astype(np.float64) - (0.0, _EYE_LEVEL, 0.0)) * (-1.0, 1.0, -1.0)
    return np.round(turned, 4) + 0.0  # the added zero turns -0.0 into 0.0


def _rows(clip: Clip, joints: tuple[str, ...]) -> Floats:
    """The first person's joints of these names before the sensor, one below the other."""
    lacking = [joint for joint in joints if joint not in clip.layout.index]
    if lacking:
        raise ValueError(f"the clip's layout {clip.layout.name} lacks {', '.join(lacking)}")
    columns = [clip.layout.index[joint] for joint in joints]
    return _before_the_sensor(clip)[:, 0, columns].reshape(-1, 3)


def _pixels(body: Floats, focal: float, across: float, down: float) -> Floats:
    """Where the camera sees joints `(V, 3)` that are before the sensor: `(V, 2)` pixels."""
    away = np.maximum(body[:, 2], 0.1)
    return np.stack([across - focal * body[:, 0] / away, down - focal * body[:, 1] / away], axis=-1)


def _bridged(path: Floats) -> Floats:
    """A path `(T, 3)` with its gaps filled: straight between two sightings, else the nearest."""
    frames = np.arange(len(path))
    seen = ~np.isnan(path[:, 0])
    if not seen.any():
        raise ValueError("the hips are never seen together, around which the landmarks lie")
    return np.stack([np.interp(frames, frames[seen], axis[seen]) for axis in path.T], axis=-1)


def _kinect_name(joint: str, middle: dict[str, str]) -> str:
    side, _, part = joint.partition("_")
    if side not in ("left", "right"):
        return middle.get(joint, joint.capitalize())
    return part.title().replace("_", "") + side.capitalize()


def _element(kind: int, content: bytes) -> bytes:
    """One element of a MATLAB 5 file, padded to 8 bytes."""
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def _rounded(value: float, places: int) -> float:
    return 0.0 if np.isnan(value) else round(float(value), places) + 0.0


def _json(tree: object) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()

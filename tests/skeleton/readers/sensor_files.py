"""Files of the sensors' formats, written from clips whose joints are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import Clip
from skeleton.animator import animate
from skeleton.readers import find_format, read_source
from skeleton.readers.format import Reading, Source
from skeleton.readers.kard import LAYOUT as KARD
from skeleton.readers.msr_action3d import LAYOUT as MSR_ACTION3D
from skeleton.readers.utd_mhad import LAYOUT as UTD_MHAD

Joints = NDArray[Any]
#: One frame of an NTU file: the bodies in it, each an id and its joints `(25, 3)`.
Frame = Sequence[tuple[str, Joints]]


def performed(action: str = "wave", **how: Any) -> Joints:
    """An animator's clip as `(T, V, 3)`, on millimetres."""
    clip: Clip = animate(action, **how)
    return np.round(clip.joints[:, 0].astype(np.float64), 3)


def moved(joints: Joints, metres: float) -> Joints:
    """The same to the right."""
    return np.asarray(joints + np.array((metres, 0, 0)))


def ntu(frames: Sequence[Frame], state: Mapping[tuple[int, int], int] | None = None) -> bytes:
    """An NTU file; `state` gives tracking states by (frame, joint), 2 elsewhere. A joint that is
    NaN is written as 0 0 0 in state 0."""
    lines = [str(len(frames))]
    for number, bodies in enumerate(frames):
        lines.append(str(len(bodies)))
        for identity, joints in bodies:
            lines += [f"{identity} 0 1 0 1 1 0 0.02 -0.1 2", "25"]
            for joint, (x, y, z) in enumerate(joints):
                tracked = (state or {}).get((number, joint), 2)
                if np.isnan(x):
                    x, y, z, tracked = 0, 0, 0, 0
                lines.append(f"{x:g} {y:g} {z:g} 251 187 985.3 NaN 0.1 0.2 0.3 0.4 {tracked}")
    return ("\r\n".join(lines) + "\r\n").encode()


def one_by_one(identity: str, joints: Joints) -> list[Frame]:
    """The frames of a file with one body."""
    return [[(identity, body)] for body in joints]


def csv(
    names: Sequence[str],
    joints: Joints,
    *,
    times: Sequence[float] | None = None,
    pattern: str = "{joint}{axis}",
    axes: str = "XYZ",
    delimiter: str = ",",
    extra: Mapping[str, Sequence[object]] | None = None,
) -> bytes:
    """A CSV of joints `(T, V, 3)`, empty cells where they are NaN."""
    head = [] if times is None else ["Timestamp"]
    head += [pattern.format(joint=joint, axis=axis) for joint in names for axis in axes]
    head += list(extra or {})
    lines = [delimiter.join(head)]
    for number, frame in enumerate(joints):
        cells = [] if times is None else [repr(times[number])]
        cells += [
            "" if np.isnan(joint[i]) else f"{joint[i]:g}"
            for joint in frame
            for i in range(len(axes))
        ]
        cells += [str(values[number]) for values in (extra or {}).values()]
        lines.append(delimiter.join(cells))
    return ("\n".join(lines) + "\n").encode()


def msr_action3d(joints: Joints, confidence: float = 1.0) -> bytes:
    """An MSR-Action3D file of joints in the order of its rows."""
    return "".join(
        f"{x:.6f} {y:.6f} {z:.6f} {confidence:.6f}\n" for x, y, z in joints.reshape(-1, 3)
    ).encode()


def kard(joints: Joints) -> bytes:
    """A KARD file of joints in its rows' order and our metres and axes."""
    rows = joints.reshape(-1, 3) * (-1000.0, 1000.0, 1000.0)
    return "".join(f"{x:.8g} {y:.8g} {z:.8g}\n" for x, y, z in rows).encode()


def mat(variables: Mapping[str, Any], **options: Any) -> bytes:
    """A MATLAB file."""
    from scipy.io import savemat

    buffer = BytesIO()
    savemat(buffer, dict(variables), **{"do_compression": True, **options})
    return buffer.getvalue()


def good_files() -> dict[str, list[bytes]]:
    """Small good files of every format of a sensor, by the format's name."""
    wave = performed("wave", speed=4, fps=15)
    two: list[Frame] = [
        [("7", a), ("8", moved(b, 1))] for a, b in zip(wave, wave[::-1], strict=True)
    ]
    plain = performed("kick", speed=4, fps=15, layout="kinect_v1", missing=0.05)
    names = animate("kick", layout="kinect_v1", speed=9).layout.joints
    steps = np.cumsum(np.where(np.arange(len(plain)) % 3, 30, 40)).tolist()
    return {
        "skeleton": [ntu(one_by_one("7", wave)), ntu(two), ntu([[], [], *two])],
        "csv": [
            csv(names, plain),
            csv(names, plain, times=steps, pattern="{joint}_{axis}", delimiter=";"),
        ],
        "txt": [
            kard(performed("clap", speed=4, fps=15, layout=KARD)),
            msr_action3d(performed("clap", speed=4, fps=15, layout=MSR_ACTION3D)),
        ],
        "mat": [
            mat({"d_skel": performed("bow", speed=4, fps=15, layout=UTD_MHAD).transpose(1, 2, 0)}),
            mat({"x": np.arange(240.0).reshape(20, 3, 4), "y": "text"}, do_compression=False),
        ],
    }


def read(name: str, data: bytes) -> Reading:
    """What the reader of that format makes of the bytes."""
    return find_format(name, data).read(Source(data))


def clip_of(data: bytes) -> Clip:
    """The clip that bytes whose format is not named come to."""
    return read_source(Source(data), find_format(None, data)).clip()

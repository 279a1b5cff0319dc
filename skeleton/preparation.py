"""Preparation: from any clip to the fixed arrays a model takes (ours).

Map to the model's layout, choose a person, bridge short gaps, resample. Centring, scaling and
turning are the model's own business, inside its graph.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton.clip import Clip
from skeleton.errors import NothingToSee
from skeleton.layouts import Layout
from skeleton.mapping import absent_joints, mapping
from skeleton.persons import choose_person
from skeleton.resampling import bridge_gaps, resample

#: Raised whenever the output of this code changes; part of a model's `space`.
PREPARATION = 3

_FEW_FRAMES = 5
_STILL = 0.05  # metres
_HALF_SEEN = 0.5
_WELL_SEEN = 0.9  # an exemplar with less costs points (docs/good-exemplar.md)
_LONGEST = 30.0  # seconds
_TALLEST_TORSO = 3.0  # metres
_SHORTEST_TORSO = 0.15  # metres; a newborn's, from the hips to the middle of the head, is longer
_TORSOS_IN_A_BODY = 5  # at most, arms stretched; where there are more the joints are mixed up
_SEVERAL = 4  # joints of a body that never are as near to each other as a still one moves
_FASTEST = 30.0  # metres a second; of all hands only a pitcher's comes near
_LEAST_JUMP = 0.75  # metres, so that noise at a high frame rate is none
_LARGEST_BODY = 2.0  # metres; of one that is larger, as in millimetres, all is larger
_LEANS = 0.5  # of the torso, upwards: a body that leans by more than 60 to 70 degrees


@dataclass(frozen=True)
class Quality:
    """What a clip is worth as an exemplar.

    `frames` as received, `seconds`, `seen` the share of the model's joints that were seen,
    `motion` the greatest extent in metres any joint moves over, `warnings` as `code: meaning`.
    """

    frames: int
    seconds: float
    seen: float
    motion: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A clip as a model takes it: `joints` float32 `(T, M, V, 3)`, finite, 0 where unseen;
    `seen` float32 `(T, M, V)`, 0 or 1."""

    joints: NDArray[np.float32]
    seen: NDArray[np.float32]
    quality: Quality


def prepare(clip: Clip, layout: Layout, frames: int, *, person: int | None = None) -> Prepared:
    """Prepare a clip for a model of this layout and number of frames, M = 1.

    Raises `NothingToSee` when no joint of the layout was seen, `UnknownPerson`.
    """
    chosen, crowd = choose_person(clip.joints, person)
    one = clip.joints[:, chosen]  # (T, V, 3)
    joints = mapping(clip.layout, layout, absent_joints(one, clip.layout)).apply(one)
    whole = not np.isnan(joints).any()
    if not whole:
        joints = bridge_gaps(joints, clip.fps)
    jump = _jump(joints, clip.fps, layout)
    joints = resample(joints, frames)
    if whole:
        seen = np.ones(joints.shape[:2], dtype=np.float32)
    else:
        visible: NDArray[np.bool_] = np.asarray(~np.isnan(joints).any(axis=-1))
        if not visible.any():
            raise NothingToSee(
                f"no joint that the model knows was seen ({', '.join(layout.joints)})"
            )
        seen = visible.astype(np.float32)
        joints = np.where(visible[..., None], joints, np.float32(0))
    remarks = tuple(remark for remark in (crowd, jump, _at_origin(one, clip.warnings)) if remark)
    quality = _quality(clip, layout, joints, seen, whole, remarks)
    return Prepared(joints[:, None], seen[:, None], quality)


def _quality(
    clip: Clip,
    layout: Layout,
    joints: NDArray[np.float32],
    seen: NDArray[np.float32],
    whole: bool,
    remarks: tuple[str, ...],
) -> Quality:
    received = len(clip.joints)
    seconds = received / clip.fps
    motion = _extent(joints, None if whole else seen)
    share = 1.0 if whole else float(seen.mean())
    torso = _torso(layout, joints, None if whole else seen)
    reach = np.abs(torso).max(axis=-1)
    small = _small(torso, reach, joints, seen)
    warnings = [*clip.warnings, *remarks]
    if received < _FEW_FRAMES:
        warnings.append(
            f"short: {received} frame{'s' * (received > 1)} cannot hold much movement; five or "
            "more are better"
        )
    if seconds > _LONGEST:
        warnings.append(f"long: {seconds:.0f} seconds; a clip is one action, cut it so")
    if small is not None:
        warnings.append(small)
    elif motion < _STILL:  # as any movement is in small units
        warnings.append("still: no joint moves by more than 5 cm")
    if share < _HALF_SEEN:
        warnings.append(f"half_seen: only {share:.0%} of the joints were seen")
    elif share < _WELL_SEEN:
        warnings.append(
            f"partly_seen: {share:.0%} of the joints were seen; as an exemplar it is weak"
        )
    warnings += _posture(torso, reach)
    return Quality(received, seconds, share, motion, tuple(warnings))


def _extent(joints: NDArray[np.float32], seen: NDArray[np.float32] | None) -> float:
    if seen is None:
        low, high = joints.min(axis=0), joints.max(axis=0)
    else:
        visible = seen[..., None] > 0
        low = np.where(visible, joints, np.inf).min(axis=0)
        high = np.where(visible, joints, -np.inf).max(axis=0)
    extent = np.maximum(high - low, 0)  # (V, 3)
    return float(np.sqrt((extent * extent).sum(axis=-1).max()))


def _jump(joints: NDArray[np.float32], fps: float, layout: Layout) -> str | None:
    """Warn of a joint of `(T, V, 3)` that is somewhere else from one frame to the next."""
    if len(joints) < 2:
        return None
    farthest = max(_FASTEST / fps, _LEAST_JUMP)
    steps = joints[1:] - joints[:-1]
    # fmax passes NaN over. The usual clip ends here: no coordinate moves so far.
    highest, lowest = np.fmax.reduce(steps, axis=None), np.fmin.reduce(steps, axis=None)
    if not max(highest, -lowest) > farthest / 2:
        return None
    extent = np.fmax.reduce(joints, axis=1) - np.fmin.reduce(joints, axis=1)  # (T, 3)
    sizes = np.fmax.reduce(extent, axis=1)
    size = float(np.median(sizes[sizes == sizes]))
    length = np.nan_to_num(np.sqrt((steps * steps).sum(axis=-1)))  # (T - 1, V)
    frame, joint = np.unravel_index(np.argmax(length), length.shape)
    step = float(length[frame, joint])
    if step <= farthest * max(1.0, size / _LARGEST_BODY):
        return None
    return (
        f"jump: {layout.joints[joint]} moves by {step:.3g} metres from frame {frame} to the next "
        "(frame 0 is the first), as no body does; leave such frames out, or set the joint unseen"
    )


def _at_origin(joints: NDArray[np.float32], told: tuple[str, ...]) -> str | None:
    """Warn of joints of `(T, V, 3)` where trackers put those that they do not see. One alone may be
    the joint that the others are told from, and joints of a file of bones may always coincide."""
    if np.count_nonzero(joints) == joints.size:
        return None  # the usual clip
    frames = int(np.count_nonzero(np.count_nonzero(~joints.any(axis=-1), axis=-1) > 1))
    if not frames or any(remark.startswith("joints_coincide") for remark in told):
        return None
    return (
        f"at_origin: in {frames} of {len(joints)} frames several joints lie exactly at 0, 0, 0; "
        "they count as seen, so if they were not make them null or NaN"
    )


def _torso(
    layout: Layout, joints: NDArray[np.float32], seen: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """From the hips to the head, `(T', 3)`, in the frames that show both."""
    head, pelvis = layout.index.get("head"), layout.index.get("pelvis")
    if head is None or pelvis is None:
        return joints[:0, 0]
    torso = joints[:, head] - joints[:, pelvis]
    return torso if seen is None else torso[(seen[:, head] > 0) & (seen[:, pelvis] > 0)]


def _small(
    torso: NDArray[np.float32],
    reach: NDArray[np.float32],
    joints: NDArray[np.float32],
    seen: NDArray[np.float32],
) -> str | None:
    """Warn of a body that is smaller than any in metres."""
    if len(torso) and np.count_nonzero(reach < _SHORTEST_TORSO) <= len(torso) / 2:
        return None  # the usual clip
    visible = seen > 0
    if len(torso):
        body = np.where(visible[..., None], joints, np.nan)
        extent = np.fmax.reduce(body, axis=1) - np.fmin.reduce(body, axis=1)  # (T, 3)
        size = float(np.nanmedian(np.sqrt((extent * extent).sum(axis=-1))))
        length = float(np.median(np.sqrt((torso * torso).sum(axis=-1))))
        small = max(length, size / _TORSOS_IN_A_BODY) < _SHORTEST_TORSO
    else:
        places = joints[visible]  # (N, 3)
        size = float(np.sqrt((np.ptp(places, axis=0) ** 2).sum()))
        small = size < _STILL and int(np.count_nonzero(visible.any(axis=0))) >= _SEVERAL
    if not small:
        return None
    return (
        f"small_units: the body measures {size:.2g} metres, too little for a person; joints are "
        "metres: only millimetres are to be divided by 1000, centimetres by 100"
    )


def _posture(torso: NDArray[np.float32], reach: NDArray[np.float32]) -> tuple[str, ...]:
    """Warn of axes, layout or units that look wrong, from the head above the hips."""
    half = len(torso) / 2
    warnings = []
    if np.count_nonzero(torso[:, 1] < 0) > half:
        warnings.append(
            "upside_down: the head is below the hips in most frames; check axes=, "
            "e.g. x,-y,-z for y down or x,z,-y for z up, or whether layout= names your joints in "
            "their order"
        )
    elif np.count_nonzero(torso[:, 1] < _LEANS * reach) > half:
        warnings.append(
            "lying: the head is hardly above the hips in most frames; unless the person lies or "
            "bends down, check axes=, e.g. x,z,-y for z up"
        )
    if np.count_nonzero(reach > _TALLEST_TORSO) > half:
        warnings.append(
            "large_units: the body is larger than 3 metres; joints are metres: divide millimetres "
            "by 1000, centimetres by 100"
        )
    return tuple(warnings)

"""What goes wrong before a clip reaches the model, one function each (ours).

All take a clip of the project's axes and return another; where chance is needed it comes as a
generator, and the same generator state gives the same clip. With the degree that changes nothing
(0, or factor 1) the joints come back as they were.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from skeleton import Clip
from skeleton.layouts import Layout

Joints = NDArray[np.float32]

_LONGEST_GAP = 0.4  # seconds, as the animator's at 30 fps
_FEWEST_FRAMES = 2
_MIDDLE = frozenset(("pelvis", "spine_low", "spine", "chest", "neck", "neck_top"))
_SKULL = frozenset(("head", "head_top", "nose", "jaw"))
_ARM = frozenset(("elbow", "wrist", "hand", "hand_tip", "thumb", "index", "pinky"))
_LEG = frozenset(("knee", "ankle", "heel", "foot", "toes"))
#: Radii of body parts in metres, as a camera sees them.
_TRUNK_RADIUS, _HEAD_RADIUS, _LIMB_RADIUS = 0.13, 0.10, 0.045


def at_rate(clip: Clip, fps: float) -> Clip:
    """See the clip at another frame rate: the places at the times k / `fps`, interpolated
    linearly. A lower rate loses up to one of its frames at the end."""
    last = (len(clip.joints) - 1) / clip.fps  # seconds
    at = np.arange(int(last * fps + 1e-6) + 1) / fps * clip.fps
    return replace(clip, joints=_at(clip.joints, at), fps=fps)


def faster(clip: Clip, factor: float) -> Clip:
    """Perform the movement `factor` times as fast, before the same camera: fewer frames."""
    frames = len(clip.joints)
    number = max(round((frames - 1) / factor) + 1, _FEWEST_FRAMES)
    return replace(clip, joints=_at(clip.joints, np.linspace(0, frames - 1, number)))


def misstated_fps(clip: Clip, factor: float) -> Clip:
    """State `factor` times the true frame rate; the frames stay."""
    return replace(clip, fps=clip.fps * factor)


def without_joints(clip: Clip, share: float, chance: np.random.Generator) -> Clip:
    """Never see a share of the joints, drawn anew for each clip. A greater share from the same
    generator state loses the same joints and more."""
    number = clip.joints.shape[2]
    joints = clip.joints.copy()
    joints[:, :, chance.permutation(number)[: round(share * number)]] = np.nan
    return replace(clip, joints=joints)


def with_gaps(clip: Clip, share: float, chance: np.random.Generator) -> Clip:
    """Lose single joints for up to 0.4 s at a time, until exactly `share` of all is unseen."""
    frames, _, number = clip.joints.shape[:3]
    longest = max(round(_LONGEST_GAP * clip.fps), 1)
    unseen = np.zeros((frames, number), dtype=np.bool_)
    left = round(share * frames * number)
    while left > 0:
        joint, start = int(chance.integers(number)), int(chance.integers(frames))
        gap = unseen[start : start + 1 + int(chance.integers(longest)), joint]
        fresh = np.flatnonzero(~gap)[:left]
        gap[fresh] = True
        left -= len(fresh)
    joints = clip.joints.copy()
    joints[np.broadcast_to(unseen[:, None], joints.shape[:3])] = np.nan
    return replace(clip, joints=joints)


def yawed(clip: Clip, degrees: float) -> Clip:
    """Move the camera around the person: turn everything about the vertical."""
    return replace(clip, joints=_turned(clip.joints, degrees, 0, 2))


def pitched(clip: Clip, degrees: float) -> Clip:
    """Tilt the camera, and not correct for it: turn everything about the camera's x."""
    return replace(clip, joints=_turned(clip.joints, degrees, 2, 1))


def seen_from(clip: Clip, degrees: float) -> Clip:
    """See the person from `degrees` to the side of the front, and lose what the body hides.

    The front is the body's own on the clip's average, so it does not matter where the camera was.
    A joint is unseen in the frames in which a bone, as thick as its body part, lies between it
    and the camera (parallel rays). At 0 degrees something is hidden too.
    """
    joints = clip.joints[:, 0].astype(np.float64)  # (T, V, 3)
    angle = np.radians(degrees)
    ahead = _front(joints, clip.layout)
    to_camera = np.array(
        (ahead[0] * np.cos(angle) + ahead[1] * np.sin(angle), 0.0,
         ahead[1] * np.cos(angle) - ahead[0] * np.sin(angle))
    )  # fmt: skip
    across = np.array((to_camera[2], 0.0, -to_camera[0]))
    plane = np.stack((joints @ across, joints[..., 1]), axis=-1)  # (T, V, 2)
    depth = joints @ to_camera  # greater: nearer to the camera
    hidden = np.zeros(joints.shape[:2], dtype=np.bool_)
    for child, parent in clip.layout.bones:
        radius = _radius(clip.layout.joints[child], clip.layout.joints[parent])
        start, bone = plane[:, parent, None], (plane[:, child] - plane[:, parent])[:, None]
        length = np.maximum((bone * bone).sum(axis=-1), 1e-12)
        along = np.clip(((plane - start) * bone).sum(axis=-1) / length, 0, 1)  # (T, V)
        gap = plane - start - along[..., None] * bone
        near = depth[:, parent, None] * (1 - along) + depth[:, child, None] * along
        behind = ((gap * gap).sum(axis=-1) < radius * radius) & (near - depth > radius)
        behind[:, [child, parent]] = False
        hidden |= behind
    seen = clip.joints.copy()
    seen[:, 0][hidden] = np.nan
    return yawed(replace(clip, joints=seen), -degrees)


def scaled(clip: Clip, factor: float) -> Clip:
    """Scale the whole scene: another height, or another unit."""
    return replace(clip, joints=clip.joints * np.float32(factor))


def with_limbs(clip: Clip, factor: float) -> Clip:
    """Lengthen arms and legs by a factor, bone by bone along the skeleton; the trunk stays."""
    layout = clip.layout
    joints = clip.joints.copy()
    for child in _from_the_root(layout):
        parent = layout.parents[child]
        if parent < 0:
            continue
        limb = layout.joints[child].partition("_")[2] in _ARM | _LEG
        bone = clip.joints[:, :, child] - clip.joints[:, :, parent]
        joints[:, :, child] = joints[:, :, parent] + bone * np.float32(factor if limb else 1)
    return replace(clip, joints=joints)


def noisy(clip: Clip, metres: float, chance: np.random.Generator) -> Clip:
    """Add an error of `metres` of standard deviation to every coordinate of every frame."""
    error = metres * chance.standard_normal(clip.joints.shape, dtype=np.float32)
    return replace(clip, joints=clip.joints + error)


def without_beginning(clip: Clip, share: float) -> Clip:
    """Cut a share of the frames off the beginning."""
    return replace(clip, joints=clip.joints[_cut(clip, share) :])


def without_end(clip: Clip, share: float) -> Clip:
    """Cut a share of the frames off the end."""
    return replace(clip, joints=clip.joints[: len(clip.joints) - _cut(clip, share)])


def with_waiting(clip: Clip, share: float) -> Clip:
    """Let the person stand still before and after: together `share` of the clip's length more."""
    frames = len(clip.joints)
    before = round(share * frames / 2)
    return replace(clip, joints=np.pad(
        clip.joints, ((before, round(share * frames) - before), (0, 0), (0, 0), (0, 0)), "edge"
    ))  # fmt: skip


def _at(joints: Joints, at: NDArray[np.float64]) -> Joints:
    """Interpolate `(T, M, V, 3)` at fractional frames."""
    left = np.clip(np.floor(at).astype(np.intp), 0, len(joints) - 1)
    right = np.minimum(left + 1, len(joints) - 1)
    weight = (at - left).astype(np.float32)[:, None, None, None]
    there: Joints = joints[left] + (joints[right] - joints[left]) * weight
    return there


def _turned(joints: Joints, degrees: float, first: int, second: int) -> Joints:
    """Turn in the plane of two axes; whole turns give the very same numbers."""
    quarter, rest = divmod(degrees, 90)
    a, b = ((1, 0), (0, 1), (-1, 0), (0, -1))[int(quarter) % 4]
    c, s = np.cos(np.radians(rest)), np.sin(np.radians(rest))
    cos, sin = np.float32(a * c - b * s), np.float32(b * c + a * s)
    turned = joints.copy()
    turned[..., first] = cos * joints[..., first] + sin * joints[..., second]
    turned[..., second] = cos * joints[..., second] - sin * joints[..., first]
    return turned


def _cut(clip: Clip, share: float) -> int:
    frames = len(clip.joints)
    return max(min(round(share * frames), frames - _FEWEST_FRAMES), 0)


def _front(joints: NDArray[np.float64], layout: Layout) -> NDArray[np.float64]:
    """Where the body faces on average, `(x, z)` of length 1, from shoulders and hips."""
    across = sum(
        np.nanmean(joints[:, layout.index[f"left_{part}"]], axis=0)
        - np.nanmean(joints[:, layout.index[f"right_{part}"]], axis=0)
        for part in ("shoulder", "hip")
    )
    ahead = np.array((-across[2], across[0]))  # left × up, right-handed
    return ahead / max(float(np.hypot(*ahead)), 1e-9)


def _radius(child: str, parent: str) -> float:
    if child in _SKULL:
        return _HEAD_RADIUS
    return _TRUNK_RADIUS if child in _MIDDLE and parent in _MIDDLE else _LIMB_RADIUS


def _from_the_root(layout: Layout) -> list[int]:
    """The joints, every parent before its children."""

    def depth(joint: int) -> int:
        parent = layout.parents[joint]
        return 0 if parent < 0 else 1 + depth(parent)

    return sorted(range(len(layout)), key=depth)

"""Performances: an action done by a body, seen by a camera, as a clip (ours)."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from skeleton.animator.actions import action_named
from skeleton.animator.body import BODIES, Body
from skeleton.animator.curves import Curve
from skeleton.animator.kinematics import joints_of
from skeleton.animator.pose import mirrored
from skeleton.animator.rotation import about, turned
from skeleton.animator.style import Style
from skeleton.clip import Clip
from skeleton.layouts import Layout, resolve_layout

_FEWEST_FRAMES = 5
_LONGEST_GAP = 12  # frames a joint stays unseen at a time


class UnknownBody(LookupError):
    """No ready-made body of that name; the message lists the names."""


def animate(
    action: str,
    *,
    seed: int = 0,
    body: str | Body = "adult",
    speed: float = 1.0,
    fps: float = 30.0,
    yaw: float = 0.0,
    distance: float = 3.0,
    noise: float = 0.0,
    missing: float = 0.0,
    style: Style | None = None,
    layout: str | Layout = "kinect_v2",
) -> Clip:
    """Perform an action and return its clip, `(T, 1, V, 3)` metres on the floor y = 0.

    The camera is at x = z = 0 and looks along -z; the person stands `distance` metres before it
    and faces it at `yaw` 0, turned to their own left by `yaw` degrees. `seed` draws how it is
    done (`Style.drawn`), unless `style` says it, and the errors of measurement: `noise` metres of
    standard deviation in every coordinate, and a share `missing` of joint observations unseen,
    in gaps of a few frames. `speed` 2 takes half the time. The same call gives the same clip.

    Raises `UnknownAction`, `UnknownBody`, `UnknownLayout`; `ValueError` for a `speed` or `fps`
    that is not positive, a negative `noise` or a `missing` outside 0…1.
    """
    if not (speed > 0 and fps > 0 and math.isfinite(speed) and math.isfinite(fps)):
        raise ValueError(f"speed and fps must be positive, not {speed:g} and {fps:g}")
    if not (noise >= 0 and 0 <= missing <= 1):
        raise ValueError(f"noise must be 0 or more and missing 0 to 1, not {noise:g}, {missing:g}")
    known, person, target = action_named(action), _body(body), resolve_layout(layout)
    style = Style.drawn(seed) if style is None else style
    seconds = known.seconds / (speed * style.tempo)
    frames = max(_FEWEST_FRAMES, round(seconds * fps) + 1)
    # A mirrored action is done by the mirror image of the same person, sway and all.
    plain = replace(known, left=False)
    time = np.linspace(0.0, seconds, frames)
    pose = style.worn_by(plain.pose(style.progress(frames), style), time)
    pose = mirrored(pose) if known.left else pose
    places = joints_of(pose, person, frames)
    unseen = np.full((frames, 3), np.nan)  # what no body has, `other:…`
    joints = np.stack([places.get(name, unseen) for name in target.joints], axis=1)  # (T, V, 3)
    view = about((0.0, 1.0, 0.0), yaw)
    joints = turned(view, joints.reshape(-1, 3)).reshape(joints.shape)
    joints[..., 2] -= distance
    measured = _measured(joints, np.random.default_rng([seed, 1]), noise, missing)
    return Clip(measured[:, None], target, float(fps))


def _body(body: str | Body) -> Body:
    if isinstance(body, Body):
        return body
    try:
        return BODIES[body]
    except KeyError:
        raise UnknownBody(
            f"unknown body {body!r}: the animator has {', '.join(sorted(BODIES))}"
        ) from None


def _measured(
    joints: Curve, chance: np.random.Generator, noise: float, missing: float
) -> NDArray[np.float32]:
    if noise:
        joints = joints + noise * chance.standard_normal(joints.shape)
    # To the micrometre, so that machines whose sines differ in the last bit agree.
    measured = np.round(joints, 6).astype(np.float32)
    measured[_unseen(measured.shape[:2], chance, missing)] = np.nan
    return measured


def _unseen(
    shape: tuple[int, ...], chance: np.random.Generator, missing: float
) -> NDArray[np.bool_]:
    """Choose gaps until exactly the share `missing` of `(T, V)` is unseen."""
    frames, joints = shape
    unseen = np.zeros((frames, joints), dtype=np.bool_)
    wanted = round(missing * frames * joints)
    while (left := wanted - int(unseen.sum())) > 0:
        joint = int(chance.integers(joints))
        start = int(chance.integers(frames))
        gap = np.flatnonzero(~unseen[start : start + 1 + int(chance.integers(_LONGEST_GAP)), joint])
        unseen[start + gap[:left], joint] = True
    return unseen

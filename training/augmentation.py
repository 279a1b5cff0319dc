"""Augmentation of whole batches on the training device (ours).

What differs between people, sensors and cut marks and must not matter: tempo, ends, body
proportions, a tracker's constant and random errors, lost joints, a low frame rate. The errors of
view are added later, in the body frame (`turned`), because the frame removes the view itself.
"""

import torch
from torch import Tensor

from skeleton import Layout
from training.config import AugmentationConfig

#: So many moments are left of a clip seen at a low frame rate.
_MOMENTS = (8, 24)
#: Up to this share of the joints is missing where joints are.
_MOST_MISSING = 0.4


class Augmentation:
    """`augment(joints (N, T, V, 3), seen (N, T, V))` → the same with `frames` frames, as many as go
    into the encoder."""

    def __init__(self, config: AugmentationConfig, layout: Layout, frames: int) -> None:
        self.config = config
        self.layout = layout
        self.frames = frames
        self.bones, self.path = bone_matrices(layout)
        self.roots = [joint for joint, parent in enumerate(layout.parents) if parent < 0]
        self.ends = [
            i for i, j in enumerate(layout.joints) if j.partition("_")[2] in ("wrist", "ankle")
        ]

    def __call__(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        joints, seen = self._retimed(joints, seen)
        joints = self._reproportioned(_put_by_the_body(joints, seen))
        joints = self._jittered(joints)
        return joints, seen * self._kept(seen)

    def _retimed(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Cut the ends, warp the speed within the clip, resample to `frames`."""
        n, length = joints.shape[:2]
        device = joints.device
        start = self.config.cut * torch.rand(n, 1, device=device)
        stop = 1 - self.config.cut * torch.rand(n, 1, device=device)
        knots = self.config.warp * torch.randn(n, 1, 5, device=device)
        speed = torch.nn.functional.interpolate(
            knots, self.frames - 1, mode="linear", align_corners=True
        )[:, 0].exp()
        at = torch.cat((torch.zeros(n, 1, device=device), speed.cumsum(1)), dim=1)
        at = (start + (stop - start) * at / at[:, -1:]) * (length - 1)  # (N, frames)
        slow = torch.rand(n, 1, device=device) < self.config.slow_frames
        fewest, most = _MOMENTS
        moments = fewest + (most - fewest) * torch.rand(n, 1, device=device)
        coarse = moments / (length - 1)
        at = torch.where(slow, (at * coarse).round() / coarse, at).clamp(0, length - 1)
        left = at.floor().long().clamp(max=length - 2)
        weight = (at - left)[..., None, None]
        rows = torch.arange(n, device=device)[:, None]
        a, b = joints[rows, left], joints[rows, left + 1]
        return a + (b - a) * weight, seen[rows, left] * seen[rows, left + 1]

    def _reproportioned(self, joints: Tensor) -> Tensor:
        """Lengthen and shorten bones, left and right alike; hands may stand in for wrists."""
        n, device = len(joints), joints.device
        spread = self.config.proportions
        factor = 1 + spread * torch.randn(n, len(self.layout), device=device)
        factor = (factor + factor[:, list(self.layout.mirror)]) / 2
        longer = torch.rand(n, 1, device=device) < self.config.hand_for_wrist
        factor[:, self.ends] *= torch.where(longer, 1.33, 1.0)
        factor = factor.clamp(0.6, 1.7)
        factor[:, self.roots] = 1.0  # their own positions are no bones
        change = self.path.to(device) * factor[:, None] @ self.bones.to(device)  # (N, V, V)
        return torch.matmul(change[:, None], joints)

    def _jittered(self, joints: Tensor) -> Tensor:
        n, device = len(joints), joints.device
        bias = self.config.bias * torch.randn(n, 1, joints.shape[2], 3, device=device)
        level = self.config.noise * torch.rand(n, 1, 1, 1, device=device) ** 2
        return joints + bias + level * torch.randn_like(joints)

    def _kept(self, seen: Tensor) -> Tensor:
        """0 where a joint is lost, for a span or for the whole clip."""
        n, frames, joints = seen.shape
        device = seen.device
        lossy = torch.rand(n, 1, device=device) < self.config.unseen
        lost = (torch.rand(n, joints, device=device) < 0.15) & lossy
        first = torch.rand(n, 1, joints, device=device) * 1.5 - 0.5
        length = torch.rand(n, 1, joints, device=device) * 1.2
        at = torch.linspace(0, 1, frames, device=device)[None, :, None]
        span = (at >= first) & (at <= first + length)
        gone = lost[:, None] & span | self._missing(n, joints, device)[:, None]
        return (~gone).to(seen.dtype)

    def _missing(self, clips: int, joints: int, device: torch.device) -> Tensor:
        """The joints that a clip lacks altogether, `(N, V)`."""
        lacking = torch.rand(clips, 1, device=device) < self.config.missing
        share = _MOST_MISSING * torch.rand(clips, 1, device=device)
        return (torch.rand(clips, joints, device=device) < share) & lacking

    def turned(self, local: Tensor, path: Tensor) -> tuple[Tensor, Tensor]:
        """Turn bodies in their frame by the errors of heading and of the camera's tilt."""
        n, device = len(local), local.device
        yaw = self.config.yaw * torch.randn(n, device=device)
        pitch, roll = self.config.tilt * torch.randn(2, n, device=device)
        turn = _rotation(yaw, 1) @ _rotation(pitch, 0) @ _rotation(roll, 2)  # (N, 3, 3)
        return local @ turn[:, None], path @ turn[:, None]


def mirrored(joints: Tensor, seen: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
    """Swap left and right of `(N, T, V, 3)` and `(N, T, V)`."""
    swap = list(layout.mirror)
    flip = torch.tensor([-1.0, 1.0, 1.0], device=joints.device)
    return joints[:, :, swap] * flip, seen[:, :, swap]


def sidedness(joints: Tensor, seen: Tensor, layout: Layout) -> Tensor:
    """Log ratio of the left side's motion to the right's, `(N,)`, around the layout's first joint;
    a step of a joint counts where it and that one were seen before and after."""
    there = (seen > 0.5) & (seen[:, :, :1] > 0.5)
    local = torch.where(there[..., None], joints - joints[:, :, :1], 0.0)
    both = there[:, 1:] & there[:, :-1]
    steps = ((local[:, 1:] - local[:, :-1]).norm(dim=-1) * both).sum(1)  # (N, V)
    left = [i for i, j in enumerate(layout.joints) if j.startswith("left_")]
    right = [layout.mirror[i] for i in left]
    return torch.log((steps[:, left].sum(1) + 0.1) / (steps[:, right].sum(1) + 0.1))


def _put_by_the_body(joints: Tensor, seen: Tensor) -> Tensor:
    """Put joints that were not seen in the middle of those that were, frame by frame: at the
    camera, where they are nought, a longer bone would tear away the joints that hang on them."""
    there = (seen > 0.5)[..., None]
    middle = (joints * there).sum(2, keepdim=True) / there.sum(2, keepdim=True).clamp(min=1)
    return torch.where(there, joints, middle)


def bone_matrices(layout: Layout) -> tuple[Tensor, Tensor]:
    """`bones @ joints` are the bone vectors (a root's is its own position), `path` undoes it: its
    rows are 1 for a joint and for all that it hangs on."""
    joints = len(layout)
    bones = torch.eye(joints)
    for child, parent in layout.bones:
        bones[child, parent] = -1.0
    return bones, torch.linalg.inv(bones)


def _rotation(angle: Tensor, axis: int) -> Tensor:
    c, s = angle.cos(), angle.sin()
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    rows = {
        0: (one, zero, zero, zero, c, -s, zero, s, c),
        1: (c, zero, s, zero, one, zero, -s, zero, c),
        2: (c, -s, zero, s, c, zero, zero, zero, one),
    }[axis]
    return torch.stack(rows, dim=-1).reshape(-1, 3, 3)

"""The body frame: centring, scaling and turning, inside the graph (ours).

Training and serving cannot drift apart, because both run this. Vectors only, no angles; float32.
A joint with `seen` 0 has no influence, NaN included.
"""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adult import adult_bones
from training.encoder.moving_part import MovingPart
from training.encoder.picking import of

_TINY = 1e-6


class BodyFrame(nn.Module):
    """Bring bodies into one frame: hips at the origin, adult size, left side towards +x.

    `forward(joints (N, T, V, 3), seen (N, T, V))` returns the pose around the hips
    `(N, F, V, 3)`, the path of the hips `(N, F, 1, 3)` from its mean, and `(N, F, V, 1)` seen;
    F = T, or where so configured the frames of the moving part.
    The size comes from all bones that were seen in the whole clip and whose length in an adult is
    known, the direction from hips and shoulders in all F frames, so no single joint is
    indispensable.
    The layout has to have hips and shoulders; `EncoderConfig` sees to it.
    """

    def __init__(self, layout: Layout, moving_part: MovingPart | None = None) -> None:
        super().__init__()
        self.moving_part = moving_part
        at = layout.index
        hips = torch.zeros(len(layout), 1)
        hips[[at[j] for j in ("pelvis", "left_hip", "right_hip") if j in at]] = 1.0
        self.register_buffer("hips", hips, persistent=False)
        lengths = adult_bones(layout)
        self.bone_ends = [child for child, _ in lengths]
        self.bone_starts = [parent for _, parent in lengths]
        adult = torch.tensor(list(lengths.values()))
        self.register_buffer("adult", adult, persistent=False)
        self.left = [at["left_hip"], at["left_shoulder"]]
        self.right = [at["right_hip"], at["right_shoulder"]]

    hips: Tensor
    adult: Tensor

    def forward(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weight = (seen > 0.5).to(joints.dtype)[..., None]  # (N, T, V, 1)
        joints = torch.where(weight > 0.5, joints, 0.0)  # NaN · 0 would stay NaN
        scale = self._scale(joints, weight)
        if self.moving_part is not None:
            joints, weight = self.moving_part(joints, weight, scale)
        centre, middle = self._centre(joints, weight)
        local = (joints - centre) * weight
        path = centre - middle
        cos, sin = self._direction(joints, weight)
        return _turned(local * scale, cos, sin), _turned(path * scale, cos, sin), weight

    def _centre(self, joints: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The hips in every frame `(N, T, 1, 3)` and their mean `(N, 1, 1, 3)`."""
        mass = (self.hips * weight).sum(2, keepdim=True)  # (N, T, 1, 1)
        hips = (self.hips * weight * joints).sum(2, keepdim=True) / mass.clamp(min=1)
        known = (mass > 0.5).to(joints.dtype)
        frames = known.sum(1, keepdim=True)
        middle = (hips * known).sum(1, keepdim=True) / frames.clamp(min=1)
        body = (joints * weight).sum((1, 2), keepdim=True) / weight.sum((1, 2), keepdim=True).clamp(
            min=1
        )
        middle = torch.where(frames > 0.5, middle, body)
        return torch.where(known > 0.5, hips, middle), middle

    def _scale(self, joints: Tensor, weight: Tensor) -> Tensor:
        """Adult size over this body's size, from the bones that were seen: `(N, 1, 1, 1)`."""
        bones = of(joints, self.bone_ends) - of(joints, self.bone_starts)  # (N, T, B, 3)
        both = (of(weight, self.bone_ends) * of(weight, self.bone_starts))[..., 0]
        lengths = ((bones * bones).sum(-1) + _TINY).sqrt() * both
        adult = (self.adult * both).sum((1, 2)) + _TINY
        size = lengths.sum((1, 2)) + _TINY
        return (adult / size)[:, None, None, None]

    def _direction(self, joints: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine of the body's mean heading, from its right to its left."""
        across = of(joints, self.left) - of(joints, self.right)  # (N, T, 2, 3)
        both = of(weight, self.left) * of(weight, self.right)
        across = (across * both).sum((1, 2)) / both.sum((1, 2)).clamp(min=1)  # (N, 3)
        x, z = across[:, 0], across[:, 2]
        norm = (x * x + z * z + _TINY * _TINY).sqrt()
        certain = norm > 1e-3
        cos = torch.where(certain, x / norm, 1.0)
        sin = torch.where(certain, z / norm, 0.0)
        return cos[:, None, None], sin[:, None, None]


def _turned(points: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return torch.stack((x * cos + z * sin, y, z * cos - x * sin), dim=-1)

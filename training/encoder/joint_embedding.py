"""The embedding of joints, before everything in encoders with attention."""

import torch
from torch import Tensor, nn


class JointEmbedding(nn.Module):
    """A projection, and a place of its own for each joint: `(N, C, T, V)` → `(N, C', T, V)`."""

    def __init__(self, in_channels: int, out_channels: int, joints: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(in_channels, out_channels, 1)
        self.place = nn.Parameter(0.02 * torch.randn(1, out_channels, 1, joints))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.project(x) + self.place
        return out

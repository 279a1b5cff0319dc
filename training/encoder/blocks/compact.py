"""compact: the default model's block, narrow and quick (ours, after DG-STGCN and ST-GCN++)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Block, Exchange, Shape
from training.encoder.temporal import TemporalBranches


class SpatialGraph(Exchange):
    """Joints exchange features over learned adjacencies: `(N, C, T, V)` → `(N, C', T, V)`.

    Each subset has a narrow projection and a full V × V matrix of its own, learned from a
    start at the body's bones.
    """

    def __init__(self, layout: Layout, in_channels: int, out_channels: int, subsets: int) -> None:
        super().__init__()
        self.subsets = subsets
        self.width = max(out_channels // subsets, 1)
        self.joints = len(layout)
        self.before = nn.Sequential(
            nn.Conv2d(in_channels, subsets * self.width, 1, bias=False),
            nn.BatchNorm2d(subsets * self.width),
            nn.ReLU(),
        )
        self.weights = nn.Parameter(adjacency(layout, subsets))
        self.after = nn.Sequential(
            nn.Conv2d(subsets * self.width, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )

    def topology(self) -> Tensor:
        return self.weights

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[2]
        y = self.before(x).reshape(-1, self.subsets, self.width * frames, self.joints)
        y = torch.matmul(y, self.weights.transpose(1, 2))  # (N, K, C'T, V)
        y = y.reshape(-1, self.subsets * self.width, frames, self.joints)
        out: Tensor = self.after(y)
        return out


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` learned adjacencies."""
    return Block(
        shape,
        SpatialGraph(layout, shape.in_channels, shape.out_channels, subsets),
        TemporalBranches(shape.out_channels, shape.stride),
    )

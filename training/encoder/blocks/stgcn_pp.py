"""stgcn_pp: after ST-GCN++ (Duan et al., PYSKL, 2022, arXiv 2205.09443)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Block, Exchange, Shape
from training.encoder.temporal import TemporalBranches

_DILATIONS = (1, 2, 3, 4)


class PartitionedGraph(Exchange):
    """One full projection for each partition of the bones, all of them added up.

    Each partition's adjacency is the body's, fixed, plus a matrix that is learned from zero: the
    paper learns their sum freely from the same start; here weight decay draws it to the body.
    """

    start: Tensor

    def __init__(self, layout: Layout, in_channels: int, out_channels: int, subsets: int) -> None:
        super().__init__()
        self.subsets, self.width, self.joints = subsets, out_channels, len(layout)
        self.project = nn.Conv2d(in_channels, subsets * out_channels, 1)
        self.register_buffer("start", adjacency(layout, subsets), persistent=False)
        self.learned = nn.Parameter(torch.zeros_like(self.start))
        self.norm = nn.BatchNorm2d(out_channels)

    def topology(self) -> Tensor:
        return self.start + self.learned

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[2]
        y = self.project(x).reshape(-1, self.subsets, self.width * frames, self.joints)
        y = torch.matmul(y, self.topology().transpose(1, 2)).sum(1)  # (N, C'T, V)
        out: Tensor = self.norm(y.reshape(-1, self.width, frames, self.joints))
        return out


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` partitions; the paper has 3."""
    return Block(
        shape,
        PartitionedGraph(layout, shape.in_channels, shape.out_channels, subsets),
        TemporalBranches(shape.out_channels, shape.stride, _DILATIONS),
        around=not shape.first,
    )

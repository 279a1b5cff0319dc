"""ctr_gcn: after CTR-GCN (Chen et al., ICCV 2021, arXiv 2107.12213)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Block, Exchange, Shape
from training.encoder.temporal import TemporalScales

_REDUCTION = 8


class RefinedTopology(nn.Module):
    """One topology, shared by all channels, refined for each of them by the clip.

    `forward(x (N, C, T, V), shared (V, V), refinement (1,))` → `(N, C', T, V)`.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        reduced = max(in_channels // _REDUCTION, _REDUCTION)
        self.hears = nn.Conv1d(in_channels, reduced, 1)
        self.speaks = nn.Conv1d(in_channels, reduced, 1)
        self.refine = nn.Conv2d(reduced, out_channels, 1)
        self.project = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor, shared: Tensor, refinement: Tensor) -> Tensor:
        mean = x.mean(2)
        hears, speaks = self.hears(mean), self.speaks(mean)  # (N, C', V)
        difference = torch.tanh(hears[..., None] - speaks[:, :, None])  # (N, C', V, V)
        adjacency = refinement * self.refine(difference) + shared
        return torch.matmul(self.project(x), adjacency.transpose(2, 3))


class RefinedGraph(Exchange):
    """The sum over subsets, each with a shared topology that is learned from the body's bones."""

    def __init__(self, layout: Layout, in_channels: int, out_channels: int, subsets: int) -> None:
        super().__init__()
        self.shared = nn.Parameter(adjacency(layout, subsets))
        self.refinement = nn.Parameter(torch.zeros(1))
        self.subsets = nn.ModuleList(
            RefinedTopology(in_channels, out_channels) for _ in range(subsets)
        )
        self.norm = nn.BatchNorm2d(out_channels)

    def topology(self) -> Tensor:
        return self.shared

    def forward(self, x: Tensor) -> Tensor:
        parts = [
            subset(x, self.shared[k], self.refinement) for k, subset in enumerate(self.subsets)
        ]
        out: Tensor = self.norm(sum(parts[1:], start=parts[0]))
        return out


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` topologies; the paper has 3."""
    return Block(
        shape,
        RefinedGraph(layout, shape.in_channels, shape.out_channels, subsets),
        TemporalScales(shape.out_channels, shape.stride),
        around=not shape.first,
    )

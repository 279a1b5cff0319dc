"""hd_gcn: after HD-GCN (Lee et al., ICCV 2023, arXiv 2208.10741)."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.block import Block, Exchange, Shape
from training.encoder.hierarchy import edge_sets, hierarchy
from training.encoder.temporal import TemporalScales

_TINY = 1e-6
#: How steeply a neighbour's weight falls with its distance, in units of the mean distance.
_STEEPNESS = 4.0


class Neighbours(nn.Module):
    """What a point's nearest in feature space have that it has not, in G groups apart:
    `(N, G · C, P)` → `(N, G · C', P)`.

    The paper's edge convolution takes the k nearest and their maximum; whether a point is the
    k-th or the next turns on the last bit, which differs between torch and onnxruntime. Here the
    nearest are weighed by distance and averaged.
    """

    def __init__(self, groups: int, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.groups, self.channels = groups, in_channels
        wide = (groups * in_channels, groups * out_channels, 1)
        self.difference = nn.Conv1d(*wide, groups=groups, bias=False)
        self.itself = nn.Conv1d(*wide, groups=groups, bias=False)
        self.norm = nn.BatchNorm1d(groups * out_channels)
        self.activation = nn.LeakyReLU(0.2)

    def forward(self, x: Tensor) -> Tensor:
        points = x.shape[2]
        y = x.reshape(-1, self.groups, self.channels, points)
        product = torch.matmul(y.transpose(2, 3), y)  # (N, G, P, P)
        square = (y * y).sum(2)
        distance = (square[..., None] + square[:, :, None] - 2 * product).clamp(min=0)
        usual = distance.mean((2, 3), keepdim=True) + _TINY
        weight = (-_STEEPNESS * distance / usual).softmax(-1)
        near = torch.matmul(y, weight.transpose(2, 3)).reshape(
            -1, self.groups * self.channels, points
        )
        out: Tensor = self.activation(self.norm(self.difference(near - x) + self.itself(x)))
        return out


class HierarchyAttention(nn.Module):
    """How much each edge set counts, by channel: `(N, L, C)` → `(N, L, C)`, between 0 and 1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        width = max(channels // 4, 1)
        self.down = nn.Sequential(
            nn.Conv1d(channels, width, 1, bias=False), nn.BatchNorm1d(width), nn.ReLU()
        )
        self.between = Neighbours(1, width, width)
        self.up = nn.Conv1d(width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.up(self.between(self.down(x.transpose(1, 2))))
        return y.sigmoid().transpose(1, 2)


class HierarchicalGraph(Exchange):
    """L edge sets, each fully joining one set of the body's hierarchy with the next, seen by
    `subsets` learned adjacencies and by its joints' neighbours in feature space; then the mean of
    the edge sets weighed by attention."""

    members: Tensor
    always: Tensor

    def __init__(self, layout: Layout, shape: Shape, subsets: int) -> None:
        super().__init__()
        sets = hierarchy(layout)
        start = edge_sets(sets, len(layout), subsets)
        self.layers, self.subsets, self.joints = len(start), subsets, len(layout)
        self.width = max(shape.out_channels // (subsets + 1), 1)
        self.rest = max(shape.out_channels - subsets * self.width, 1)
        whole = subsets * self.width + self.rest
        self.down = nn.Sequential(
            nn.Conv2d(shape.in_channels, self.layers * self.width, 1),
            nn.BatchNorm2d(self.layers * self.width),
            nn.ReLU(),
        )
        self.weights = nn.Parameter(start)
        count = self.layers * subsets
        self.project = nn.Conv2d(count * self.width, count * self.width, 1, groups=count)
        self.neighbours = Neighbours(self.layers, self.width, self.rest)
        self.attention = HierarchyAttention(whole)
        self.merge = (
            nn.Identity()
            if whole == shape.out_channels
            else nn.Conv2d(whole, shape.out_channels, 1, bias=False)
        )
        self.norm = nn.BatchNorm2d(shape.out_channels)
        members = torch.zeros(self.layers, 1, len(layout))
        for layer, pair in enumerate(pairwise(sets)):
            both = [*pair[0], *pair[1]]
            members[layer, 0, both] = 1 / len(both)
        self.register_buffer("members", members, persistent=False)
        self.register_buffer("always", torch.ones(shape.frames, 1), persistent=False)

    def topology(self) -> Tensor:
        return self.weights.flatten(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[2]
        y = self.down(x)  # (N, L C', T, V)
        near = self.neighbours(y.mean(2)).reshape(-1, self.layers, self.rest, self.joints)
        y = y.reshape(-1, self.layers, 1, self.width * frames, self.joints)
        y = torch.matmul(y, self.weights.transpose(2, 3))  # (N, L, K, C'T, V)
        y = y.reshape(-1, self.layers * self.subsets * self.width, frames, self.joints)
        heard = self.project(y).reshape(
            -1, self.layers, self.subsets * self.width, frames, self.joints
        )
        weight = self._weight(heard.mean(3), near)[..., None]  # (N, L, C', 1)
        split = self.subsets * self.width
        heard = (heard * weight[:, :, :split, :, None]).sum(1)  # (N, C', T, V)
        near = (near * weight[:, :, split:]).sum(1)[:, :, None]  # (N, C', 1, V)
        # As large as the others by a product, because a broadcast would have to ask for N.
        near = torch.matmul(self.always, near)
        out: Tensor = self.norm(self.merge(torch.cat((heard, near), dim=1)))
        return out

    def _weight(self, heard: Tensor, near: Tensor) -> Tensor:
        """From the mean over each edge set's joints: `(N, L, C', V)` → `(N, L, C')`."""
        both = torch.cat((heard, near), dim=2)
        weight: Tensor = self.attention((both * self.members).sum(3))
        return weight


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` adjacencies of each edge set; the paper has 3."""
    return Block(
        shape,
        HierarchicalGraph(layout, shape, subsets),
        TemporalScales(shape.out_channels, shape.stride),
        around=not shape.first,
    )

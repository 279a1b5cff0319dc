"""One graph block: joints exchange, then time (DG-STGCN / ST-GCN++ style, written here)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency


class SpatialGraph(nn.Module):
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

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[2]
        y = self.before(x).reshape(-1, self.subsets, self.width * frames, self.joints)
        y = torch.matmul(y, self.weights.transpose(1, 2))  # (N, K, C'T, V)
        y = y.reshape(-1, self.subsets * self.width, frames, self.joints)
        out: Tensor = self.after(y)
        return out


class TemporalBranches(nn.Module):
    """Several views of time side by side: `(N, C, T, V)` → `(N, C, T / stride, V)`.

    Convolutions over 3 frames with dilation 1, 2 and 4, a maximum over 3, and the frame itself.
    """

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        dilations = (1, 2, 4)
        width = channels // (len(dilations) + 2)
        branches: list[nn.Module] = [
            self._convolution(channels, width, stride, d) for d in dilations
        ]
        branches.append(
            nn.Sequential(
                nn.Conv2d(channels, width, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d((3, 1), (stride, 1), (1, 0)),
            )
        )
        rest = channels - width * (len(dilations) + 1)
        branches.append(nn.Conv2d(channels, rest, 1, (stride, 1), bias=False))
        self.branches = nn.ModuleList(branches)
        self.merge = nn.Sequential(
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    @staticmethod
    def _convolution(channels: int, width: int, stride: int, dilation: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, (3, 1), (stride, 1), (dilation, 0), (dilation, 1), bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.merge(torch.cat([branch(x) for branch in self.branches], dim=1))
        return out


class Block(nn.Module):
    """Spatial exchange, then time, both with a way round them: `(N, C, T, V)` → `(N, C', T', V)`.

    What every block of an encoder promises: `importance` `(N, 1, 1, V)` multiplies the features
    right after the spatial interaction [N], its way round included, before time.
    """

    def __init__(
        self, layout: Layout, in_channels: int, out_channels: int, stride: int, subsets: int
    ) -> None:
        super().__init__()
        self.spatial = SpatialGraph(layout, in_channels, out_channels, subsets)
        self.temporal = TemporalBranches(out_channels, stride)
        self.around_spatial = _around(in_channels, out_channels, 1)
        self.around_both = _around(in_channels, out_channels, stride)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor, importance: Tensor | None = None) -> Tensor:
        y = self.relu(self.spatial(x) + self.around_spatial(x))
        if importance is not None:
            y = y * over_time(importance, y.shape[2])
        out: Tensor = self.relu(self.temporal(y) + self.around_both(x))
        return out


def over_time(importance: Tensor, frames: int) -> Tensor:
    """`(N, 1, 1, V)` → `(N, 1, T, V)`: in long rows the runtime multiplies three times as fast."""
    return importance.repeat(1, 1, frames, 1)


def _around(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, (stride, 1), bias=False),
        nn.BatchNorm2d(out_channels),
    )

"""dg_stgcn: after DG-STGCN (Duan et al., 2022, arXiv 2210.05895)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Block, Exchange, Shape
from training.encoder.temporal import TemporalBranches

_DILATIONS = (1, 2, 3, 4)
#: Spread of the noise by which groups that start at the same bones differ.
_SPREAD = 0.02


class DynamicGroups(Exchange):
    """Groups of channels, each over an adjacency of three parts, added up: a learned one, one for
    each channel from the differences of joints, and one from their likeness.

    The last two come from the clip's mean over time and are weighed by numbers learned from zero.
    The paper starts the learned part at random; here it starts at the body's bones.
    """

    def __init__(self, layout: Layout, in_channels: int, out_channels: int, subsets: int) -> None:
        super().__init__()
        self.subsets, self.joints = subsets, len(layout)
        self.width = max(out_channels // subsets, 1)
        inner = subsets * self.width
        start = adjacency(layout, subsets)
        self.learned = nn.Parameter(start + _SPREAD * torch.randn_like(start))
        self.before = nn.Sequential(
            nn.Conv2d(in_channels, inner, 1), nn.BatchNorm2d(inner), nn.ReLU()
        )
        self.hears = nn.Conv1d(in_channels, inner, 1)
        self.speaks = nn.Conv1d(in_channels, inner, 1)
        self.by_difference = nn.Parameter(torch.zeros(subsets, 1, 1, 1))
        self.by_likeness = nn.Parameter(torch.zeros(subsets, 1, 1, 1))
        self.after = nn.Sequential(nn.Conv2d(inner, out_channels, 1), nn.BatchNorm2d(out_channels))

    def topology(self) -> Tensor:
        return self.learned

    def forward(self, x: Tensor) -> Tensor:
        frames, inner = x.shape[2], self.subsets * self.width
        y = torch.matmul(self.before(x), self._adjacency(x.mean(2)).transpose(2, 3))
        out: Tensor = self.after(y.reshape(-1, inner, frames, self.joints))
        return out

    def _adjacency(self, mean: Tensor) -> Tensor:
        """`(N, C, V)` → `(N, K · C', V, V)`."""
        shape = (-1, self.subsets, self.width, self.joints)
        hears, speaks = self.hears(mean).reshape(shape), self.speaks(mean).reshape(shape)
        difference = torch.tanh(hears[..., None] - speaks[:, :, :, None])  # (N, K, C', V, V)
        likeness = torch.matmul(hears.transpose(2, 3), speaks)[:, :, None].softmax(-1)
        whole = (
            self.learned[:, None] + self.by_difference * difference + self.by_likeness * likeness
        )
        return whole.reshape(-1, self.subsets * self.width, self.joints, self.joints)


class JointAndSkeleton(TemporalBranches):
    """The views of every joint, and those of the mean skeleton added to them by a weight of each
    joint, learned from zero (the paper's joint-skeleton fusion)."""

    def __init__(self, channels: int, stride: int, joints: int) -> None:
        super().__init__(channels, stride, _DILATIONS)
        self.joints = joints
        self.fusion = nn.Parameter(torch.zeros(joints))

    def forward(self, x: Tensor) -> Tensor:
        views = self.views(torch.cat((x, x.mean(3, keepdim=True)), dim=3))
        joint, skeleton = views[..., : self.joints], views[..., self.joints :]
        out: Tensor = self.merge(joint + skeleton * self.fusion)
        return out


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` groups; the paper has 8."""
    return Block(
        shape,
        DynamicGroups(layout, shape.in_channels, shape.out_channels, subsets),
        JointAndSkeleton(shape.out_channels, shape.stride, len(layout)),
        around=not shape.first,
    )

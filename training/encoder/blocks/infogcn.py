"""infogcn: after InfoGCN (Chi et al., CVPR 2022), the encoder of CrossGLG's tables [N]."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Block, Exchange, Shape
from training.encoder.joint_embedding import JointEmbedding
from training.encoder.temporal import TemporalScales

_REDUCTION = 8


class AttentiveGraph(Exchange):
    """Self-attention between the joints of a frame, times an intrinsic topology, in several heads.

    The paper starts the topology at the identity; here it starts at the body's bones.
    """

    def __init__(self, layout: Layout, in_channels: int, out_channels: int, heads: int) -> None:
        super().__init__()
        self.heads, self.joints = heads, len(layout)
        self.width = max(in_channels // _REDUCTION, 1)
        self.channels = in_channels
        self.before = nn.LayerNorm(in_channels)
        self.query = nn.Linear(in_channels, heads * self.width)
        self.key = nn.Linear(in_channels, heads * self.width)
        self.intrinsic = nn.Parameter(adjacency(layout, heads))
        self.project = nn.Conv2d(heads * in_channels, out_channels, 1)
        self.norm = nn.BatchNorm2d(out_channels)

    def topology(self) -> Tensor:
        return self.intrinsic

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[2]
        rows = x.permute(0, 2, 3, 1)  # (N, T, V, C)
        y = self.before(rows)
        shape = (-1, frames, self.joints, self.heads, self.width)
        query = self.query(y).reshape(shape).permute(0, 1, 3, 2, 4)  # (N, T, K, V, C')
        key = self.key(y).reshape(shape).permute(0, 1, 3, 4, 2)  # (N, T, K, C', V)
        attention = (torch.matmul(query, key) * self.width**-0.5).softmax(-1)
        heard = torch.matmul(attention * self.intrinsic, rows[:, :, None])  # (N, T, K, V, C)
        heard = heard.permute(0, 2, 4, 1, 3)
        heard = heard.reshape(-1, self.heads * self.channels, frames, self.joints)
        out: Tensor = self.norm(self.project(heard))
        return out


def block(layout: Layout, shape: Shape, subsets: int) -> Block:
    """`subsets` heads; the paper has 3. The first block embeds the joints."""
    narrow, wide = shape.in_channels, shape.out_channels
    embedding = JointEmbedding(narrow, wide, len(layout)) if shape.first else None
    return Block(
        shape,
        AttentiveGraph(layout, wide if shape.first else narrow, wide, subsets),
        TemporalScales(wide, shape.stride),
        embedding=embedding,
    )

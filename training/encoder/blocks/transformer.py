"""transformer: attention between joints, then between frames (ours, plain and small)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.adjacency import adjacency
from training.encoder.block import Shape
from training.encoder.joint_embedding import JointEmbedding

#: How much more a joint listens at first to its neighbours in the body, as a logarithm.
_NEARNESS = 2.0


class Attention(nn.Module):
    """Attention among the P points of `(N, B, P, C)` → `(N, B, P', C')`, in several heads.

    `bias` `(K, P', P)` is added to its logits and learned. The askers are every `stride`-th point.
    """

    def __init__(
        self, in_channels: int, out_channels: int, bias: Tensor, batch: int, stride: int = 1
    ) -> None:
        super().__init__()
        self.heads, self.askers, self.points = bias.shape
        self.batch, self.stride = batch, stride
        self.width = max(out_channels // self.heads, 1)
        inner = self.heads * self.width
        self.query = nn.Linear(in_channels, inner)
        self.key = nn.Linear(in_channels, inner)
        self.value = nn.Linear(in_channels, inner)
        self.bias = nn.Parameter(bias)
        self.out = nn.Linear(inner, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        asking = x[:, :, :: self.stride]
        query = self._heads(self.query(asking), self.askers)  # (N, B, K, P', C')
        key = self._heads(self.key(x), self.points)
        value = self._heads(self.value(x), self.points)
        logits = torch.matmul(query, key.transpose(3, 4)) * self.width**-0.5 + self.bias
        heard = torch.matmul(logits.softmax(-1), value).permute(0, 1, 3, 2, 4)
        heard = heard.reshape(-1, self.batch, self.askers, self.heads * self.width)
        out: Tensor = self.out(heard)
        return out

    def _heads(self, x: Tensor, points: int) -> Tensor:
        shape = (-1, self.batch, points, self.heads, self.width)
        return x.reshape(shape).permute(0, 1, 3, 2, 4)


class TransformerBlock(nn.Module):
    """Attention between the joints of a frame, between the frames of a joint, and a perceptron,
    each with the norm before it and a way round it; forward as in `Block`.

    The heads start at the body's bones. A stride keeps every second frame, which still hears all.
    """

    def __init__(self, layout: Layout, shape: Shape, heads: int) -> None:
        super().__init__()
        narrow, wide = shape.in_channels, shape.out_channels
        self.stride = shape.stride
        self.embedding: nn.Module = nn.Identity()
        if shape.first:
            self.embedding, narrow = JointEmbedding(narrow, wide, len(layout)), wide
        self.around: nn.Module = nn.Identity() if narrow == wide else nn.Linear(narrow, wide)
        left = -(-shape.frames // shape.stride)
        bones = _NEARNESS * adjacency(layout, heads)
        self.before_joints = nn.LayerNorm(narrow)
        self.joints = Attention(narrow, wide, bones, shape.frames)
        frames = torch.zeros(heads, left, shape.frames)
        self.before_frames = nn.LayerNorm(wide)
        self.frames = Attention(wide, wide, frames, len(layout), shape.stride)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(wide), nn.Linear(wide, 2 * wide), nn.ReLU(), nn.Linear(2 * wide, wide)
        )

    def topology(self) -> Tensor:
        """See `Exchange.topology`; here as logarithms."""
        return self.joints.bias

    def forward(self, x: Tensor, importance: Tensor | None = None) -> Tensor:
        rows = self.embedding(x).permute(0, 2, 3, 1)  # (N, T, V, C)
        y = self.around(rows) + self.joints(self.before_joints(rows))
        if importance is not None:
            y = y * importance.permute(0, 2, 3, 1)
        y = y.transpose(1, 2)  # (N, V, T, C)
        y = y[:, :, :: self.stride] + self.frames(self.before_frames(y))
        out: Tensor = y + self.perceptron(y)
        return out.permute(0, 3, 2, 1)


def block(layout: Layout, shape: Shape, subsets: int) -> TransformerBlock:
    """`subsets` heads. The first block embeds the joints."""
    return TransformerBlock(layout, shape, subsets)

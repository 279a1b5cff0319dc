"""One block: joints exchange, then time; every family of encoders has this shape.

ST-GCN++, DG-STGCN, CTR-GCN, InfoGCN and HD-GCN differ in how joints exchange and in how many
views of time they take, and agree on how the two are put together.
"""

from typing import NamedTuple

from torch import Tensor, nn

from training.encoder.thinned import ThinnedConvolution


class Shape(NamedTuple):
    """What goes into a block and comes out: channels `C` and `C'`, the stride in time, the frames
    `T` that go in, and whether it is the first of its encoder."""

    in_channels: int
    out_channels: int
    stride: int
    frames: int
    first: bool = False


class Exchange(nn.Module):
    """How joints exchange features: `(N, C, T, V)` → `(N, C', T, V)`."""

    def topology(self) -> Tensor:
        """`(K, V, V)`: how strongly joint v hears joint u, `[:, v, u]`, whatever the clip."""
        raise NotImplementedError


class Block(nn.Module):
    """Exchange between joints, then time, both with a way round them.

    `forward(x (N, C, T, V), importance (N, 1, 1, V) or None)` → `(N, C', T', V)`. `importance`
    weighs the joints right after the exchange [N] (PAPER.md, JID); 1 for each changes nothing.
    An `embedding` comes before everything; without `around` there is no way round the whole block.
    """

    spatial: Exchange

    def __init__(
        self,
        shape: Shape,
        spatial: Exchange,
        temporal: nn.Module,
        *,
        around: bool = True,
        embedding: nn.Module | None = None,
    ) -> None:
        super().__init__()
        narrow, wide = shape.in_channels, shape.out_channels
        self.embedding = embedding
        # An embedding has brought the channels to what comes out already.
        narrow = narrow if embedding is None else wide
        self.spatial = spatial
        self.temporal = temporal
        self.around_spatial = _around(narrow, wide, 1)
        self.around_both = _around(narrow, wide, shape.stride) if around else None
        self.relu = nn.ReLU()

    def topology(self) -> Tensor:
        """See `Exchange.topology`."""
        return self.spatial.topology()

    def forward(self, x: Tensor, importance: Tensor | None = None) -> Tensor:
        if self.embedding is not None:
            x = self.embedding(x)
        y = self.relu(self.spatial(x) + self.around_spatial(x))
        if importance is not None:
            y = y * over_time(importance, y.shape[2])
        y = self.temporal(y)
        if self.around_both is not None:
            y = y + self.around_both(x)
        out: Tensor = self.relu(y)
        return out


def over_time(importance: Tensor, frames: int) -> Tensor:
    """`(N, 1, 1, V)` → `(N, 1, T, V)`: in long rows the runtime multiplies three times as fast."""
    return importance.repeat(1, 1, frames, 1)


def _around(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    if in_channels == out_channels and stride == 1:
        return nn.Identity()
    return nn.Sequential(
        ThinnedConvolution(in_channels, out_channels, stride),
        nn.BatchNorm2d(out_channels),
    )

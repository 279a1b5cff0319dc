"""The encoder: skeleton sequences to features (ours, around the blocks of any family)."""

import torch
from torch import Tensor, nn

from skeleton import resolve_layout
from training.config import EncoderConfig
from training.encoder.blocks import make_blocks
from training.encoder.body_frame import BodyFrame
from training.encoder.persons import averaged, folded
from training.encoder.streams import Streams


class Encoder(nn.Module):
    """Graph blocks over a body in its frame; `config.family` says of which kind.

    `forward(joints (N, T, M, V, 3), seen (N, T, M, V))` returns features `(N, D)`,
    D = segments · segment_width, not normalised: the mean over the persons present. `blocks` is
    the list of graph blocks, each `(N, C, T, V)` → `(N, C', T', V)`, for whoever wants to look at
    or re-weight what passes between them.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.layout = resolve_layout(config.layout)
        self.frames = config.frames
        self.persons = config.persons
        self.segments = config.segments
        joints = len(self.layout)
        self.body_frame = BodyFrame(self.layout)
        self.streams = Streams(self.layout)
        self.input_norm = nn.BatchNorm1d(Streams.channels * joints)
        self.blocks = make_blocks(self.layout, config, Streams.channels)
        left = config.frames
        for stride in config.strides:
            left = -(-left // stride)
        self.per_segment = left // config.segments
        self.dropout = nn.Dropout(config.dropout)
        self.projection = nn.Conv1d(
            config.segments * config.channels[-1], config.segments * config.segment_width, 1,
            groups=config.segments,
        )  # fmt: skip

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.projection.weight.device

    @property
    def width(self) -> int:
        """D, the width of the features."""
        return self.projection.out_channels

    def forward(self, joints: Tensor, seen: Tensor) -> Tensor:
        body = self.in_body_frame(joints, seen)
        return averaged(self.features(*body), body[2], self.persons)

    def in_body_frame(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The body frame of `(N, T, M, V, 3)` and `(N, T, M, V)`, a clip's persons one after the
        other as bodies of their own, N·M of them; see `BodyFrame`."""
        if self.persons > 1:
            joints, seen = folded(joints, seen)
        shape = (-1, self.frames, len(self.layout))
        body: tuple[Tensor, Tensor, Tensor] = self.body_frame(
            joints.reshape(*shape, 3), seen.reshape(*shape)
        )
        return body

    def features(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        """Features `(N, D)` of bodies that are in their frame already."""
        x = self.streams(local, path, seen)  # (N, C, T, V)
        channels, joints = Streams.channels, len(self.layout)
        x = x.permute(0, 3, 1, 2).reshape(-1, joints * channels, self.frames)
        x = self.input_norm(x).reshape(-1, joints, channels, self.frames).permute(0, 2, 3, 1)
        for block in self.blocks:
            x = block(x)
        return self._projected(x)

    def _projected(self, x: Tensor) -> Tensor:
        """Mean over joints and within each part of time, then a projection for each part."""
        x = x.mean(dim=3)  # (N, C, T')
        channels = x.shape[1]
        x = x.reshape(-1, channels, self.segments, self.per_segment).mean(dim=3)
        x = x.transpose(1, 2).reshape(-1, self.segments * channels, 1)
        out: Tensor = self.projection(self.dropout(x))
        return out.reshape(-1, self.projection.out_channels)

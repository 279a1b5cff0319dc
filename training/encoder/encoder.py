"""The encoder: skeleton sequences to features (ours, around the blocks of any family)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from skeleton import resolve_layout
from training.config import EncoderConfig, ImportanceConfig
from training.encoder.blocks import make_blocks
from training.encoder.body_frame import BodyFrame
from training.encoder.jid import JointImportance
from training.encoder.moving_part import MovingPart
from training.encoder.persons import averaged, folded
from training.encoder.streams import Streams


class Features(NamedTuple):
    """What the encoder says of a clip: `vector` `(N, D)`, not normalised; `joints` `(N, V, C)`,
    the last block's features averaged over time; with JID, `importance` `(N, V)`."""

    vector: Tensor
    joints: Tensor
    importance: Tensor | None


class Encoder(nn.Module):
    """Graph blocks over a body in its frame; `config.family` says of which kind.

    `forward(joints (N, T, M, V, 3), seen (N, T, M, V))` returns features `(N, D)`,
    D = segments · segment_width, not normalised: the mean over the persons present. `blocks` is
    the list of graph blocks, each `(N, C, T, V)` → `(N, C', T', V)`, for whoever wants to look at
    what passes between them. Between two of them `jid` says how important each joint is, where
    `importance` is configured, and the later ones weigh the joints by it [N].
    """

    def __init__(self, config: EncoderConfig, importance: ImportanceConfig | None = None) -> None:
        super().__init__()
        self.layout = resolve_layout(config.layout)
        self.frames = config.input_frames
        self.persons = config.persons
        self.channels = config.channels[-1]  # C, of the last block
        self.segments = config.segments
        joints = len(self.layout)
        moving_part = None
        if config.moving_part is not None:
            moving_part = MovingPart(self.layout, config.moving_part, config.frames)
        self.body_frame = BodyFrame(self.layout, moving_part)
        self.streams = Streams(self.layout)
        self.input_norm = nn.BatchNorm1d(Streams.channels * joints)
        self.blocks = make_blocks(self.layout, config, Streams.channels)
        self.inner_frames = left = config.frames  # F, those that the blocks see
        for stride in config.strides:
            left = -(-left // stride)
        self.per_segment = left // config.segments
        self.dropout = nn.Dropout(config.dropout)
        self.projection = nn.Conv1d(
            config.segments * config.channels[-1], config.segments * config.segment_width, 1,
            groups=config.segments,
        )  # fmt: skip
        self.jid_after, self.jid = 0, None
        if importance is not None:
            self.jid_after = importance.after or len(config.channels) // 2
            # The other weights start as they would without it: the two can be compared (ours).
            with torch.random.fork_rng(devices=[]):
                self.jid = JointImportance(config.channels[self.jid_after - 1], importance)

    jid: JointImportance | None

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
        return averaged(self.features(*body).vector, body[2], self.persons)

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

    def features(self, local: Tensor, path: Tensor, seen: Tensor) -> Features:
        """Features of bodies that are in their frame already."""
        x = self.streams(local, path, seen)  # (N, C, T, V)
        channels, joints = Streams.channels, len(self.layout)
        frames = self.inner_frames
        x = x.permute(0, 3, 1, 2).reshape(-1, joints * channels, frames)
        x = self.input_norm(x).reshape(-1, joints, channels, frames).permute(0, 2, 3, 1)
        importance = factor = None
        for number, block in enumerate(self.blocks, start=1):
            x = block(x, factor)
            if self.jid is not None and number == self.jid_after:
                importance = self.jid(x, seen)
                factor = self.jid.factor(importance)
        return Features(self._projected(x), x.mean(dim=2).transpose(1, 2), importance)

    def _projected(self, x: Tensor) -> Tensor:
        """Mean over joints and within each part of time, then a projection for each part."""
        x = x.mean(dim=3)  # (N, C, T')
        channels = x.shape[1]
        x = x.reshape(-1, channels, self.segments, self.per_segment).mean(dim=3)
        x = x.transpose(1, 2).reshape(-1, self.segments * channels, 1)
        out: Tensor = self.projection(self.dropout(x))
        return out.reshape(-1, self.projection.out_channels)

"""The moving part: who stands still before or after an action, or whose clip is cut a little
early or late, does the same action (ours)."""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.config import BadConfig, MovingPartConfig
from training.encoder.picking import at, of

#: Where people move most, or what stands in where a layout lacks it.
_ENDS = (
    ("left_wrist", "left_hand"), ("right_wrist", "right_hand"),
    ("left_ankle", "left_foot"), ("right_ankle", "right_foot"), ("head",),
)  # fmt: skip
#: Metres of an adult: who seems to go farther in a moment is a tracker's error, and counts so much.
_FARTHEST = 1.0
_TINY = 1e-6


class MovingPart(nn.Module):
    """Leave out where nothing moves at the beginning and end: `config.frames` frames T of the whole
    clip become `frames` F of the part in which hands, feet and head move.

    `forward(joints (N, T, V, 3), weight (N, T, V, 1), scale (N, 1, 1, 1))` returns the first two
    with F frames: `weight` is 1 where a joint was seen and 0 elsewhere, where its coordinates are
    0; `scale` brings a body to adult size. The part begins when `share` of all movement is done and
    ends when as much is left, and is lengthened by `margin` of itself on either side. Movement is
    the way of the fastest end from `reach` frames before to as many after, less `floor` of the
    greatest. The clip's arrays are interpolated: a little more noise moves the part a little.
    """

    def __init__(self, layout: Layout, config: MovingPartConfig, frames: int) -> None:
        super().__init__()
        self.config = config
        self.ends = ends_of(layout)
        if not self.ends:
            raise BadConfig(
                f"encoder.moving_part: layout {layout.name} has no hand, foot or head to tell "
                "movement by; null takes the whole clip"
            )
        last, reach = config.frames - 1, config.reach
        self.before = [max(t - reach, 0) for t in range(config.frames)]
        self.after = [min(t + reach, last) for t in range(config.frames)]
        self.width = 3 * len(layout)
        # (T - 1, T): the movement up to each frame.
        summed = torch.ones(last, config.frames).triu(1)
        self.register_buffer("summed", summed, persistent=False)
        self.register_buffer("at", torch.linspace(0, 1, frames), persistent=False)
        self.register_buffer("times", torch.arange(config.frames).float(), persistent=False)

    summed: Tensor
    at: Tensor
    times: Tensor

    def forward(self, joints: Tensor, weight: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
        steps = self._steps(joints, weight, scale)
        first, last = self._part(steps)
        times = first + (last - first) * self.at  # (N, F)
        shares = (1 - (times[:, :, None] - self.times).abs()).clamp(min=0)  # (N, F, T)
        frames, count = len(self.at), self.width // 3
        seen = torch.matmul(shares, weight.reshape(-1, self.config.frames, count))
        moved = torch.matmul(shares, joints.reshape(-1, self.config.frames, self.width))
        seen = seen.reshape(-1, frames, count, 1)
        moved = moved.reshape(-1, frames, count, 3) / seen.clamp(min=0.5)
        # Between a seen and an unseen frame the nearer decides.
        there = (seen > 0.5).to(joints.dtype)
        return moved * there, there

    def _steps(self, joints: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
        """How much moves between each frame and the next, `(N, T - 1)`."""
        ends = of(joints, self.ends)
        there = of(weight, self.ends)[..., 0]  # (N, T, E)
        way = (at(ends, self.after) - at(ends, self.before)) * scale
        both = at(there, self.after) * at(there, self.before)
        way = (way * way).sum(-1).sqrt().clamp(max=_FARTHEST) * both
        fastest = way.amax(2)  # (N, T)
        moves = (fastest - self.config.floor * fastest.amax(1, keepdim=True)).clamp(min=0)
        return (moves[:, 1:] + moves[:, :-1]) / 2

    def _part(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Where the part begins and ends, in frames of the clip, `(N, 1)` each."""
        done = torch.matmul(steps, self.summed)  # (N, T)
        little = self.config.share * done[:, -1:]
        steps = steps.clamp(min=_TINY)
        passed = (little - done[:, :-1]) / steps
        left = (done[:, 1:] - (done[:, -1:] - little)) / steps
        first = passed.clamp(0, 1).sum(1, keepdim=True)
        last = self.config.frames - 1 - left.clamp(0, 1).sum(1, keepdim=True)
        more = self.config.margin * (last - first)
        return (first - more).clamp(min=0), (last + more).clamp(max=self.config.frames - 1)


def ends_of(layout: Layout) -> list[int]:
    """The joints by which movement is measured: of hands, feet and head those that there are."""
    there = ([name for name in names if name in layout.index] for names in _ENDS)
    return [layout.index[names[0]] for names in there if names]

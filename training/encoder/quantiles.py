"""Quantiles over time: which values a movement takes, and how often, whenever it does (ours).

Like magnitudes of waves they do not change when a movement starts earlier or later; unlike them
they say where a joint lingers and how fast it is at most. A joint rests at its mean while it is
unseen, so that a gap adds two jumps to its velocities.
"""

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.picking import of

_TINY = 1e-6
_SHORT = 0.03  # metres
#: From it every joint is measured; what is kept in its own place is its path.
_ORIGIN = "pelvis"


class Quantiles(nn.Module):
    """Of C series `(N, T, C)` → `(N, LC)` at L levels, between neighbours linearly."""

    mix: Tensor

    def __init__(self, levels: Sequence[float], frames: int, series: int) -> None:
        super().__init__()
        place = torch.tensor(levels) * (frames - 1)
        self.frames, self.size = frames, len(levels) * series
        distance = (place[:, None] - torch.arange(frames)[None]).abs()
        self.register_buffer("mix", (1 - distance).clamp(min=0), persistent=False)

    def forward(self, series: Tensor) -> Tensor:
        # Sorted; but `sort` would ask for the shape in the exported graph.
        ordered = torch.topk(series, self.frames, dim=1, largest=False).values
        return torch.matmul(self.mix, ordered).reshape(-1, self.size)

    def known(self, coordinates: Tensor) -> Tensor:
        """Which outputs rest on what was seen: `(N, C)` → `(N, LC)`."""
        return coordinates[:, None].expand(-1, len(self.mix), -1).reshape(-1, self.size)


class Velocities(Quantiles):
    """Of the series' changes from frame to frame, `(N, T, C)` → `(N, LC)`."""

    def __init__(self, levels: Sequence[float], frames: int, series: int) -> None:
        super().__init__(levels, frames - 1, series)

    def forward(self, series: Tensor) -> Tensor:
        return super().forward(series[:, 1:] - series[:, :-1])


class Distances(Quantiles):
    """Of the distances of all pairs of some joints, `(N, T, 3V)` → `(N, LP)`. No error of heading
    or tilt changes them; the origin is always known."""

    away: Tensor

    def __init__(
        self, levels: Sequence[float], frames: int, layout: Layout, joints: Sequence[str]
    ) -> None:
        pairs = list(combinations(joints, 2))
        super().__init__(levels, frames, len(pairs))
        self.joints = len(layout)
        self.start = [layout.index[a] for a, _ in pairs]
        self.end = [layout.index[b] for _, b in pairs]
        away = torch.tensor([[float(joint != _ORIGIN) for joint in pair] for pair in pairs])
        self.register_buffer("away", away.T[:, :, None].contiguous(), persistent=False)

    def forward(self, series: Tensor) -> Tensor:
        points = series.reshape(-1, self.frames, self.joints, 3)
        apart = of(points, self.start) * self.away[0] - of(points, self.end) * self.away[1]
        return super().forward(((apart * apart).sum(-1) + _TINY).sqrt())

    def known(self, coordinates: Tensor) -> Tensor:
        joints = coordinates.reshape(-1, 1, self.joints, 3)
        start_away, end_away = self.away[..., 0]
        start = of(joints, self.start)[:, 0, :, 0] * start_away + (1 - start_away)
        end = of(joints, self.end)[:, 0, :, 0] * end_away + (1 - end_away)
        return super().known(start * end)


class Angles(Quantiles):
    """Of the cosines of the angles between all pairs of B bones, `(N, T, 3V)` → `(N, LP)`. Neither
    heading nor tilt nor the length of the bones changes them; the origin is always known."""

    away: Tensor

    def __init__(self, levels: Sequence[float], frames: int, layout: Layout) -> None:
        pairs = list(combinations(range(len(layout.bones)), 2))
        super().__init__(levels, frames, len(pairs))
        self.joints = len(layout)
        self.start = [parent for _, parent in layout.bones]
        self.end = [child for child, _ in layout.bones]
        self.first, self.second = ([pair[k] for pair in pairs] for k in (0, 1))
        ends = [[float(layout.joints[j] != _ORIGIN) for j in of] for of in (self.start, self.end)]
        self.register_buffer("away", torch.tensor(ends)[:, :, None], persistent=False)

    def forward(self, series: Tensor) -> Tensor:
        points = series.reshape(-1, self.frames, self.joints, 3)
        bones = of(points, self.end) * self.away[1] - of(points, self.start) * self.away[0]
        # What is shorter than a few centimetres points nowhere.
        bones = bones / ((bones * bones).sum(-1, keepdim=True).add(_TINY).sqrt() + _SHORT)
        return super().forward((of(bones, self.first) * of(bones, self.second)).sum(-1))

    def known(self, coordinates: Tensor) -> Tensor:
        joints = coordinates.reshape(-1, 1, self.joints, 3)
        start_away, end_away = self.away[..., 0]
        start = of(joints, self.start)[:, 0, :, 0] * start_away + (1 - start_away)
        end = of(joints, self.end)[:, 0, :, 0] * end_away + (1 - end_away)
        bones = start * end
        return super().known(bones[:, self.first] * bones[:, self.second])

"""Quantiles over time: which values a movement takes, and how often, whenever it does (ours).

Like magnitudes of waves they do not change when a movement starts earlier or later; unlike them
they say where a joint lingers and how fast it is at most. Without a completion a joint rests at its
mean while it is unseen, so that a gap adds two jumps to its velocities.
"""

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.picking import of

_TINY = 1e-6
_SHORT = 0.03  # metres; of what is no longer, no direction is known well
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


class Segments(nn.Module):
    """S straight lines from joint to joint. The origin's own place is its path: here it lies at
    nought, and is always known."""

    away: Tensor

    def __init__(self, frames: int, layout: Layout, ends: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.frames, self.joints, self.count = frames, len(layout), len(ends)
        self.start = [layout.index[start] for start, _ in ends]
        self.end = [layout.index[end] for _, end in ends]
        away = torch.tensor([[float(joint != _ORIGIN) for joint in pair] for pair in ends])
        self.register_buffer("away", away.T[:, :, None].contiguous(), persistent=False)

    def forward(self, series: Tensor) -> Tensor:
        """From their ends to their starts: metres of an adult `(N, T, 3V)` → `(N, T, S, 3)`."""
        points = series.reshape(-1, self.frames, self.joints, 3)
        return of(points, self.start) * self.away[0] - of(points, self.end) * self.away[1]

    def known(self, coordinates: Tensor) -> Tensor:
        """Of which both ends were seen: `(N, 3V)` → `(N, S)`."""
        joints = coordinates.reshape(-1, 1, self.joints, 3)
        start_away, end_away = self.away[..., 0]
        start = of(joints, self.start)[:, 0, :, 0] * start_away + (1 - start_away)
        end = of(joints, self.end)[:, 0, :, 0] * end_away + (1 - end_away)
        both: Tensor = start * end
        return both


class Distances(Quantiles):
    """Of the distances of all P pairs of some joints, `(N, T, 3V)` → `(N, LP)`. No error of
    heading or tilt changes them."""

    def __init__(
        self, levels: Sequence[float], frames: int, layout: Layout, joints: Sequence[str]
    ) -> None:
        segments = Segments(frames, layout, list(combinations(joints, 2)))
        super().__init__(levels, frames, segments.count)
        self.segments = segments

    def forward(self, series: Tensor) -> Tensor:
        apart = self.segments(series)
        return super().forward(((apart * apart).sum(-1) + _TINY).sqrt())

    def known(self, coordinates: Tensor) -> Tensor:
        return super().known(self.segments.known(coordinates))


class Angles(Quantiles):
    """Of the cosines of the angles between all pairs of B bones, `(N, T, 3V)` → `(N, LP)`,
    P = B (B - 1) / 2. Neither heading nor tilt changes them, and the bones' length little: one of
    b metres counts b / (b + 0.03), so that what is too short to have a direction has none."""

    def __init__(self, levels: Sequence[float], frames: int, layout: Layout) -> None:
        bones = [(layout.joints[parent], layout.joints[child]) for child, parent in layout.bones]
        pairs = list(combinations(range(len(bones)), 2))
        super().__init__(levels, frames, len(pairs))
        self.bones = Segments(frames, layout, bones)
        self.first, self.second = ([pair[k] for pair in pairs] for k in (0, 1))

    def forward(self, series: Tensor) -> Tensor:
        bones = self.bones(series)
        bones = bones / ((bones * bones).sum(-1, keepdim=True).add(_TINY).sqrt() + _SHORT)
        return super().forward((of(bones, self.first) * of(bones, self.second)).sum(-1))

    def known(self, coordinates: Tensor) -> Tensor:
        bones = self.bones.known(coordinates)[:, None, :, None]
        both = of(bones, self.first) * of(bones, self.second)
        return super().known(both[:, 0, :, 0])

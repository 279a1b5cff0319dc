"""Turning: which way round joints move, whenever they do (ours).

A circle and the same circle backwards visit the same places at the same speeds. They differ in what
the velocity of one coordinate is while another's position is high: backwards it is nearly the
opposite.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.picking import of

#: Metres, roots of the sums of squares over the frames (32, as they were chosen): what moves less
#: counts for less.
_STILL, _SLOW = 0.1, 0.05


class Turning(nn.Module):
    """Correlations over time of the positions of some joints' E coordinates, three a joint, with
    the velocities of all of them: metres of an adult, `(N, T, 3V)` → `(N, E²)`."""

    def __init__(self, layout: Layout, joints: Sequence[str]) -> None:
        super().__init__()
        self.chosen = [3 * layout.index[joint] + axis for joint in joints for axis in range(3)]
        self.size = len(self.chosen) ** 2

    def forward(self, position: Tensor) -> Tensor:
        place = of(position, self.chosen)
        place = place - place.mean(1, keepdim=True)
        velocity = place[:, 1:] - place[:, :-1]
        place = place / (place.square().sum(1, keepdim=True).sqrt() + _STILL)
        velocity = velocity / (velocity.square().sum(1, keepdim=True).sqrt() + _SLOW)
        return torch.matmul(place[:, :-1].transpose(1, 2), velocity).reshape(-1, self.size)

    def known(self, coordinates: Tensor) -> Tensor:
        """Which outputs rest on joints that were seen: `(N, 3V)` → `(N, E²)`."""
        there = of(coordinates[:, None], self.chosen)  # (N, 1, E)
        return (there.transpose(1, 2) * there).reshape(-1, self.size)

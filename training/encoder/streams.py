"""Streams: what the first block sees of a body in its frame (ours).

Position, bone and velocity in one tensor; the path of the hips takes the root joint's place.
"""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.body_frame import of


class Streams(nn.Module):
    """`forward(local (N, T, V, 3), path (N, T, 1, 3), seen (N, T, V, 1))` → `(N, C, T, V)`.

    C = 10: position 3, bone 3, velocity 3, seen 1. What is not seen is 0. The layout's first
    joint must be its root.
    """

    channels = 10

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        if layout.parents[0] != -1:
            raise ValueError(f"the first joint of {layout.name} is not its root")
        self.parents_of = [0, *(p for _, p in layout.bones)]

    def forward(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        position = torch.cat((path, local[:, :, 1:]), dim=2)
        bone = (local - of(local, self.parents_of)) * seen * of(seen, self.parents_of)
        # The last frame follows itself, at rest: no zeros of a size to be asked for.
        then = torch.cat((position[:, 1:], position[:, -1:]), dim=1)
        still_seen = torch.cat((seen[:, 1:], seen[:, -1:]), dim=1)
        velocity = (then - position) * still_seen * seen
        stacked = torch.cat((position, bone, 4 * velocity, seen), dim=-1)  # (N, T, V, C)
        return stacked.permute(0, 3, 1, 2)

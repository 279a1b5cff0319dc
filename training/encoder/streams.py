"""Streams: what the first block sees of a body in its frame (ours).

Position, bone and velocity in one tensor; the path of the hips takes the pelvis's place.
"""

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.picking import of
from training.encoder.position import with_path


class Streams(nn.Module):
    """`forward(local (N, T, V, 3), path (N, T, 1, 3), seen (N, T, V, 1))` → `(N, C, T, V)`.

    C = 10: position 3, bone 3, velocity 3, seen 1. What is not seen is 0; a root has no bone.
    """

    channels = 10

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        self.parents_of = [j if p < 0 else p for j, p in enumerate(layout.parents)]

    def forward(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        position = with_path(local, path, self.layout)
        bone = (local - of(local, self.parents_of)) * seen * of(seen, self.parents_of)
        # The last frame follows itself, at rest: no zeros of a size to be asked for.
        then = torch.cat((position[:, 1:], position[:, -1:]), dim=1)
        still_seen = torch.cat((seen[:, 1:], seen[:, -1:]), dim=1)
        velocity = (then - position) * still_seen * seen
        stacked = torch.cat((position, bone, 4 * velocity, seen), dim=-1)  # (N, T, V, C)
        return stacked.permute(0, 3, 1, 2)

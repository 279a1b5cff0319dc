"""Completion: where the joints are that nobody saw, as far as the others tell (ours).

Whitened axes rest on all joints at once: that a missing one counts as usual tears every axis away,
and two clips that lack different joints are far from each other. A body is not free: who sees the
rest of it can tell about where an elbow is. What was never seen is believed less. Where the hips
go in the room (`BodyFrame`'s path) is not completed.
"""

import torch
from torch import Tensor, nn

from training.config import CompletionConfig

#: How much a frame's neighbour counts where it counts 1, and the farthest at least.
_NEXT, _FAR = 0.37, 1e-3


class Completion(nn.Module):
    """`forward(local (N, T, V, 3), seen (N, T, V, 1))` → `(N, T, V, 3)`, a body in its frame with
    all of its joints; what was seen (1, else 0) stays as it is, and who is not there stays nought.

    A joint that is unseen for a while is put where it was shortly before or after, in the middle of
    a long gap nearer to its mean, and one that never was seen anywhere at all; a small network over
    the frame's joints corrects that.
    """

    nearness: Tensor

    def __init__(self, joints: int, frames: int, config: CompletionConfig) -> None:
        super().__init__()
        self.trust = config.trust
        at = torch.arange(frames).float()
        nearness = _NEXT ** (at[:, None] - at).abs() + _FAR
        self.register_buffer("nearness", nearness, persistent=False)
        hidden = config.hidden
        with torch.random.fork_rng(devices=[]):  # all else starts as it would without this
            self.layers = nn.Sequential(
                *(nn.Linear(5 * joints, hidden), nn.ReLU()),
                *(nn.Linear(hidden, hidden), nn.ReLU()),
                nn.Linear(hidden, 3 * joints),
            )
        last = self.layers[-1]
        assert isinstance(last, nn.Linear)
        nn.init.zeros_(last.weight)  # untaught it corrects nothing
        nn.init.zeros_(last.bias)

    def forward(self, local: Tensor, seen: Tensor) -> Tensor:
        frames, joints = len(self.nearness), local.shape[2]
        ever = seen.amax(dim=1, keepdim=True)  # (N, 1, V, 1)
        there = local * seen
        near = torch.matmul(self.nearness, there.reshape(-1, frames, 3 * joints))
        mass = torch.matmul(self.nearness, seen.reshape(-1, frames, joints))
        near = near.reshape(-1, frames, joints, 3)
        mass = mass.reshape(-1, frames, joints, 1)
        filled = there + (1 - seen) * near / mass.clamp(min=_FAR)
        told = (
            filled.reshape(-1, frames, 3 * joints),
            seen.reshape(-1, frames, joints),
            ever.expand(-1, frames, -1, -1).reshape(-1, frames, joints),
        )
        more = self.layers(torch.cat(told, dim=2)).reshape(-1, frames, joints, 3)
        anybody = ever.amax(dim=2, keepdim=True)
        completed: Tensor = filled + more * (1 - seen) * anybody
        return completed

    def known(self, ever: Tensor) -> Tensor:
        """How much each joint counts, 0 to 1, by whether it was ever seen, both `(N, V, 1)`: what
        is completed as much as `trust` says, once for every joint that a value rests on."""
        anybody = ever.amax(dim=1, keepdim=True)
        return ever + self.trust * (1 - ever) * anybody

    def loss(self, local: Tensor, seen: Tensor, shown: Tensor) -> Tensor:
        """Mean square of the error in what is not `shown` `(N, T, V, 1)` of bodies, per coordinate
        in metres."""
        left = seen * shown
        asked = seen - left
        wrong = (self(local * left, left) - local) * asked
        missed: Tensor = (wrong * wrong).sum() / (3 * asked.sum()).clamp(min=1)
        return missed

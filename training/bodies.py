"""Bodies: the persons who are there in a batch of clips, each a sample of its own (ours).

Absent persons are left out of training altogether: rows of nothing would spoil the statistics of
the batch. Nothing passes between a clip's persons, so each is augmented by itself.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from training.encoder.persons import folded


@dataclass(frozen=True, eq=False)
class Bodies:
    """B bodies of N clips: `joints` `(B, T, V, 3)`, `seen` `(B, T, V)`, and whose clip each is
    in, `owner` `(B,)`. With one person a clip B is N and nothing is copied."""

    joints: Tensor
    seen: Tensor
    owner: Tensor
    clips: int

    @classmethod
    def of(cls, joints: Tensor, seen: Tensor) -> "Bodies":
        """Take the bodies of clips `(N, T, V, 3)` of one person, or `(N, T, M, V, 3)` of several.

        A clip in which nobody was seen keeps its first place, so that every clip has a body.
        """
        clips = torch.arange(len(joints), device=joints.device)
        if joints.ndim == 4:
            return cls(joints, seen, clips, len(joints))
        persons = joints.shape[2]
        bodies, seen_of = folded(joints, seen)
        there = seen_of.flatten(1).any(1).reshape(-1, persons)  # (N, M)
        there[:, 0] |= ~there.any(1)
        kept = there.reshape(-1)
        return cls(bodies[kept], seen_of[kept], clips.repeat_interleave(persons)[kept], len(joints))

    def mean(self, values: Tensor) -> Tensor:
        """Average what was computed of the bodies `(B, D)` over each clip's: `(N, D)`."""
        if len(self.owner) == self.clips:
            return values
        owner = self.owner.to(values.device)
        summed = values.new_zeros(self.clips, values.shape[1]).index_add(0, owner, values)
        return summed / torch.bincount(owner, minlength=self.clips)[:, None]

"""The skeleton branch: what is exported and served (PAPER.md: inference needs no text)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.encoder.encoder import Encoder, centred_unit


class BranchOutput(NamedTuple):
    """The outputs of contract 2: `embedding` `(N, D)` of unit length with the base mean removed,
    `cohort_mean` and `cohort_std` `(N,)` of its top similarities to the base classes."""

    embedding: Tensor
    cohort_mean: Tensor
    cohort_std: Tensor


class SkeletonBranch(nn.Module):
    """An encoder with the statistics of its base classes.

    `base_mean` `(D,)` is removed from every unit feature; `cohort` `(C, D)` are the unit means of
    the C base classes, against which an embedding's score is normalised (AS-norm of speaker
    verification).
    """

    base_mean: Tensor
    cohort: Tensor

    def __init__(self, encoder: Encoder, base_mean: Tensor, cohort: Tensor, nearest: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.nearest = min(nearest, len(cohort))
        self.register_buffer("base_mean", base_mean)
        self.register_buffer("cohort", cohort)

    def forward(self, joints: Tensor, seen: Tensor) -> BranchOutput:
        embedding = centred_unit(self.encoder(joints, seen), self.base_mean)
        similar = torch.matmul(embedding, self.cohort.transpose(0, 1))  # (N, C)
        top = torch.topk(similar, self.nearest, dim=1).values
        mean = top.mean(1)
        spread = (top - mean[:, None]).square().mean(1).clamp(min=1e-8).sqrt()
        return BranchOutput(embedding, mean, spread)

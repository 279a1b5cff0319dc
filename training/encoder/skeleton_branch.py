"""The skeleton branch: what is exported and served (PAPER.md: inference needs no text)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.encoder.encoder import Encoder
from training.encoder.persons import averaged
from training.encoder.spectrum import Spectrum
from training.encoder.unit import centred_unit, unit


class BranchOutput(NamedTuple):
    """The outputs of contract 2: `embedding` `(N, D)` of unit length with the base mean removed,
    `cohort_mean` and `cohort_std` `(N,)` of its top similarities to the base classes."""

    embedding: Tensor
    cohort_mean: Tensor
    cohort_std: Tensor


class Embedder(nn.Module):
    """An encoder and the spectrum beside it: `(N, T, M, V, 3)`, `(N, T, M, V)` → `(N, D)`.

    The cosine of two embeddings is the mean of the encoder's cosine and the spectrum's, the
    latter weighing `weight` times as much; a weight of 0 leaves the encoder alone. `base_mean`
    `(D',)` is removed from every unit feature of the encoder. Features and spectra are the means
    over the persons present.
    """

    base_mean: Tensor

    def __init__(self, encoder: Encoder, spectrum: Spectrum, weight: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.spectrum = spectrum
        self.weight = weight
        self.register_buffer("base_mean", torch.zeros(encoder.width))

    def forward(self, joints: Tensor, seen: Tensor) -> Tensor:
        body = self.encoder.in_body_frame(joints, seen)
        persons = self.encoder.persons
        features = averaged(self.encoder.features(*body), body[2], persons)
        features = centred_unit(features, self.base_mean)
        if self.weight == 0:
            return features
        share = self.weight / (1 + self.weight)
        spectrum = self.spectrum(*body)
        if persons > 1:
            spectrum = unit(averaged(spectrum, body[2], persons))
        parts = (features * (1 - share) ** 0.5, spectrum * share**0.5)
        return torch.cat(parts, dim=1)


class SkeletonBranch(nn.Module):
    """An embedder with its base classes: `cohort` `(C, D)`, their unit means, against which
    similarities are normalised (the cohort of speaker verification's AS-norm)."""

    cohort: Tensor

    def __init__(self, embedder: Embedder, cohort: Tensor, nearest: int) -> None:
        super().__init__()
        self.embedder = embedder
        self.nearest = min(nearest, len(cohort))
        self.register_buffer("cohort", cohort)

    @property
    def encoder(self) -> Encoder:
        """The encoder, which knows layout, frames and persons."""
        return self.embedder.encoder

    def forward(self, joints: Tensor, seen: Tensor) -> BranchOutput:
        embedding = self.embedder(joints, seen)
        similar = torch.matmul(embedding, self.cohort.transpose(0, 1))  # (N, C)
        top = torch.topk(similar, self.nearest, dim=1).values
        mean = top.mean(1)
        spread = (top - mean[:, None]).square().mean(1).clamp(min=1e-8).sqrt()
        return BranchOutput(embedding, mean, spread)

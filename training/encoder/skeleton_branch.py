"""The skeleton branch: what is exported and served; inference needs no text [A]."""

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


class ImportanceOutput(NamedTuple):
    """The outputs of a model with JID: `BranchOutput`'s, and `joint_importance` `(N, V)`, which
    sums to 1 (contract 2)."""

    embedding: Tensor
    cohort_mean: Tensor
    cohort_std: Tensor
    joint_importance: Tensor


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
        return self.with_importance(joints, seen)[0]

    def with_importance(self, joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor | None]:
        """The embedding and, with JID, the importance of the joints `(N, V)`."""
        body = self.encoder.in_body_frame(joints, seen)
        persons = self.encoder.persons
        said = self.encoder.features(*body)
        features = centred_unit(averaged(said.vector, body[2], persons), self.base_mean)
        importance = said.importance
        if importance is not None:
            importance = averaged(importance, body[2], persons)
        if self.weight == 0:
            return features, importance
        share = self.weight / (1 + self.weight)
        spectrum = self.spectrum(*body)
        if persons > 1:
            spectrum = unit(averaged(spectrum, body[2], persons))
        parts = (features * (1 - share) ** 0.5, spectrum * share**0.5)
        return torch.cat(parts, dim=1), importance


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

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what `forward` returns, in order."""
        return (BranchOutput if self.encoder.jid is None else ImportanceOutput)._fields

    def forward(self, joints: Tensor, seen: Tensor) -> BranchOutput | ImportanceOutput:
        embedding, importance = self.embedder.with_importance(joints, seen)
        similar = torch.matmul(embedding, self.cohort.transpose(0, 1))  # (N, C)
        top = torch.topk(similar, self.nearest, dim=1).values
        mean = top.mean(1)
        spread = (top - mean[:, None]).square().mean(1).clamp(min=1e-8).sqrt()
        if importance is None:
            return BranchOutput(embedding, mean, spread)
        return ImportanceOutput(embedding, mean, spread, importance)

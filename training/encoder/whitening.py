"""Whitening: the axes that tell the base classes apart, by how little varies along them (ours).

Linear discriminant analysis, as speaker verification whitens its embeddings (within-class
covariance normalisation): what differs between people, sensors and cuts within one action counts
for little, what differs between actions for much. There is nothing to be learned step by step.
"""

import torch
from torch import Tensor, nn

from training.encoder.unit import unit


class Whitening(nn.Module):
    """Values along the chosen axes: `(N, F)`, `known` `(N, F)` → `(N, W)` of length 1. What is not
    known (0) counts as usual, what is known in part (to 1) as much nearer to that. `fit` sets it;
    before that everything is nought."""

    mean: Tensor
    basis: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("basis", torch.zeros(size, min(width, size)))

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        return unit(torch.matmul((values - self.mean) * known, self.basis))

    @torch.no_grad()
    def fit(self, values: Tensor, known: Tensor, labels: Tensor, ridge: float) -> None:
        """Take mean and axes from `values` and `known` `(n, F)` of the classes `labels` `(n,)`.

        The covariance within the classes, with `ridge` times its mean variance added to every
        axis, becomes the unit; the axes are then those along which the classes' means spread most.
        """
        values, known = values.double(), known.double()
        usual = (values * known).sum(0) / known.sum(0).clamp(min=1e-12)
        values = usual + (values - usual) * known
        classes, number = labels.unique(return_inverse=True)
        counts = torch.bincount(number, minlength=len(classes)).double()
        sums = values.new_zeros(len(classes), values.shape[1]).index_add(0, number, values)
        means = sums / counts[:, None]
        inner = values - means[number]
        variance, axes = torch.linalg.eigh(inner.T @ inner / len(values))
        floor = float(variance.mean()) * ridge + 1e-12
        scaled = axes / (variance.clamp(min=0) + floor).sqrt()
        spread = (means - means.mean(0)) @ scaled
        _, turn = torch.linalg.eigh(spread.T @ spread / len(classes))
        basis = scaled @ turn.flip(1)[:, : self.basis.shape[1]]
        # The sign of an axis is arbitrary; fixed, two fits of the same data are the same.
        basis = basis * basis.gather(0, basis.abs().argmax(0, keepdim=True)).sign()
        self.mean.copy_(usual)
        self.basis.copy_(basis)

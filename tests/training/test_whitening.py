"""Whitening: what varies within an action counts for little, what tells actions apart for much."""

import pytest
import torch
from torch import Tensor

from training.encoder.whitening import Whitening


def samples(noise: float, classes: int = 6, each: int = 40) -> tuple[Tensor, Tensor]:
    """Classes that differ along the first three of ten axes, and vary hugely along the others."""
    draw = torch.Generator().manual_seed(0)
    means = torch.zeros(classes, 10)
    means[:, :3] = torch.randn(classes, 3, generator=draw)
    labels = torch.arange(classes).repeat_interleave(each)
    scale = torch.tensor([noise] * 3 + [20.0] * 7)
    return means[labels] + scale * torch.randn(len(labels), 10, generator=draw), labels


def nearest_right(vectors: Tensor, labels: Tensor) -> float:
    similar = vectors @ vectors.T - 3 * torch.eye(len(vectors))
    return float((labels[similar.argmax(1)] == labels).float().mean())


def test_what_varies_within_a_class_is_looked_past() -> None:
    values, labels = samples(noise=0.1)
    plain = torch.nn.functional.normalize(values - values.mean(0))
    whitening = Whitening(10, 3)
    whitening.fit(values, torch.ones_like(values), labels, ridge=0.001)
    assert nearest_right(plain, labels) < 0.5
    assert nearest_right(whitening(values, torch.ones_like(values)), labels) > 0.95


def test_what_is_not_known_counts_as_usual() -> None:
    values, labels = samples(noise=0.1)
    whitening = Whitening(10, 3)
    whitening.fit(values, torch.ones_like(values), labels, ridge=0.01)
    known = torch.ones_like(values)
    known[:, 1] = 0
    usual = values.clone()
    usual[:, 1] = whitening.mean[1]
    assert torch.allclose(
        whitening(values, known), whitening(usual, torch.ones_like(usual)), atol=1e-5
    )


@pytest.mark.parametrize("each", [1, 40])
def test_a_fit_is_the_same_every_time_and_finite(each: int) -> None:
    values, labels = samples(noise=0.1, each=each)
    first, second = Whitening(10, 5), Whitening(10, 5)
    for one in (first, second):
        one.fit(values, torch.ones_like(values), labels, ridge=0.2)
    assert torch.equal(first.basis, second.basis)
    assert torch.isfinite(first.basis).all()


def test_what_was_not_known_does_not_spoil_the_fit() -> None:
    values, labels = samples(noise=0.1)
    known = torch.ones_like(values)
    known[::3, 0] = 0
    wrong = torch.where(known > 0, values, 1000.0)
    first, second = Whitening(10, 3), Whitening(10, 3)
    first.fit(values, known, labels, ridge=0.01)
    second.fit(wrong, known, labels, ridge=0.01)
    assert torch.equal(first.basis, second.basis)
    assert torch.equal(first.mean, second.mean)

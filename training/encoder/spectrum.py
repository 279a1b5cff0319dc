"""The spectrum: how strongly each joint moves at each frequency of the clip (ours).

The magnitudes of a Fourier transform over time do not change when the movement starts earlier or
later. One-shot matching suffers most from clips that are cut differently; the graph blocks learn
little of it from few base classes. Nothing here is learned but a whitening of the base classes.
"""

import math

import torch
from torch import Tensor, nn

from skeleton import Layout
from training.encoder.unit import unit

_TINY = 1e-6


class Spectrum(nn.Module):
    """`forward(local (N, T, V, 3), path (N, T, 1, 3), seen (N, T, V, 1))` → `(N, W)`, length 1.

    `frequencies` full periods in a clip, from 1 up, of every coordinate of every joint in the
    body frame; then the W main axes of the base classes, partly whitened: divided by their
    standard deviation to the power `whitening`. `mean` and `basis` are set by `fit`.
    """

    cos: Tensor
    sin: Tensor
    mean: Tensor
    basis: Tensor

    def __init__(self, layout: Layout, frames: int, frequencies: int, width: int) -> None:
        super().__init__()
        self.frames = frames
        self.coordinates = 3 * len(layout)
        size = frequencies * self.coordinates
        at = torch.arange(1, frequencies + 1)[:, None] * torch.arange(frames)[None]
        angle = at * (2 * math.pi / frames)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("basis", torch.zeros(size, min(width, size)))

    def forward(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        magnitudes = self.magnitudes(local, path, seen)
        # A joint that was never seen says nothing: it gets what is usual.
        known = seen.amax(dim=1, keepdim=True).expand(-1, len(self.cos), -1, 3)
        known = known.reshape(-1, len(self.mean))
        return unit(((magnitudes - self.mean) * known) @ self.basis)

    def magnitudes(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        """Magnitudes `(N, frequencies · V · 3)`; a joint rests at its mean while it is unseen."""
        position = torch.cat((path, local[:, :, 1:]), dim=2)
        mean = (position * seen).sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp(min=1)
        position = ((position - mean) * seen).reshape(-1, self.frames, self.coordinates)
        real, imaginary = torch.matmul(self.cos, position), torch.matmul(self.sin, position)
        magnitude = (real * real + imaginary * imaginary + _TINY).sqrt()
        return magnitude.reshape(-1, len(self.mean))

    @torch.no_grad()
    def fit(self, magnitudes: Tensor, whitening: float) -> None:
        """Set mean and basis from the `(n, frequencies · V · 3)` magnitudes of base clips."""
        values = magnitudes.double()
        mean = values.mean(0)
        covariance = (values - mean).T @ (values - mean) / len(values)
        variance, axes = torch.linalg.eigh(covariance)
        keep = self.basis.shape[1]
        variance, axes = variance.flip(0)[:keep], axes.flip(1)[:, :keep]
        # The sign of an axis is arbitrary; fixing it keeps two fits of the same data the same.
        axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
        deviation = variance.clamp(min=variance[0] * 1e-6).sqrt()
        self.mean.copy_(mean)
        self.basis.copy_(axes / deviation**whitening)

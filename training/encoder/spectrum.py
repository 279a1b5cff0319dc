"""The spectrum: how strongly, and how together, the joints move at each frequency (ours).

One-shot matching suffers most from clips that are cut differently, and graph blocks learn little
of that from few base classes. Magnitudes of a Fourier transform over time do not change when a
movement starts earlier or later. Three views: the whole clip; overlapping windows, which tell the
beginning from the end; and the cross-spectra of the body's end points, which tell whether they
move in step. Nothing is learned but a partial whitening on the base classes.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor, nn

from skeleton import resolve_layout
from training.config import EncoderConfig, SpectrumConfig
from training.encoder.position import with_path
from training.encoder.unit import unit

_TINY = 1e-6


class Magnitudes(nn.Module):
    """Magnitudes of every coordinate under a bank of B complex waves: `(N, T, 3V)` → `(N, 3BV)`.

    `waves` complex `(B, T)`.
    """

    cos: Tensor
    sin: Tensor

    def __init__(self, waves: Tensor, coordinates: int) -> None:
        super().__init__()
        self.register_buffer("cos", waves.real.contiguous(), persistent=False)
        self.register_buffer("sin", waves.imag.contiguous(), persistent=False)
        self.size = len(waves) * coordinates

    def forward(self, position: Tensor) -> Tensor:
        real, imaginary = torch.matmul(self.cos, position), torch.matmul(self.sin, position)
        return (real * real + imaginary * imaginary + _TINY).sqrt().reshape(-1, self.size)

    def known(self, coordinates: Tensor) -> Tensor:
        """Which outputs rest on joints that were seen: `(N, 3V)` → `(N, 3BV)`."""
        return coordinates[:, None].expand(-1, len(self.cos), -1).reshape(-1, self.size)


class Crossings(nn.Module):
    """Cross-spectra of some coordinates, `(N, T, 3V)` → `(N, 2BP)` for P pairs of them.

    The product of one coordinate's wave with the other's conjugate does not change with the start
    of the movement either; its size is the square root of the product's.
    """

    cos: Tensor
    sin: Tensor
    left: Tensor
    right: Tensor

    def __init__(self, waves: Tensor, chosen: Sequence[int]) -> None:
        super().__init__()
        pairs = torch.tensor(list(combinations(chosen, 2)))
        self.register_buffer("cos", waves.real.contiguous(), persistent=False)
        self.register_buffer("sin", waves.imag.contiguous(), persistent=False)
        self.register_buffer("left", pairs[:, 0].contiguous(), persistent=False)
        self.register_buffer("right", pairs[:, 1].contiguous(), persistent=False)
        self.products = len(waves) * len(pairs)
        self.size = 2 * self.products

    def forward(self, position: Tensor) -> Tensor:
        real, imaginary = torch.matmul(self.cos, position), torch.matmul(self.sin, position)
        a, b = real.index_select(2, self.left), imaginary.index_select(2, self.left)
        c, d = real.index_select(2, self.right), imaginary.index_select(2, self.right)
        product = torch.cat(
            (
                (a * c + b * d).reshape(-1, self.products),
                (b * c - a * d).reshape(-1, self.products),
            ),
            1,
        )
        size = ((a * a + b * b) * (c * c + d * d) + _TINY * _TINY).sqrt().reshape(-1, self.products)
        return product / (torch.cat((size, size), 1) + 1e-3).sqrt()

    def known(self, coordinates: Tensor) -> Tensor:
        """Which outputs rest on joints that were seen: `(N, 3V)` → `(N, 2BP)`."""
        pair = coordinates.index_select(1, self.left) * coordinates.index_select(1, self.right)
        return pair[:, None].expand(-1, 2 * len(self.cos), -1).reshape(-1, self.size)


class Whitening(nn.Module):
    """The main axes of the base classes, each divided by its deviation to a power: `(N, F)` →
    `(N, W)` of length 1. What is not known counts as usual. `fit` sets it."""

    mean: Tensor
    basis: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("basis", torch.zeros(size, min(width, size)))

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        return unit(torch.matmul((values - self.mean) * known, self.basis))

    @torch.no_grad()
    def fit(self, values: Tensor, power: float) -> None:
        """Take mean and axes from `(n, F)`."""
        values = values.double()
        mean = values.mean(0)
        covariance = (values - mean).T @ (values - mean) / len(values)
        variance, axes = torch.linalg.eigh(covariance)
        keep = self.basis.shape[1]
        variance, axes = variance.flip(0)[:keep], axes.flip(1)[:, :keep]
        # The sign of an axis is arbitrary; fixed, two fits of the same data are the same.
        axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
        deviation = variance.clamp(min=float(variance[0]) * 1e-6).sqrt()
        self.mean.copy_(mean)
        self.basis.copy_(axes / deviation**power)


class Spectrum(nn.Module):
    """`forward(local (N, T, V, 3), path (N, T, 1, 3), seen (N, T, V, 1))` → `(N, W)`, length 1.

    The cosine of two spectra is the mean of the three views' cosines.
    """

    def __init__(self, config: SpectrumConfig, encoder: EncoderConfig) -> None:
        super().__init__()
        self.layout = layout = resolve_layout(encoder.layout)
        self.frames, self.coordinates = encoder.frames, 3 * len(layout)
        whole = _waves(encoder.frames, range(1, config.frequencies + 1))
        windows = _windows(encoder.frames, config.windows, config.window_frequencies)
        ends = [3 * layout.index[j] + axis for j in config.crossed for axis in range(3)]
        views: tuple[Magnitudes | Crossings, ...] = (
            Magnitudes(whole, self.coordinates),
            Magnitudes(windows, self.coordinates),
            Crossings(whole[: config.crossed_frequencies], ends),
        )
        self.views = nn.ModuleList(views)
        self.whitenings = nn.ModuleList(Whitening(v.size, config.width) for v in views)

    def forward(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        known = seen.amax(dim=1).expand(-1, -1, 3).reshape(-1, self.coordinates)
        position = self._position(local, path, seen)
        parts = [
            whitening(view(position), view.known(known))
            for view, whitening in zip(self._views(), self.whitenings, strict=True)
        ]
        joined: Tensor = torch.cat(parts, dim=1) * len(parts) ** -0.5
        return joined

    def described(self, local: Tensor, path: Tensor, seen: Tensor) -> list[Tensor]:
        """What each view says, before whitening."""
        position = self._position(local, path, seen)
        return [view(position) for view in self.views]

    def fit(self, described: Sequence[Tensor], power: float) -> None:
        """Whiten each view by what `described` said of base clips."""
        for whitening, values in zip(self.whitenings, described, strict=True):
            assert isinstance(whitening, Whitening)
            whitening.fit(values, power)

    def _views(self) -> list[Magnitudes | Crossings]:
        return [view for view in self.views if isinstance(view, Magnitudes | Crossings)]

    def _position(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        """Coordinates `(N, T, 3V)`; a joint rests at its mean while it is unseen."""
        position = with_path(local, path, self.layout)
        mean = (position * seen).sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp(min=1)
        position = position * seen + mean * (1 - seen)
        return position.reshape(-1, self.frames, self.coordinates)


def _waves(frames: int, frequencies: Sequence[int]) -> Tensor:
    at = torch.tensor(list(frequencies))[:, None] * torch.arange(frames)[None]
    angle = at * (2 * math.pi / frames)
    return torch.complex(angle.cos(), angle.sin())


def _windows(frames: int, windows: int, frequencies: int) -> Tensor:
    """Hann windows of half the clip at equal distances, each with `frequencies` waves from 0."""
    length = frames // 2
    waves = _waves(length, range(frequencies)) * torch.hann_window(length)
    bank = torch.zeros(windows, frequencies, frames, dtype=waves.dtype)
    for k, start in enumerate(torch.linspace(0, frames - length, windows).round().int().tolist()):
        bank[k, :, start : start + length] = waves
    return bank.reshape(windows * frequencies, frames)

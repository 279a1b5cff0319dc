"""The spectrum: how strongly, and how together, the joints move at each frequency (ours).

One-shot matching suffers most from clips that are cut differently, and graph blocks learn little
of that from few base classes. Magnitudes of a Fourier transform over time do not change when a
movement starts earlier or later. The views, each where it is asked for: the whole clip; overlapping
windows, which tell the beginning from the end; cross-spectra of some joints, which tell whether
they move in step; quantiles over time (`quantiles.py`); and which way round they move
(`turning.py`). They look at a body whose unseen joints were completed (`completion.py`), where that
is asked for. Each is seen along the axes that tell the base classes apart, scaled by what varies
within a class (`Whitening`); beside them stands what a small network learns of all of them
(`LearnedView`).
"""

import math
from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor, nn

from skeleton import Layout, resolve_layout
from training.config import EncoderConfig, SpectrumConfig
from training.encoder.completion import Completion
from training.encoder.learned_view import LearnedView
from training.encoder.position import with_path
from training.encoder.quantiles import Angles, Distances, Quantiles, Velocities
from training.encoder.turning import Turning
from training.encoder.unit import unit
from training.encoder.whitening import Whitening

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
        """How far each output rests on joints that were seen, 0 to 1: `(N, 3V)` → `(N, 3BV)`."""
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
        """How far each output rests on joints that were seen, 0 to 1: `(N, 3V)` → `(N, 2BP)`."""
        pair = coordinates.index_select(1, self.left) * coordinates.index_select(1, self.right)
        return pair[:, None].expand(-1, 2 * len(self.cos), -1).reshape(-1, self.size)


class Spectrum(nn.Module):
    """`forward(local (N, T, V, 3), path (N, T, 1, 3), seen (N, T, V, 1))` → `(N, W)`, length 1.

    The cosine of two spectra is the mean of the views' cosines, and that of the learned view with
    its share, where there is one.
    """

    net: LearnedView | None
    completion: Completion | None

    def __init__(self, config: SpectrumConfig, encoder: EncoderConfig) -> None:
        super().__init__()
        self.layout = layout = resolve_layout(encoder.layout)
        self.frames, self.coordinates = encoder.frames, 3 * len(layout)
        views = _views(config, self.frames, layout)
        self.views = nn.ModuleList(views)
        self.whitenings = nn.ModuleList(Whitening(v.size, config.width) for v in views)
        self.completion = None
        if config.completion is not None:
            self.completion = Completion(len(layout), self.frames, config.completion)
        self.share, self.net = config.learned.share, None
        if self.share > 0:
            self.net = LearnedView(sum(v.size for v in views), config.learned)

    @property
    def width(self) -> int:
        """W, of all views together."""
        whitened = sum(w.basis.shape[1] for w in self.whitenings if isinstance(w, Whitening))
        return whitened + (0 if self.net is None else self.net.width)

    def forward(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        described, known = self.described(local, path, seen), self.known(seen)
        parts = [
            whitening(values, there)
            for whitening, values, there in zip(self.whitenings, described, known, strict=True)
        ]
        joined: Tensor = torch.cat(parts, dim=1) * len(parts) ** -0.5
        if self.net is None:
            return joined
        learned = unit(self.net(torch.cat(described, dim=1), torch.cat(known, dim=1)))
        return torch.cat((joined * (1 - self.share) ** 0.5, learned * self.share**0.5), dim=1)

    def side_by_side(self, local: Tensor, path: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """What all views say, side by side, and how far it is known, each `(N, F)`."""
        described, known = self.described(local, path, seen), self.known(seen)
        return torch.cat(described, dim=1), torch.cat(known, dim=1)

    def described(self, local: Tensor, path: Tensor, seen: Tensor) -> list[Tensor]:
        """What each view says, before whitening."""
        position = self._position(local, path, seen)
        return [view(position) for view in self.views]

    def fit(
        self, described: Sequence[Tensor], known: Sequence[Tensor], labels: Tensor, ridge: float
    ) -> None:
        """Whiten each view by what `described` and `known` said of clips, each `(n, F)`, of the
        classes `labels` `(n,)`."""
        for whitening, values, there in zip(self.whitenings, described, known, strict=True):
            assert isinstance(whitening, Whitening)
            whitening.fit(values, there, labels, ridge)

    def known(self, seen: Tensor) -> list[Tensor]:
        """How far the outputs of each view rest on joints that were seen, 0 to 1; on completed ones
        they do in part."""
        ever = seen.amax(dim=1)  # (N, V, 1)
        if self.completion is not None:
            ever = self.completion.known(ever)
        known = ever.expand(-1, -1, 3).reshape(-1, self.coordinates)
        return [view.known(known) for view in self.views if isinstance(view, View)]

    def _position(self, local: Tensor, path: Tensor, seen: Tensor) -> Tensor:
        """Coordinates `(N, T, 3V)`; a joint that is unseen is completed, or rests at its mean."""
        if self.completion is not None:
            position = with_path(self.completion(local, seen), path, self.layout)
        else:
            position = with_path(local, path, self.layout)
            mean = (position * seen).sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp(min=1)
            position = position * seen + mean * (1 - seen)
        return position.reshape(-1, self.frames, self.coordinates)


View = Magnitudes | Crossings | Quantiles | Turning


def _views(config: SpectrumConfig, frames: int, layout: Layout) -> list[View]:
    """What a configuration asks for, each of `(N, T, 3V)`."""
    coordinates = 3 * len(layout)
    crossed = [3 * layout.index[j] + axis for j in config.crossed for axis in range(3)]
    views: list[View] = []
    if config.frequencies:
        views.append(Magnitudes(_waves(frames, range(1, config.frequencies + 1)), coordinates))
    views += [
        Magnitudes(_windows(frames, config.windows, config.window_frequencies), coordinates),
        Crossings(_waves(frames, range(1, config.crossed_frequencies + 1)), crossed),
    ]
    if config.quantiles is not None:
        levels = config.quantiles
        views += [
            Quantiles(levels.position, frames, coordinates),
            Velocities(levels.velocity, frames, coordinates),
            Distances(levels.distance, frames, layout, levels.between),
        ]
        if levels.angle is not None:
            views.append(Angles(levels.angle, frames, layout))
    if config.turning is not None:
        views.append(Turning(layout, config.turning))
    return views


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

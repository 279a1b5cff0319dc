"""The cohort: what the base classes look like to a trained encoder (SimpleShot; AS-norm)."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from skeleton import resolve_layout
from training.config import Config
from training.dataset import SkeletonDataset, draw_epoch
from training.encoder import Embedder, Encoder, Spectrum
from training.encoder.unit import unit

_BATCH = 256


@torch.no_grad()
def base_statistics(
    encoder: Encoder, config: Config, data: SkeletonDataset, clips_per_class: int
) -> tuple[Embedder, Tensor]:
    """Return the embedder with its base mean and its fitted spectrum, and the cohort `(C, D)`.

    Classes weigh the same, however many clips they have. Works on the encoder's device and
    returns both on it.
    """
    encoder.eval()
    chosen = draw_epoch(data.labels, clips_per_class, np.random.default_rng(0))
    labels = torch.from_numpy(data.labels[chosen])
    clips = torch.from_numpy(chosen)
    spectrum = new_spectrum(config).to(encoder.device)
    magnitudes = _over(
        clips, encoder, data, lambda j, s: spectrum.magnitudes(*encoder.in_body_frame(j, s))
    )
    spectrum.fit(magnitudes, config.spectrum.whitening)
    embedder = Embedder(encoder, spectrum, config.spectrum.weight).eval()
    features = _over(clips, encoder, data, lambda j, s: unit(encoder(j, s)))
    embedder.base_mean.copy_(_class_means(features, labels).mean(0))
    embeddings = _over(clips, encoder, data, embedder)
    return embedder, unit(_class_means(embeddings, labels)).to(encoder.device)


def new_spectrum(config: Config) -> Spectrum:
    """A spectrum of the configured size, not fitted."""
    layout, frames = resolve_layout(config.encoder.layout), config.encoder.frames
    return Spectrum(layout, frames, config.spectrum.frequencies, config.spectrum.width)


def _over(
    clips: Tensor,
    encoder: Encoder,
    data: SkeletonDataset,
    what: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """Apply to clips at the encoder's length, in batches; the results on the CPU."""
    at = torch.linspace(0, data.joints.shape[1] - 1, encoder.frames).round().long()
    results = []
    for part in clips.split(_BATCH):
        joints = data.joints[part][:, at, None].to(encoder.device)
        seen = data.seen[part][:, at, None].to(encoder.device)
        results.append(what(joints, seen).float().cpu())
    return torch.cat(results)


def _class_means(values: Tensor, labels: Tensor) -> Tensor:
    return torch.stack([values[labels == c].mean(0) for c in labels.unique()])

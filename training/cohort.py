"""The cohort: what the base classes look like to a trained encoder (SimpleShot; AS-norm)."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from training.config import Config
from training.dataset import SkeletonDataset, draw_epoch
from training.encoder import Embedder, Encoder, Spectrum
from training.encoder.persons import present
from training.encoder.unit import unit

_BATCH = 256


@torch.no_grad()
def base_statistics(
    encoder: Encoder, config: Config, data: SkeletonDataset, clips_per_class: int
) -> tuple[Embedder, Tensor]:
    """Return the embedder with its base mean and its fitted spectrum, and the cohort `(C, D)`.

    `data` are the base classes at the encoder's own length, prepared exactly as for serving.
    Classes weigh the same, however many clips they have. Works on the encoder's device and
    returns both on it.
    """
    encoder.eval()
    chosen = draw_epoch(data.labels, clips_per_class, np.random.default_rng(0))
    labels = torch.from_numpy(data.labels[chosen])
    clips = torch.from_numpy(chosen)
    spectrum = Spectrum(config.spectrum, config.encoder).to(encoder.device)
    described = _over(clips, encoder, data, lambda j, s: _described(encoder, spectrum, j, s))
    spectrum.fit(described, config.spectrum.whitening)
    embedder = Embedder(encoder, spectrum, config.spectrum.weight).eval()
    features = _over(clips, encoder, data, lambda j, s: [unit(encoder(j, s))])[0]
    embedder.base_mean.copy_(_class_means(features, labels).mean(0))
    embeddings = _over(clips, encoder, data, lambda j, s: [embedder(j, s)])[0]
    return embedder, unit(_class_means(embeddings, labels)).to(encoder.device)


def _over(
    clips: Tensor,
    encoder: Encoder,
    data: SkeletonDataset,
    what: Callable[[Tensor, Tensor], list[Tensor]],
) -> list[Tensor]:
    """Apply to clips at the encoder's length, in batches; the results on the CPU."""
    batches = []
    for part in clips.split(_BATCH):
        joints, seen = data.batch(part)
        results = what(joints.to(encoder.device), seen.to(encoder.device))
        batches.append([result.float().cpu() for result in results])
    return [torch.cat(results) for results in zip(*batches, strict=True)]


def _described(encoder: Encoder, spectrum: Spectrum, joints: Tensor, seen: Tensor) -> list[Tensor]:
    """What the spectrum says of every body that is there, before whitening."""
    local, path, weight = encoder.in_body_frame(joints, seen)
    if encoder.persons > 1:
        there = present(weight)[:, 0] > 0.5
        local, path, weight = local[there], path[there], weight[there]
    return spectrum.described(local, path, weight)


def _class_means(values: Tensor, labels: Tensor) -> Tensor:
    return torch.stack([values[labels == c].mean(0) for c in labels.unique()])

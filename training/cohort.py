"""The cohort: what the base classes look like to a trained encoder (SimpleShot; AS-norm)."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from training.bodies import Bodies
from training.config import Config
from training.dataset import SkeletonDataset, draw_epoch
from training.encoder import Embedder, Encoder, Spectrum
from training.encoder.unit import unit
from training.scatter import Body, Scatter

_BATCH = 256


@torch.no_grad()
def base_statistics(
    encoder: Encoder,
    config: Config,
    data: SkeletonDataset,
    clips_per_class: int,
    spectrum: Spectrum | None = None,
    scatter: Scatter | None = None,
) -> tuple[Embedder, Tensor]:
    """Return the embedder with its base mean and its fitted spectrum, and the cohort `(C, D)`.

    `data` are the base classes at the encoder's own length, prepared exactly as for serving.
    `spectrum` is a trained one, whose whitening is fitted here to `scatter`, or without one to the
    clips of `data` as they are. In the base mean and the cohort classes weigh the same, however
    many clips they have; in the whitening clips do. Works on the encoder's device and returns both
    on it.
    """
    encoder.eval()
    chosen = draw_epoch(data.labels, clips_per_class, np.random.default_rng(0))
    labels = torch.from_numpy(data.labels[chosen])
    clips = torch.from_numpy(chosen)
    spectrum = Spectrum(config.spectrum, config.encoder) if spectrum is None else spectrum
    spectrum.to(encoder.device).eval()
    if config.spectrum.weight > 0:
        described = _described(encoder, spectrum, data, clips, scatter)
        spectrum.fit(*described, config.spectrum.ridge)
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


def _described(
    encoder: Encoder,
    spectrum: Spectrum,
    data: SkeletonDataset,
    clips: Tensor,
    scatter: Scatter | None,
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """What each view says of every body that is there, `(n, F)`, how far it is known, and their
    classes `(n,)`."""
    if scatter is None:
        bodies = _as_they_are(encoder, data, clips)
    else:
        bodies = scatter.of(data, clips, encoder)
    said, known, labels = [], [], []
    for body, classes in bodies:
        said.append([view.float().cpu() for view in spectrum.described(*body)])
        known.append([view.float().cpu() for view in spectrum.known(body[2])])
        labels.append(classes)
    views, there = ([torch.cat(v) for v in zip(*of, strict=True)] for of in (said, known))
    return views, there, torch.cat(labels)


def _as_they_are(
    encoder: Encoder, data: SkeletonDataset, clips: Tensor
) -> Iterator[tuple[Body, Tensor]]:
    for part in clips.split(_BATCH):
        bodies = Bodies.of(data.joints[part], data.seen[part])
        joints, seen = bodies.joints.to(encoder.device), bodies.seen.to(encoder.device)
        labels = torch.from_numpy(data.labels)[part][bodies.owner]
        yield encoder.body_frame(joints, seen), labels


def _class_means(values: Tensor, labels: Tensor) -> Tensor:
    return torch.stack([values[labels == c].mean(0) for c in labels.unique()])

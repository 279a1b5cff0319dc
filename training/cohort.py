"""The cohort: what the base classes look like to the encoder (SimpleShot's mean; AS-norm)."""

import numpy as np
import torch
from torch import Tensor

from training.dataset import SkeletonDataset, draw_epoch
from training.encoder import Encoder
from training.encoder.encoder import centred_unit, unit

_BATCH = 256


@torch.no_grad()
def base_statistics(
    encoder: Encoder, data: SkeletonDataset, device: torch.device, clips_per_class: int
) -> tuple[Tensor, Tensor]:
    """Return the mean of the unit features `(D,)` and each class's unit mean `(C, D)`.

    Classes weigh the same, however many clips they have.
    """
    encoder.eval()
    chosen = draw_epoch(data.labels, clips_per_class, np.random.default_rng(0))
    at = torch.linspace(0, data.joints.shape[1] - 1, encoder.frames).round().long()
    features = []
    for part in torch.from_numpy(chosen).split(_BATCH):
        joints = data.joints[part][:, at, None].to(device)
        seen = data.seen[part][:, at, None].to(device)
        features.append(unit(encoder(joints, seen).float()).cpu())
    stacked = torch.cat(features)
    labels = torch.from_numpy(data.labels[chosen])
    classes = range(len(data.classes))
    mean = torch.stack([stacked[labels == c].mean(0) for c in classes]).mean(0)
    centred = centred_unit(stacked, mean)
    return mean, torch.stack([unit(centred[labels == c].mean(0)) for c in classes])

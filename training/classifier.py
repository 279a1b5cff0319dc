"""The classifier over base classes: cosine with a margin (CosFace) [R], training only."""

import torch
from torch import Tensor, nn

from training.config import LossConfig
from training.encoder.unit import unit


class CosineClassifier(nn.Module):
    """`loss(features (N, D), labels (N,))` over C classes.

    `same` `(C, C)` marks classes of other data sets that are the same human action: they are
    left out of the contest, so that nothing teaches the encoder to tell the sensors apart. For the
    same reason a share of the clips, drawn anew each time, is judged among the classes of its own
    data set alone, `sets` `(C,)` (`config.within`, ours).
    """

    same: Tensor
    elsewhere: Tensor

    def __init__(self, width: int, same: Tensor, sets: Tensor, config: LossConfig) -> None:
        super().__init__()
        self.config = config
        self.weight = nn.Parameter(torch.randn(len(same), width) * 0.1)
        self.register_buffer("same", same)
        self.register_buffer("elsewhere", sets[:, None] != sets[None], persistent=False)

    def cosines(self, features: Tensor) -> Tensor:
        """Cosine of every feature with every class, `(N, C)`."""
        return unit(features) @ unit(self.weight).T

    def loss(self, features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean loss and the share of right answers."""
        cosine = self.cosines(features)
        rows = torch.arange(len(labels), device=labels.device)
        margin = torch.zeros_like(cosine)
        margin[rows, labels] = self.config.margin
        logits = self.config.scale * (cosine - margin)
        ignored = self.same[labels]
        if self.config.within:  # drawn only then: all else sees what it would without it
            alone = torch.rand(len(labels)) < self.config.within
            ignored = ignored | (alone.to(labels.device)[:, None] & self.elsewhere[labels])
        logits = logits.masked_fill(ignored, -1e4)
        log_p = torch.log_softmax(logits, dim=1)
        smooth = self.config.label_smoothing
        spread = log_p.masked_fill(ignored, 0).sum(1) / (~ignored).sum(1)
        loss = -((1 - smooth) * log_p[rows, labels] + smooth * spread).mean()
        right = (cosine.masked_fill(ignored, -1).argmax(1) == labels).float().mean()
        return loss, right

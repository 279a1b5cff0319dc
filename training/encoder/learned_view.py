"""The learned view: a small network over what the spectrum says (ours).

Graph blocks see where a joint is at a time; this sees how strongly it moves at a frequency, and
where and how fast it mostly is, which changes little when a clip is cut a little earlier. The two
err differently, and it is cheap.
"""

import torch
from torch import Tensor, nn

from training.config import LearnedViewConfig


class LearnedView(nn.Module):
    """`forward(described (N, F), known (N, F))` → `(N, W)`, not normalised. What is not known
    counts as usual. `compared` is what the layers are given: how far it is from the usual."""

    def __init__(self, size: int, config: LearnedViewConfig) -> None:
        super().__init__()
        self.width = config.width
        self.usual = nn.BatchNorm1d(size, affine=False)
        hidden = config.hidden
        with torch.random.fork_rng(devices=[]):  # the encoder starts as it would without this
            self.layers = nn.Sequential(
                nn.Dropout(config.input_dropout),
                *_layer(size, hidden, config.dropout),
                *_layer(hidden, hidden, config.dropout),
                nn.Linear(hidden, config.width),
            )

    def forward(self, described: Tensor, known: Tensor) -> Tensor:
        out: Tensor = self.layers(self.compared(described, known))
        return out

    def compared(self, described: Tensor, known: Tensor) -> Tensor:
        """How far each is from the usual, in its deviations, `(N, F)`, as far as it is known."""
        far: Tensor = self.usual(described) * known
        return far


def _layer(narrow: int, wide: int, dropout: float) -> list[nn.Module]:
    return [nn.Linear(narrow, wide), nn.BatchNorm1d(wide), nn.ReLU(), nn.Dropout(dropout)]

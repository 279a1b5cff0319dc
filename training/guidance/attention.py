"""Attention, as of *Attention Is All You Need* [N], without a way round it [R]."""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """`forward(query (N, Q, d), key (N, K, d), value (N, K, d))` → `(N, Q, d)`.

    What comes out is made of the values alone: query and key only say how much of each.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        q, k, v = (
            self._split(layer(x))
            for layer, x in ((self.query, query), (self.key, key), (self.value, value))
        )
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v)  # (N, H, Q, d / H)
        out: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        parts: Tensor = x.unflatten(2, (self.heads, -1))
        return parts.transpose(1, 2)

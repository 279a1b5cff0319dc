"""Picking joints or frames, so that it becomes one node of the exported graph."""

import torch
from torch import Tensor


def of(x: Tensor, joints: list[int]) -> Tensor:
    """Pick joints of `(N, T, V, C)`, or coordinates of `(N, T, C)`: one Gather when exported;
    indexing makes several nodes."""
    return x.index_select(2, torch.tensor(joints, device=x.device))


def at(x: Tensor, frames: list[int]) -> Tensor:
    """Pick frames of `(N, T, …)`, likewise."""
    return x.index_select(1, torch.tensor(frames, device=x.device))

"""L_calibrate: how far the joint importance is from what the global text names."""

from typing import Literal

import torch
from torch import Tensor

_TINY = 1e-8


def calibration_loss(
    given: Tensor, wanted: Tensor, seen: Tensor, kind: Literal["mse", "sum", "kl"]
) -> Tensor:
    """Return the mean over the clips of the distance of `k_out` `(N, V)` from `k_gt` `(N, V)`.

    `mse`: the mean square [N]; `sum`: the sum over the joints, because between two points of a
    simplex the mean is tiny, and so its gradient [R]; `kl`: the divergence from `wanted` [R].
    Joints that were never seen in the clip (`seen` `(N, V)` 0) cannot be important: what they are
    due goes to those that were, all alike if none of the named was seen (ours).
    """
    due = wanted * seen
    due = torch.where(due.sum(1, keepdim=True) > 0, due, seen)
    due = torch.where(due.sum(1, keepdim=True) > 0, due, given.detach())
    due = due / due.sum(1, keepdim=True)
    if kind == "kl":
        return (due * (due.clamp(min=_TINY).log() - given.clamp(min=_TINY).log())).sum(1).mean()
    squares = (given - due).square()
    return squares.mean() if kind == "mse" else squares.sum(1).mean()

"""Unit length."""

from torch import Tensor


def unit(x: Tensor) -> Tensor:
    """Scale to length one along the last axis; a zero vector stays zero."""
    return x / (x * x).sum(-1, keepdim=True).clamp(min=1e-12).sqrt()


def centred_unit(x: Tensor, mean: Tensor) -> Tensor:
    """Unit length, the base mean removed, unit length again (SimpleShot's CL2N)."""
    return unit(unit(x) - mean)

"""Persons: one encoder run for each, averaged over those who are there (DESIGN.md's M; ours)."""

from torch import Tensor


def folded(joints: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
    """Put the persons of `(N, T, M, V, 3)` and `(N, T, M, V)` into the batch: `(N·M, T, V, 3)`
    and `(N·M, T, V)`, a clip's persons one after the other."""
    _, frames, _, count, _ = joints.shape
    bodies = joints.permute(0, 2, 1, 3, 4).reshape(-1, frames, count, 3)
    return bodies, seen.permute(0, 2, 1, 3).reshape(-1, frames, count)


def present(seen: Tensor) -> Tensor:
    """1 for a body of which anything was seen, else 0: `(N·M, T, V, 1)` → `(N·M, 1)`."""
    return seen.amax(dim=(1, 2))


def averaged(values: Tensor, seen: Tensor, persons: int) -> Tensor:
    """The mean over a clip's persons who are there: `(N·M, D)` and their `seen` `(N·M, T, V, 1)`
    → `(N, D)`. Of a clip with nobody it is 0. The order of the persons does not matter."""
    if persons == 1:
        return values
    width = values.shape[1]
    weight = present(seen).reshape(-1, persons, 1)
    summed = (values.reshape(-1, persons, width) * weight).sum(1)
    return summed / weight.sum(1).clamp(min=1)

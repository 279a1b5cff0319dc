"""Where joints are, as streams and spectrum see it: around the hips, and their path (ours)."""

import torch
from torch import Tensor

from skeleton import Layout


def with_path(local: Tensor, path: Tensor, layout: Layout) -> Tensor:
    """`local` `(N, T, V, 3)` with `path` `(N, T, 1, 3)` in the pelvis's place, which is nought
    there; in a layout without one both hips carry it."""
    pelvis = layout.index.get("pelvis")
    if pelvis is None:
        carriers = torch.zeros(len(layout), 1, device=local.device)
        carriers[[layout.index["left_hip"], layout.index["right_hip"]]] = 1.0
        return local + path * carriers
    parts = [path]
    if pelvis > 0:
        parts.insert(0, local[:, :, :pelvis])
    if pelvis + 1 < len(layout):
        parts.append(local[:, :, pelvis + 1 :])
    return torch.cat(parts, dim=2)

"""Adjacency: how joints are joined at the start of training (ST-GCN++ / DG-STGCN style)."""

import torch
from torch import Tensor

from skeleton import Layout


def adjacency(layout: Layout, subsets: int) -> Tensor:
    """Return `(subsets, V, V)`: from the parent, from the children, from itself, from the mirror
    joint, then repeats; of one subset, from the first three together.

    Rows are normalised. Every bone is in the union in both directions.
    """
    joints = len(layout)
    itself = torch.eye(joints)
    parent = torch.zeros(joints, joints)
    for child, above in layout.bones:
        parent[child, above] = 1.0
    mirror = torch.zeros(joints, joints)
    mirror[range(joints), list(layout.mirror)] = 1.0
    kinds = [parent + parent.T + itself] if subsets == 1 else [parent, parent.T, itself, mirror]
    kinds = [kind / kind.sum(1, keepdim=True).clamp(min=1) for kind in kinds]
    return torch.stack([kinds[k % len(kinds)] for k in range(subsets)])

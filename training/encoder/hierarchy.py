"""The hierarchy: sets of joints by their distance from the middle of the body (HD-GCN)."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from skeleton import Layout

_MIDDLE = ("spine", "pelvis")


def hierarchy(layout: Layout) -> list[list[int]]:
    """Sets of joints, from the middle outwards, by the number of bones between.

    The middle is the spine, else the pelvis, else both hips. A part of the body that no bone joins
    to it (layouts without a trunk have such) begins one step away.
    """
    known = [layout.index[joint] for joint in _MIDDLE if joint in layout.index]
    middle = known[:1] or [layout.index["left_hip"], layout.index["right_hip"]]
    near: list[set[int]] = [set() for _ in layout.joints]
    for child, parent in layout.bones:
        near[child].add(parent)
        near[parent].add(child)
    distance = _distances(near, dict.fromkeys(middle, 0))
    for root, parent in enumerate(layout.parents):
        if parent < 0 and root not in distance:
            distance |= _distances(near, {root: 1})
    sets: list[list[int]] = [[] for _ in range(max(distance.values()) + 1)]
    for joint in range(len(layout)):
        sets[distance[joint]].append(joint)
    return sets


def edge_sets(sets: Sequence[Sequence[int]], joints: int, subsets: int) -> Tensor:
    """`(H - 1, subsets, V, V)`: every joint of a set joined with every joint of the next.

    Subsets: inwards, outwards, itself, then repeats. Rows are normalised.
    """
    layers = []
    for inner, outer in pairwise(sets):
        inwards, itself = torch.zeros(joints, joints), torch.zeros(joints, joints)
        for joint in outer:
            inwards[joint, list(inner)] = 1.0
        both = [*inner, *outer]
        itself[both, both] = 1.0
        kinds = [inwards, inwards.T, itself]
        kinds = [kind / kind.sum(1, keepdim=True).clamp(min=1) for kind in kinds]
        layers.append(torch.stack([kinds[k % len(kinds)] for k in range(subsets)]))
    return torch.stack(layers)


def _distances(near: Sequence[set[int]], start: dict[int, int]) -> dict[int, int]:
    distance, edge = dict(start), list(start)
    while edge:
        edge = [b for a in edge for b in sorted(near[a]) if _farther(distance, a, b)]
    return distance


def _farther(distance: dict[int, int], a: int, b: int) -> bool:
    """Note b one step beyond a, unless it is known."""
    if b in distance:
        return False
    distance[b] = distance[a] + 1
    return True

"""Hiding: joints taken away from bodies that have them, to be found again by the completion (ours).

As they get lost for a camera: single ones, a limb with all that hangs on it or both of them, and
any of them for a while.
"""

from functools import lru_cache

import torch
from torch import Tensor

from skeleton import Layout
from training.augmentation import bone_matrices

#: Shares of the bodies that lose single joints (the others a limb), both, and some for a while.
_SINGLE, _BOTH, _FOR_A_WHILE = 0.5, 0.15, 0.5
#: Of the single joints at most so many are lost, and of all joints so many for a while.
_MOST, _MOST_FOR_A_WHILE = 0.6, 0.8
#: Share and metres: nobody knows size and place of a body exactly whose joints are hidden.
_SIZE, _PLACE = 0.07, 0.03


@lru_cache(maxsize=8)
def limbs(layout: Layout) -> Tensor:
    """What hangs together, `(L, V)`, 1 for its joints: every joint with all that hangs on it, and
    that of both sides together, but never the whole body. One at least: in a layout without bones
    these are its joints. Not to be changed."""
    _, path = bone_matrices(layout)
    one = (path.T > 0.5).float()
    both = torch.maximum(one, one[:, list(layout.mirror)])
    every = torch.cat((one, both)).unique(dim=0)
    found: Tensor = every[every.amin(dim=1) == 0]
    return found


def shown(bodies: int, frames: int, layout: Layout, draws: torch.Generator) -> Tensor:
    """Draw which joints of so many bodies are not hidden, `(N, T, V, 1)`."""

    def drawn(*shape: int) -> Tensor:
        return torch.rand(shape, generator=draws)

    limb, joints = limbs(layout), len(layout)
    single = (drawn(bodies, joints) < _MOST * drawn(bodies, 1)).float()
    chosen = limb[torch.randint(len(limb), (bodies,), generator=draws)]
    kind = drawn(bodies, 1)
    never = torch.where(kind < _SINGLE, single, chosen)
    never = torch.where(kind > 1 - _BOTH, torch.maximum(single, chosen), never)
    at = torch.linspace(0, 1, frames)[None, :, None]
    first = 1.2 * drawn(bodies, 1, joints) - 0.2
    last = first + 0.5 * drawn(bodies, 1, joints)
    some = drawn(bodies, 1, joints) < _MOST_FOR_A_WHILE * drawn(bodies, 1, 1)
    some = some & (drawn(bodies, 1, 1) < _FOR_A_WHILE)
    gone = ((at >= first) & (at <= last) & some).float()
    return (1 - torch.maximum(gone, never[:, None]))[..., None]


def blurred(local: Tensor, draws: torch.Generator) -> Tensor:
    """Bodies `(N, T, V, 3)` a little larger or smaller and beside their place: a frame that rests
    on fewer joints is another."""
    size = 1 + _SIZE * torch.randn(len(local), 1, 1, 1, generator=draws)
    place = _PLACE * torch.randn(len(local), 1, 1, 3, generator=draws)
    return local * size.to(local.device) + place.to(local.device)

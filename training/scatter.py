"""Scatter: the base classes' clips as they vary within an action (ours).

As served, mirrored, and augmented: what the spectrum's whitening learns to look past.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from training.augmentation import Augmentation, mirrored
from training.bodies import Bodies
from training.dataset import SkeletonDataset
from training.encoder import Encoder
from training.targets import Targets

Body = tuple[Tensor, Tensor, Tensor]
_BATCH = 256


@dataclass(frozen=True, eq=False)
class Scatter:
    """`stored` are the clips at the length that is augmented, in the order of the clips as served;
    each is taken `copies` times, and its mirror image as often."""

    stored: SkeletonDataset
    targets: Targets
    augment: Augmentation
    copies: int

    def of(
        self, served: SkeletonDataset, clips: Tensor, encoder: Encoder
    ) -> Iterator[tuple[Body, Tensor]]:
        """Yield bodies in their frame, on the encoder's device, and their targets: of the clips
        as they are, of their mirror images, and of the augmented copies of both. The same every
        time; the caller's random numbers go on as if nothing had been drawn."""
        devices = [encoder.device] if encoder.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(0)
            for part in clips.split(_BATCH):
                for flip in (False, True) if self.augment.config.mirror else (False,):
                    yield self._bodies(served, part, flip, False, encoder)
                    for _ in range(self.copies):
                        yield self._bodies(self.stored, part, flip, True, encoder)

    def _bodies(
        self, data: SkeletonDataset, clips: Tensor, flip: bool, augmented: bool, encoder: Encoder
    ) -> tuple[Body, Tensor]:
        bodies = Bodies.of(data.joints[clips], data.seen[clips])
        joints, seen = bodies.joints, bodies.seen
        if flip:
            joints, seen = mirrored(joints, seen, encoder.layout)
        if augmented:
            joints, seen = self.augment(joints, seen)
        local, path, weight = encoder.body_frame(joints.to(encoder.device), seen.to(encoder.device))
        if augmented:
            local, path = self.augment.turned(local, path)
        base = torch.from_numpy(data.labels)[clips]
        return (local, path, weight), self.targets.number[int(flip), base][bodies.owner]

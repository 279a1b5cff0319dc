"""Guidance: the two losses that words add to a skeleton encoder's own [A, N].

Two branches share the encoder while it is trained, and the one that reads no text is served [A].

`L = L_s + 0.5 · L_calibrate + 0.2 · L_c` [N], for an encoder of any blocks: what it takes from one
are the last block's features of each joint, and the importance between two of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.classifier import CosineClassifier
from training.config import CrossModalConfig, ImportanceConfig
from training.encoder import Encoder, Features
from training.guidance.calibration import calibration_loss
from training.guidance.cross_modal import CrossModalBranch
from training.guidance.texts import ClassTexts
from training.targets import Targets


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a batch of clips: `labels` `(N,)` their targets, `base` `(N,)` their
    classes, `flipped` `(N,)` bool whether they were mirrored, `sidedness` `(N,)` the log ratio of
    left to right motion before that."""

    labels: Tensor
    base: Tensor
    flipped: Tensor
    sidedness: Tensor

    def of(self, clips: Tensor) -> "Told":
        """The same of these clips `(B,)` of the batch, any of them several times."""
        return Told(
            self.labels[clips], self.base[clips], self.flipped[clips], self.sidedness[clips]
        )


class Guidance(nn.Module):
    """The losses by name, and how right the cross-modal branch was.

    Either part may be off, and then is not there: `importance` None has no `L_calibrate`,
    `cross_modal` None no branch. Nothing of it is part of the trained model.
    """

    sentences: Tensor
    wanted: Tensor
    written_for: Tensor
    others: Tensor

    def __init__(
        self,
        encoder: Encoder,
        texts: ClassTexts,
        targets: Targets,
        importance: ImportanceConfig | None,
        cross_modal: CrossModalConfig | None,
    ) -> None:
        super().__init__()
        self.importance, self.cross_modal = importance, cross_modal
        self.branch: CrossModalBranch | None = None
        # Kept out of checkpoints: they are read from the texts again.
        self.register_buffer("sentences", texts.sentences, persistent=False)
        self.register_buffer("wanted", texts.importance, persistent=False)
        self.register_buffer("written_for", texts.written_for, persistent=False)
        self.register_buffer("others", _others(targets), persistent=False)
        if cross_modal is not None:
            joints, width = texts.sentences.shape[2:]
            channels = encoder.channels
            self.branch = CrossModalBranch(joints, width, channels, encoder.width, cross_modal)

    def forward(
        self,
        features: Features,
        seen: Tensor,
        told: Told,
        classifier: CosineClassifier,
        generator: torch.Generator,
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the weighted sum of the losses, and each of them for the log.

        `seen` `(N, T, V, 1)` as the encoder was given it; `generator` (of the CPU) draws the
        samples that get another class's text.
        """
        total, parts = features.vector.new_zeros(()).float(), {}
        if self.importance is not None and features.importance is not None:
            wanted = self.wanted[self._side(told), told.base]
            ever = seen.amax(dim=1)[..., 0].float()
            loss = calibration_loss(features.importance, wanted, ever, self.importance.loss)
            total = total + self.importance.weight * loss
            parts["loss_calibrate"] = loss
        if self.branch is not None and self.cross_modal is not None:
            text = self.text(told)
            other = self.other_text(told, generator)
            share = torch.rand(len(text), generator=generator) < self.cross_modal.other_text
            text = torch.where(share.to(text.device)[:, None, None], self.sentences[other], text)
            pooled = self.branch(text, features.joints.float())
            loss, right = classifier.loss(pooled, told.labels)
            total = total + self.cross_modal.weight * loss
            parts |= {"loss_cross_modal": loss, "right_cross_modal": right}
        return total, parts

    def text(self, told: Told) -> Tensor:
        """The sentences of the clips' own classes, `(N, V, D_text)`."""
        return self.sentences[self._side(told), told.base]

    def _side(self, told: Told) -> Tensor:
        """0 for the texts as written, 1 for their mirror images, `(N,)`: of clips that were
        mirrored; and of a class that people do with either hand, of those done with the one that
        the texts are not about (ours)."""
        other_hand = self.written_for[told.base] * told.sidedness < 0
        return (told.flipped ^ other_hand).long()

    def other_text(self, told: Told, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw a class that a clip is not, for each: mirrored or not, and which, `(N,)` each.

        Index `sentences` by it, or a target's `number`.
        """
        chances = self.others[told.labels].cpu().float()  # (N, 2B)
        # Where every other class may be the same action, its own text has to do.
        alone = chances.sum(1) == 0
        own = self._side(told) * self.wanted.shape[1] + told.base
        chances[alone, own.cpu()[alone]] = 1
        drawn = torch.multinomial(chances, 1, generator=generator)[:, 0].to(told.labels.device)
        return drawn // self.wanted.shape[1], drawn % self.wanted.shape[1]


def _others(targets: Targets) -> Tensor:
    """`(C, 2B)`: which classes, as they are and mirrored, are surely no case of a target."""
    number = targets.number.reshape(-1)  # (2B,)
    itself = torch.arange(targets.count)[:, None] == number[None]
    return ~(targets.same[:, number] | itself)

"""The learner: everything that is learned in a run, and the losses it learns by."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from skeleton import Layout
from training.bodies import Bodies
from training.classifier import CosineClassifier
from training.config import Config
from training.dataset import SkeletonDataset
from training.encoder import Encoder, Spectrum
from training.encoder.completion import Completion
from training.encoder.unit import unit
from training.guidance.guidance import Guidance, Told
from training.guidance.texts import ClassTexts
from training.hiding import blurred, shown
from training.targets import Targets

#: The nearer of two mixed clips has most of it, as a rule.
_SHARES = torch.distributions.Beta(0.5, 0.5)


@dataclass(eq=False)
class Learner:
    """Encoder, the classifier that both branches share and, where it is on, the guidance; the
    spectrum with the classifier of its learned view, where it has one, and whether that is taught
    by `mixed` clips; its completion, where one is taught."""

    encoder: Encoder
    classifier: CosineClassifier
    guidance: Guidance | None
    spectrum: Spectrum
    spectrum_classifier: CosineClassifier | None
    mixed: bool
    completion: Completion | None

    @classmethod
    def of(cls, config: Config, data: SkeletonDataset, targets: Targets, layout: Layout) -> Self:
        """Build what a configuration asks for.

        Raises `BadDescription` and `BadEmbeddings` for classes that the guidance has no texts of.
        """
        encoder = Encoder(config.encoder, config.importance)
        classifier = CosineClassifier(encoder.width, targets.same, targets.sets, config.loss)
        guidance = None
        if config.guidance is not None and (config.importance or config.cross_modal):
            texts = ClassTexts.read(config.guidance, data.classes, layout)
            with torch.random.fork_rng(devices=[]):  # all else starts as it would without it
                guidance = Guidance(encoder, texts, targets, config.importance, config.cross_modal)
        spectrum, judge = Spectrum(config.spectrum, config.encoder), None
        if config.spectrum.weight and spectrum.net is not None:
            with torch.random.fork_rng(devices=[]):
                judge = CosineClassifier(
                    spectrum.net.width, targets.same, targets.sets, config.loss
                )
        mixed = config.spectrum.learned.mixed
        completion = spectrum.completion if config.spectrum.weight else None
        return cls(encoder, classifier, guidance, spectrum, judge, mixed, completion)

    def modules(self) -> torch.nn.ModuleList:
        """What holds the weights; without guidance and spectrum the first two alone."""
        taught = self.spectrum_classifier is not None or self.completion is not None
        spectrum = self.spectrum if taught else None
        every = [self.encoder, self.classifier, self.guidance, spectrum, self.spectrum_classifier]
        return torch.nn.ModuleList([module for module in every if module is not None])

    def parameters_apart(self) -> list[list[torch.nn.Parameter]]:
        """The parameters that `losses` teaches, those that `spectrum_loss` does, and those that
        `completion_loss` does, where there are any."""
        judge = self.spectrum_classifier
        apart = (
            (self.encoder, self.classifier, self.guidance),
            () if judge is None else (self.spectrum.net, judge),
            (self.completion,),
        )
        found = [[p for m in part if m is not None for p in m.parameters()] for part in apart]
        return [parameters for parameters in found if parameters]

    def losses(
        self,
        body: tuple[Tensor, Tensor, Tensor],
        told: Told,
        bodies: Bodies,
        generator: torch.Generator,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss to descend, and what goes into the log, of bodies in their frame: pose, path
        and `seen` as in `BodyFrame`. `told` is about clips, `bodies` says whose each body is: the
        classifier judges a clip, the guidance every body. `generator` (of the CPU) draws for the
        guidance alone, so that with and without it a run sees the same clips."""
        half = body[0].device.type == "cuda"
        with torch.autocast("cuda", torch.bfloat16) if half else nullcontext():
            features = self.encoder.features(*body)
        own, right = self.classifier.loss(bodies.mean(features.vector).float(), told.labels)
        if self.guidance is None:
            return own, {"loss": own, "right": right}
        of_bodies = told.of(bodies.owner.to(told.labels.device))
        guided, parts = self.guidance(features, body[2], of_bodies, self.classifier, generator)
        loss = own + guided
        return loss, {"loss": loss, "right": right, "loss_skeleton": own, **parts}

    def spectrum_loss(
        self, body: tuple[Tensor, Tensor, Tensor], labels: Tensor, bodies: Bodies
    ) -> tuple[Tensor, Tensor]:
        """The learned view's own loss over clips of the targets `labels`, and its share right.

        Where it is taught by mixed clips, two at a time are seen as one in between, and it is to
        say both by their shares (mixup, over what the views say). They are compared with the usual
        before they are mixed: what is usual, and how much varies, is that of whole clips."""
        net = self.spectrum.net
        assert self.spectrum_classifier is not None
        assert net is not None
        with torch.no_grad():  # the completion learns by its own loss alone
            far = net.compared(*self.spectrum.side_by_side(*body))
        if not self.mixed:
            said = bodies.mean(unit(net.layers(far)))
            return self.spectrum_classifier.loss(said, labels)
        other = torch.randperm(len(labels), device=labels.device)
        share = float(_SHARES.sample())
        share = max(share, 1 - share)
        said = net.layers(share * far + (1 - share) * far[other])
        own, right = self.spectrum_classifier.loss(said, labels)
        others, _ = self.spectrum_classifier.loss(said, labels[other])
        return share * own + (1 - share) * others, right

    def completion_loss(
        self, body: tuple[Tensor, Tensor, Tensor], generator: torch.Generator
    ) -> Tensor:
        """The completion's own loss over bodies in their frame, of whom `generator` (of the CPU)
        draws what is hidden, so that with and without it a run sees the same clips."""
        assert self.completion is not None
        local, _, seen = body
        bodies, frames = local.shape[:2]
        left = shown(bodies, frames, self.spectrum.layout, generator).to(local.device)
        return self.completion.loss(blurred(local, generator) * seen, seen, left)

"""The text-leak test of PAPER.md, on a branch that learned."""

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from tests.training.guidance.conftest import toy_config
from training import checkpoint
from training.guidance import leak
from training.train import Run


def test_the_class_cannot_be_read_off_the_text(learned: Run) -> None:
    found = leak.measure(learned.learner, learned.served, learned.targets)
    print(found)
    assert found.right >= found.chance + 0.4  # it learned, and well
    assert found.right_with_other >= found.chance + 0.4  # from the skeleton
    assert found.at_other <= found.chance + 0.05
    assert not found.leaks


class _Reader(nn.Module):
    """A branch that looks at the text alone: whose sentences these are."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        assert run.learner.guidance is not None
        self.known = run.learner.guidance.sentences.flatten(2)  # (2, B, V D)
        self.answers = run.learner.classifier.weight[run.targets.number]  # (2, B, D)

    def forward(self, text: Tensor, joints: Tensor) -> Tensor:
        away = (text.flatten(1)[:, None, None] - self.known).square().sum(-1)  # (N, 2, B)
        return self.answers.flatten(0, 1)[away.flatten(1).argmin(1)]


def test_a_branch_that_reads_the_text_is_found_out(learned: Run) -> None:
    guidance = learned.learner.guidance
    assert guidance is not None
    branch = guidance.branch
    guidance.branch = _Reader(learned)  # type: ignore[assignment]
    try:
        found = leak.measure(
            replace(learned.learner, guidance=guidance), learned.served, learned.targets
        )
    finally:
        guidance.branch = branch
    assert found.right == 1
    assert found.at_other > 0.9
    assert found.leaks


@torch.no_grad()
def test_the_importance_of_an_action_is_its_own(learned: Run) -> None:
    """It sums to 1, and a clip's lies on what its class's text names more than others' does."""
    encoder, data, guidance = (
        learned.learner.encoder.eval(),
        learned.served,
        learned.learner.guidance,
    )
    assert guidance is not None
    body = encoder.in_body_frame(data.joints[:, :, None], data.seen[:, :, None])
    importance = encoder.features(*body).importance
    assert importance is not None
    assert torch.allclose(importance.sum(1), torch.ones(len(data)), atol=1e-5)
    classes = range(len(data.classes))
    of = torch.stack([importance[data.labels == k].mean(0) for k in classes])  # (B, V)
    named = of @ (guidance.wanted[0] > 0).float().T  # row: whose importance; column: whose text
    own = named.diagonal()
    others = (named.sum(0) - own) / (len(classes) - 1)
    print(
        {c.label: (float(a), float(b)) for c, a, b in zip(data.classes, own, others, strict=True)}
    )
    at = {known.label: k for k, known in enumerate(data.classes)}
    for action in ("wave", "kick", "squat", "bow"):  # of different parts of the body
        assert own[at[action]] > 1.5 * others[at[action]], action
    some = of[[at[action] for action in ("wave", "kick", "squat", "bow")]]
    assert float(torch.pdist(some, p=1).min()) > 0.3  # 2 where nothing is shared


def test_a_run_with_two_persons_can_be_asked(folder: Path, tmp_path: Path) -> None:
    config = toy_config(
        folder, "encoder.persons=2", "spectrum.learned.mixed=false", "optimiser.epochs=1"
    )
    run = Run(config, torch.device("cpu"))
    for _ in run.epochs():
        pass
    last = tmp_path / "last.pt"
    checkpoint.save(last, run.trained())
    leak.keep(last.with_name(leak.FILE), config, run.learner)
    asked = argparse.Namespace(checkpoint=last)
    assert leak.run(asked) in (0, 1)
    found = leak.measure(run.learner, run.served, run.targets)
    assert 0 <= found.right <= 1
    assert found.clips == len(run.served)

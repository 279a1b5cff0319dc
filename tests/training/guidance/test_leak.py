"""The text-leak test of PAPER.md, on a branch that learned."""

from dataclasses import replace

import torch
from torch import Tensor, nn

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
    """Sums to 1, and points at the arm in a wave and at the legs in a kick."""
    encoder, data = learned.learner.encoder.eval(), learned.served
    body = encoder.in_body_frame(data.joints[:, :, None], data.seen[:, :, None])
    importance = encoder.features(*body).importance
    assert importance is not None
    assert torch.allclose(importance.sum(1), torch.ones(len(data)), atol=1e-5)
    of = {known.label: importance[data.labels == k].mean(0)
          for k, known in enumerate(data.classes)}  # fmt: skip
    at = learned.layout.index
    arm, leg = ([at[j] for j in joints] for joints in
                (("right_elbow", "right_wrist"), ("right_knee", "right_ankle")))  # fmt: skip
    assert of["wave"][arm].sum() > 1.2 * of["kick"][arm].sum()
    assert of["kick"][leg].sum() > 1.2 * of["wave"][leg].sum()
    others = torch.stack([of[a] for a in ("wave", "kick", "bow", "squat", "clap")])
    assert float(torch.pdist(others, p=1).min()) > 0.1

from pathlib import Path

import pytest
import torch

from tests.training.guidance.conftest import toy_config
from training.bodies import Bodies
from training.config import BadConfig, load_config
from training.encoder.blocks import FAMILIES
from training.guidance.cross_modal import CrossModalBranch
from training.guidance.guidance import Told
from training.train import Run


@pytest.fixture
def branch() -> CrossModalBranch:
    config = load_config(None, ("guidance.cross_modal.width=32",)).cross_modal
    assert config is not None
    torch.manual_seed(0)
    return CrossModalBranch(joints=16, text_width=20, channels=24, out=40, config=config).eval()


@torch.no_grad()
def test_text_is_only_a_question_and_never_the_answer(branch: CrossModalBranch) -> None:
    """Where all joints say the same, it does not matter who asks what."""
    alike = torch.randn(5, 1, 24).expand(-1, 16, -1)
    one, other = torch.randn(5, 16, 20), torch.randn(5, 16, 20)
    assert torch.allclose(branch(one, alike), branch(other, alike), atol=1e-5)
    joints = torch.randn(5, 16, 24)
    assert branch(one, joints).shape == (5, 40)
    assert not torch.allclose(branch(one, joints), branch(other, joints), atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_of_the_branch_reach_every_shared_block(folder: Path, family: str) -> None:
    overrides = (f"encoder.family={family}", "encoder.subsets=3", "guidance.importance.weight=0")
    run = Run(toy_config(folder, *overrides), torch.device("cpu"))
    learner = run.learner
    with torch.no_grad():  # a factor that starts at nought hides what it multiplies
        for weight in learner.encoder.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    learner.modules().train()
    base = torch.from_numpy(run.served.labels)[:24]
    told = Told(run.targets.number[0, base], base, base < 0, run.targets.sidedness[:24])
    bodies = Bodies.of(run.served.joints[:24], run.served.seen[:24])
    given = learner.encoder.body_frame(bodies.joints, bodies.seen)
    _, parts = learner.losses(given, told, bodies, run.draws)
    parts["loss_cross_modal"].backward()
    for number, block in enumerate(learner.encoder.blocks):
        slopes = {name: weight.grad for name, weight in block.named_parameters()}
        assert all(slope is not None for slope in slopes.values()), number
        # Biases before a normalisation have none, but for rounding.
        weights = [slope for slope in slopes.values() if slope.ndim > 1]
        assert weights
        assert all(float(slope.abs().max()) > 1e-5 for slope in weights), number
    assert learner.encoder.projection.weight.grad is None  # the skeleton branch's own
    assert learner.classifier.weight.grad is not None  # they share it
    assert float(learner.classifier.weight.grad.abs().max()) > 0


def test_heads_that_cannot_share_the_width_are_refused() -> None:
    with pytest.raises(BadConfig, match=r"guidance\.cross_modal.*cannot be shared by 5 heads"):
        load_config(None, ("guidance.cross_modal.heads=5",))

import pytest
import torch

from training.guidance.calibration import calibration_loss

WANTED = torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
GIVEN = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4]])
ALL = torch.ones(2, 4)


@pytest.mark.parametrize("kind", ["mse", "sum", "kl"])
def test_it_is_least_where_the_importance_is_what_the_text_names(kind: str) -> None:
    assert float(calibration_loss(WANTED, WANTED, ALL, kind)) == pytest.approx(0, abs=1e-6)
    near, far = (WANTED * (1 - s) + 0.25 * s for s in (0.2, 0.8))
    losses = [float(calibration_loss(given, WANTED, ALL, kind)) for given in (near, far)]
    assert 0 < losses[0] < losses[1]


def test_the_mean_is_the_papers_and_the_sum_is_as_many_times_it_as_there_are_joints() -> None:
    mean = float(calibration_loss(GIVEN, WANTED, ALL, "mse"))
    assert mean == pytest.approx(float((GIVEN - WANTED).square().mean()))
    assert float(calibration_loss(GIVEN, WANTED, ALL, "sum")) == pytest.approx(4 * mean)
    named = 0.5 * (2 * 0.5 * torch.log(torch.tensor(2.0)) - torch.log(torch.tensor(0.4)))
    assert float(calibration_loss(GIVEN, WANTED, ALL, "kl")) == pytest.approx(float(named))


@pytest.mark.parametrize("kind", ["mse", "sum", "kl"])
def test_what_was_not_seen_owes_no_importance(kind: str) -> None:
    seen = torch.tensor([[1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    # The first joint takes what the second was due; where no named one was seen, all alike.
    right = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]])
    assert float(calibration_loss(right, WANTED, seen, kind)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["mse", "sum", "kl"])
def test_a_clip_with_nothing_seen_teaches_nothing_and_breaks_nothing(kind: str) -> None:
    logits = torch.randn(2, 4, requires_grad=True)
    loss = calibration_loss(torch.softmax(logits, 1), WANTED, torch.zeros(2, 4), kind)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(0, abs=1e-6)
    assert logits.grad is not None
    assert float(logits.grad.abs().max()) < 1e-6

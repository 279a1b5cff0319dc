import torch

from training.classifier import CosineClassifier
from training.config import load_config

LOSS = load_config().loss


def one_set(same: torch.Tensor) -> torch.Tensor:
    return torch.zeros(len(same), dtype=torch.long)


def test_the_same_action_of_another_set_is_left_out_of_the_contest() -> None:
    torch.manual_seed(0)
    same = torch.zeros(4, 4, dtype=torch.bool)
    same[0, 2] = same[2, 0] = True
    classifier = CosineClassifier(8, same, one_set(same), LOSS)
    features, labels = torch.randn(5, 8), torch.zeros(5, dtype=torch.long)
    before, _ = classifier.loss(features, labels)
    with torch.no_grad():
        classifier.weight[2] = features[0] * 10
    after, _ = classifier.loss(features, labels)
    assert torch.allclose(before, after)
    with torch.no_grad():
        classifier.weight[1] = features[0] * 10
    assert float(classifier.loss(features, labels)[0].detach()) > float(before.detach()) + 0.1


def test_the_margin_makes_the_true_class_harder() -> None:
    torch.manual_seed(0)
    same = torch.zeros(3, 3, dtype=torch.bool)
    with_margin = CosineClassifier(8, same, one_set(same), LOSS)
    without = CosineClassifier(8, same, one_set(same), LOSS.model_copy(update={"margin": 0.0}))
    without.load_state_dict(with_margin.state_dict())
    features, labels = torch.randn(6, 8), torch.tensor([0, 1, 2, 0, 1, 2])
    harder, right = with_margin.loss(features, labels)
    easier, same_right = without.loss(features, labels)
    assert float(harder.detach()) > float(easier.detach())
    assert right == same_right


def test_a_share_of_the_clips_is_judged_among_its_own_set_alone() -> None:
    torch.manual_seed(0)
    same, sets = torch.zeros(4, 4, dtype=torch.bool), torch.tensor([0, 0, 1, 1])
    features = torch.eye(4, 8)[:1] + 0.1 * torch.randn(400, 8)
    labels, losses = torch.zeros(400, dtype=torch.long), []
    for share in (0.0, 0.5, 1.0):
        config = LOSS.model_copy(update={"within": share})
        classifier = CosineClassifier(8, same, sets, config)
        with torch.no_grad():
            classifier.weight.copy_(torch.eye(4, 8))
            before = classifier.loss(features, labels)[0]
            classifier.weight[2] = classifier.weight[0]  # another set's class comes near
        losses.append(float((classifier.loss(features, labels)[0] - before).detach()))
    assert losses[0] > losses[1] > 0.1
    assert losses[2] == 0

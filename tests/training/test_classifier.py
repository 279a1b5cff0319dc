import torch

from training.classifier import CosineClassifier
from training.config import load_config

LOSS = load_config().loss


def test_the_same_action_of_another_set_is_left_out_of_the_contest() -> None:
    torch.manual_seed(0)
    same = torch.zeros(4, 4, dtype=torch.bool)
    same[0, 2] = same[2, 0] = True
    classifier = CosineClassifier(8, same, LOSS)
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
    with_margin = CosineClassifier(8, same, LOSS)
    without = CosineClassifier(8, same, LOSS.model_copy(update={"margin": 0.0}))
    without.load_state_dict(with_margin.state_dict())
    features, labels = torch.randn(6, 8), torch.tensor([0, 1, 2, 0, 1, 2])
    harder, right = with_margin.loss(features, labels)
    easier, same_right = without.loss(features, labels)
    assert float(harder.detach()) > float(easier.detach())
    assert right == same_right

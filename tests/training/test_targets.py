import numpy as np
import pytest
import torch

from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.dataset import SkeletonDataset, TrainingClass
from training.targets import Targets, targets

BODY = LAYOUTS["body16"]
CLASSES = (
    TrainingClass("a", "punch", "punch"),
    TrainingClass("a", "punch_left", "punch"),
    TrainingClass("b", "punch", "punch"),
    TrainingClass("b", "squat", None),
)
PUNCH, LEFT, OTHER, SQUAT = range(4)


@pytest.fixture(scope="module")
def data() -> SkeletonDataset:
    clips = [
        prepare(animate(known.label, seed=seed), BODY, 64) for known in CLASSES for seed in range(3)
    ]
    joints = torch.stack([torch.from_numpy(p.joints[:, 0]) for p in clips])
    labels = np.repeat(np.arange(4), 3)
    return SkeletonDataset(joints, torch.ones(joints.shape[:3]), labels, labels * 0, CLASSES)


def of(data: SkeletonDataset, reverse: bool = True) -> Targets:
    return targets(data, BODY, one_sided=0.25, reverse=reverse)


def test_a_one_sided_class_mirrored_is_another_class_a_symmetric_one_is_not(
    data: SkeletonDataset,
) -> None:
    number = of(data).number
    assert number[1, 0, PUNCH] != number[0, 0, PUNCH]
    assert number[1, 0, SQUAT] == number[0, 0, SQUAT]


def test_a_reversed_movement_is_a_class_that_does_not_compete_with_its_own(
    data: SkeletonDataset,
) -> None:
    found = of(data)
    forwards, backwards = found.number[0, 0, SQUAT], found.number[0, 1, SQUAT]
    assert forwards != backwards
    assert bool(found.same[forwards, backwards])
    assert not bool(found.same[backwards, found.number[0, 0, PUNCH]])


def test_without_reversal_no_class_is_added(data: SkeletonDataset) -> None:
    found = of(data, reverse=False)
    assert found.count == 7  # four classes and three mirrored punches
    assert torch.equal(found.number[0, 0], found.number[0, 1])


def test_only_what_differs_for_sure_competes(data: SkeletonDataset) -> None:
    found = of(data)
    punch, left, other = (found.number[0, 0, k] for k in (PUNCH, LEFT, OTHER))
    assert not bool(found.same[punch, left])  # classes of one set differ
    assert bool(found.same[punch, other])  # the same action of another set
    assert bool(found.same[found.number[1, 0, PUNCH], left])  # a mirrored right punch
    assert torch.equal(found.same, found.same.T)
    assert not bool(found.same.diagonal().any())

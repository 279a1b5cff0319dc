import numpy as np
import pytest
import torch

from skeleton import LAYOUTS, prepare
from skeleton.animator import animate
from training.config import load_config
from training.dataset import SkeletonDataset, TrainingClass
from training.targets import targets

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


def test_a_one_sided_class_mirrored_is_another_class_a_symmetric_one_is_not(
    data: SkeletonDataset,
) -> None:
    found = targets(data, BODY, 0.25)
    assert found.number[1, PUNCH] != found.number[0, PUNCH]
    assert found.number[1, SQUAT] == found.number[0, SQUAT]
    assert found.count == 7  # four classes and three mirrored punches


def test_only_what_differs_for_sure_competes(data: SkeletonDataset) -> None:
    found = targets(data, BODY, 0.25)
    punch, left, other = (found.number[0, k] for k in (PUNCH, LEFT, OTHER))
    assert not bool(found.same[punch, left])  # classes of one set differ
    assert bool(found.same[punch, other])  # the same action of another set
    assert bool(found.same[found.number[1, PUNCH], left])  # a mirrored right punch
    assert torch.equal(found.same, found.same.T)
    assert found.sets[punch] == found.sets[left] == found.sets[found.number[1, PUNCH]]
    assert found.sets[punch] != found.sets[other]
    assert not bool(found.same.diagonal().any())


def test_without_mirroring_no_class_has_a_mirror_image(data: SkeletonDataset) -> None:
    mirrored, plain = (
        load_config(None, (f"augmentation.mirror={share}",)).augmentation for share in (0.5, 0)
    )
    assert targets(data, BODY, mirrored.sided).count == 7
    assert targets(data, BODY, plain.sided).count == 4

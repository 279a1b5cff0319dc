"""Truly novel classes."""

import pytest

from training.evaluation.novelty import UnknownClass, novel_classes, trained_classes

CANONICAL = {
    ("dev", "wave the hand"): "wave",
    ("dev", "golf swing"): "golf",
    ("dev", "squat down"): "squat",
    ("home", "say hello / bye"): "wave",
    ("clinic_kinect", "deep squat"): "squat",
    ("clinic_vicon", "deep squat"): "squat",
}
NAMES = ("wave the hand", "golf swing", "squat down", "spin a plate")


def test_a_class_whose_action_occurs_in_training_is_not_novel() -> None:
    trained = ["home/say hello / bye"]
    assert novel_classes("dev", NAMES, trained, CANONICAL) == NAMES[1:]


@pytest.mark.parametrize(
    ("dataset", "trained"), [("mine", "home/juggle"), ("dev", "mine/say hello / bye")]
)
def test_of_a_set_that_nothing_is_known_of_no_class_is_told_to_be_novel(
    dataset: str, trained: str
) -> None:
    assert novel_classes(dataset, NAMES, ["home/say hello / bye", trained], CANONICAL) is None


def test_a_class_without_a_canonical_action_is_novel_unless_it_was_trained_itself() -> None:
    assert "spin a plate" in novel_classes("dev", NAMES, ["home/juggle"], CANONICAL)
    assert "spin a plate" not in novel_classes("dev", NAMES, ["dev/spin a plate"], CANONICAL)


def test_classes_that_were_trained_on_by_name_are_told() -> None:
    trained = ["dev/golf swing (mirrored)", "home/spin a plate", "clinic/deep squat"]
    assert trained_classes("dev", NAMES, trained) == ("golf swing",)
    assert trained_classes("clinic_kinect", ("deep squat", "lunge"), trained) == ("deep squat",)
    assert trained_classes("clinics", ("deep squat",), trained) == ()


def test_a_family_of_sets_and_a_mirrored_class_count_as_their_originals() -> None:
    trained = ["clinic/deep squat (mirrored)"]
    assert "squat down" not in novel_classes("dev", NAMES, trained, CANONICAL)


def test_a_training_class_without_its_set_is_refused() -> None:
    with pytest.raises(UnknownClass, match="set/label"):
        novel_classes("dev", NAMES, ["wave"], CANONICAL)

"""Metrics against examples worked by hand."""

import numpy as np
import pytest

from training.evaluation.metrics import (
    Answers,
    accuracy,
    answers,
    auroc,
    expected_calibration_error,
    paired_difference,
    right_when_accepting,
    spread,
)
from training.evaluation.protocol import episodes

LABELS = np.repeat(np.arange(4), 6)
SUBJECTS = np.tile(np.repeat(np.arange(3), 2), 4)
SAME = (LABELS[:, None] == LABELS).astype(np.float64)


def _given(best: list[float], right: list[int], known: list[bool]) -> Answers:
    return Answers(np.array(best), np.array(right, dtype=np.float64), np.array(known))


def test_a_perfect_similarity_gets_everything_right() -> None:
    for episode in episodes(LABELS, SUBJECTS):
        assert accuracy(answers(SAME, LABELS, episode, half=False)) == 1
        opened = answers(SAME, LABELS, episode, half=True)
        assert auroc(opened) == 1
        assert right_when_accepting(opened, 0.01) == 1
        assert opened.known.mean() == 0.5


def test_a_constant_similarity_gets_chance() -> None:
    for episode in episodes(LABELS, SUBJECTS):
        constant = np.zeros_like(SAME)
        assert accuracy(answers(constant, LABELS, episode, half=False)) == 0.25
        opened = answers(constant, LABELS, episode, half=True)
        assert auroc(opened) == 0.5
        assert right_when_accepting(opened, 0.05) == 0


def test_accuracy_can_be_asked_of_some_classes_only() -> None:
    episode = episodes(LABELS, SUBJECTS)[0]
    similarity = np.where(LABELS[:, None] == 0, 0.0, SAME)
    similarity[:, LABELS == 1] += (LABELS == 0)[:, None]
    given = answers(similarity, LABELS, episode, half=False)
    of_first = LABELS[episode.queries] == 0
    assert accuracy(given, of_first) == 0
    assert accuracy(given, ~of_first) == 1
    assert accuracy(given) == 0.75
    assert np.isnan(accuracy(given, np.zeros_like(of_first)))


def test_auroc_of_a_hand_worked_example() -> None:
    # Pairs known > unknown: 0.9 beats both, 0.5 ties with one and beats the other, 0.3 beats one.
    given = _given([0.9, 0.5, 0.3, 0.5, 0.1], [1, 1, 1, 0, 0], [True, True, True, False, False])
    assert auroc(given) == pytest.approx((2 + 1.5 + 1) / 6)


def test_right_matches_count_only_above_the_threshold_of_the_unknown() -> None:
    unknown = [i / 100 for i in range(101)]  # its 95 % quantile is 0.95
    known = [0.99, 0.97, 0.96, 0.95, 0.2]
    given = _given(known + unknown, [1, 0, 1, 1, 1] + [0] * 101, [True] * 5 + [False] * 101)
    assert right_when_accepting(given, 0.05) == pytest.approx(2 / 5)
    assert right_when_accepting(given, 0.01) == 0


def test_questions_without_unknown_queries_have_no_answer() -> None:
    given = _given([0.5], [1], [True])
    assert np.isnan(auroc(given))
    assert np.isnan(right_when_accepting(given, 0.05))


def test_calibration_error_of_a_hand_worked_example() -> None:
    # Ten at 0.95 of which eight are right, ten at 0.35 of which five are.
    stated = np.array([0.95] * 10 + [0.35] * 10)
    right = np.array([1.0] * 8 + [0.0] * 2 + [1.0] * 5 + [0.0] * 5)
    assert expected_calibration_error(stated, right, bins=10) == pytest.approx(0.15)
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0
    # The ten at 0.95 count twice as much.
    twice = np.array([2.0] * 10 + [1.0] * 10)
    told = expected_calibration_error(stated, right, weights=twice, bins=10)
    assert told == pytest.approx((20 * 0.15 + 10 * 0.15) / 30)
    wide = expected_calibration_error(stated, 0 * right, weights=twice, bins=10)
    assert wide == pytest.approx((20 * 0.95 + 10 * 0.35) / 30)


def test_probabilities_are_told_how_many_strangers_there_are_and_how_far_others_lie_behind() -> (
    None
):
    told = []

    def probability(best: np.ndarray, behind: np.ndarray, strangers: float) -> np.ndarray:
        told.append((behind, strangers))
        return best / 2

    episode = episodes(LABELS, SUBJECTS)[0]
    for half in (False, True):
        given = answers(SAME, LABELS, episode, half=half, probability=probability)
        assert given.probability is not None
        assert given.probability.tolist() == (given.best / 2).tolist()
    (closed, none), (opened, every_second) = told
    assert (none, every_second) == (0, 0.5)
    assert (closed.shape, opened.shape) == ((len(episode.queries), 4), (len(episode.queries), 2))
    assert (np.sort(closed, axis=1) == [0, 1, 1, 1]).all()
    assert answers(SAME, LABELS, episode, half=False).probability is None


def test_a_paired_difference_is_taken_episode_by_episode() -> None:
    gap = paired_difference([0.8, 0.6, 0.7], [0.7, 0.5, 0.6])
    assert (gap.mean, gap.sd, gap.count) == (pytest.approx(0.1), pytest.approx(0), 3)
    with pytest.raises(ValueError, match="paired"):
        paired_difference([0.8], [0.7, 0.5])


def test_a_spread_leaves_out_episodes_that_could_not_be_asked() -> None:
    assert spread([0.2, float("nan"), 0.4]).mean == pytest.approx(0.3)
    assert spread([0.2, 0.4]).sd == pytest.approx(0.1)
    assert spread([]).count == 0

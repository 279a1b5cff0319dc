"""Figures over seeds and episodes."""

import math

import pytest

from training.evaluation.seeds import over_seeds, paired_over_seeds

NAN = float("nan")


def test_deviations_over_seeds_and_episodes_are_told_together_and_apart() -> None:
    found = over_seeds([[0.2, 0.4], [0.6, 0.8]])
    assert found.mean == pytest.approx(0.5)
    assert found.sd == pytest.approx(math.sqrt(0.05))
    assert found.over_seeds == pytest.approx(math.sqrt(0.08))  # of 0.3 and 0.7, n - 1
    assert found.over_episodes == pytest.approx(0.1)  # of 0.4 and 0.6
    assert found.standard_error == pytest.approx(0.2)
    assert (found.seeds, found.episodes) == (2, 2)


def test_an_episode_without_a_figure_is_left_out_for_every_seed() -> None:
    found = over_seeds([[0.2, NAN, 0.4], [0.6, 0.1, 0.8]])
    assert found.mean == pytest.approx(0.5)
    assert found.episodes == 2


def test_one_seed_says_nothing_about_seeds() -> None:
    found = over_seeds([[0.2, 0.4]])
    assert found.mean == pytest.approx(0.3)
    assert math.isnan(found.over_seeds)
    assert math.isnan(found.standard_error)


def test_nothing_is_no_figure() -> None:
    for rows in ([], [[]], [[NAN]]):
        assert math.isnan(over_seeds(rows).mean)
        assert over_seeds(rows).episodes == 0


def test_a_paired_difference_is_free_of_what_both_share() -> None:
    easy_and_hard = [[0.9, 0.1], [0.8, 0.2]]
    ours = [[0.95, 0.15], [0.85, 0.25]]
    found = paired_over_seeds(ours, easy_and_hard)
    assert found.mean == pytest.approx(0.05)
    assert found.sd == pytest.approx(0, abs=1e-12)
    assert found.standard_error == pytest.approx(0, abs=1e-12)


def test_what_was_not_measured_alike_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_over_seeds([[0.5, 0.5]], [[0.5]])
    with pytest.raises(ValueError, match="different numbers"):
        over_seeds([[0.5, 0.5], [0.5]])

from dataclasses import replace

import numpy as np
import pytest

from model_export.calibration import CERTAIN, calibrate
from model_export.errors import CalibrationImpossible
from model_export.trials import Trials

SLOPE, INTERCEPT = 1.4, -2.0


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def drawn(name: str, queries: int, seed: int) -> Trials:
    """Trials whose best match is right with the probability that SLOPE and INTERCEPT say, and
    whose better of two is right with one that grows with the margin."""
    rng = np.random.default_rng(seed)
    best = rng.normal(1.5, 1.5, queries)
    right = rng.random(queries) < sigmoid(SLOPE * best + INTERCEPT)
    known = right | (rng.random(queries) < 0.3)
    margin = rng.exponential(1.0, queries)
    first = rng.random(queries) < sigmoid(margin)
    # Those whose margin decides otherwise are second; the fit looks at best or second only.
    second_right = known & ~right & ~first
    gallery, between = np.zeros(queries, dtype=np.int64), (np.zeros((3, 3)),)
    return Trials(
        name, best, margin, known, right, second_right, gallery, between, 6, 4, 100, 20, 3.0, 0
    )


def galleries(one: Trials, *scores: tuple[int, float]) -> Trials:
    """The trials in galleries of so many actions that all score so much with each other."""
    numbers = np.arange(len(one.best)) % len(scores)
    return replace(one, gallery=numbers, between=tuple(np.full((n, n), s) for n, s in scores))


def test_a_sensor_whose_actions_all_lie_nearer_has_the_same_threshold() -> None:
    """Scores and nearness a unit higher: what is measured from the gallery's level is the same."""
    one = galleries(drawn("a", 20_000, 10), (10, 0.0))
    nearer = galleries(replace(one, best=one.best + 1), (10, 1.0))
    assert calibrate([nearer]).threshold == pytest.approx(calibrate([one]).threshold, abs=2e-3)
    both = calibrate([replace(one, set_name="far"), nearer])
    for each in (one, nearer):
        level = both.gallery.of(each.between[0])
        accepted = (each.best - level)[~each.known] >= both.thresholds[0.1]
        assert accepted.mean() == pytest.approx(0.1, abs=0.04)


def test_the_prior_is_the_nearness_of_the_smallest_galleries() -> None:
    trials = galleries(drawn("a", 4_000, 11), (2, -0.5), (10, 0.25))
    gallery = calibrate([trials]).gallery
    assert gallery.prior == -0.5
    assert gallery.of(np.full((1, 1), 0.25)) == -0.5
    levels = [gallery.of(np.full((n, n), 0.25)) for n in (2, 10)]
    assert -0.5 < levels[0] < levels[1] < 0.25


def test_galleries_that_say_nothing_are_no_part_of_the_prior() -> None:
    """In the second all actions are one movement under two names."""
    trials = galleries(drawn("a", 4_000, 11), (2, -0.5), (2, 99.0), (10, 0.25))
    assert calibrate([trials]).gallery.prior == -0.5
    assert calibrate([galleries(drawn("a", 4_000, 11), (2, 99.0))]).gallery.prior == 0


def test_what_one_stranger_in_a_hundred_reaches_is_as_near_as_the_same_action() -> None:
    trials = drawn("a", 40_000, 12)
    gallery = calibrate([trials]).gallery
    reached = (trials.best[~trials.known] >= gallery.same).mean()
    assert reached == pytest.approx(0.01, abs=0.002)
    twins = np.array([[9.0, 9.0, 0.2], [9.0, 9.0, 0.4], [0.2, 0.4, 9.0]])
    assert gallery.nearness(twins) == (pytest.approx((0.2 + 0.4 + 0.4) / 3), 3)
    assert gallery.nearness(np.full((2, 2), 9.0)).actions == 0


def test_probabilities_are_the_shares_that_turn_out_right() -> None:
    calibration = calibrate([drawn("a", 40_000, 0), drawn("b", 20_000, 1)])
    assert calibration.slope == pytest.approx(SLOPE, abs=0.05)
    assert calibration.intercept == pytest.approx(INTERCEPT, abs=0.05)
    assert calibration.figures["expected_calibration_error"] < 0.02
    stated = sigmoid(calibration.slope * np.array(-INTERCEPT / SLOPE) + calibration.intercept)
    assert stated == pytest.approx(0.5, abs=0.02)


def test_a_threshold_accepts_the_stated_share_of_the_unknown() -> None:
    sets = [drawn("a", 30_000, 2), drawn("b", 30_000, 3)]
    calibration = calibrate(sets)
    assert list(calibration.thresholds) == [0.01, 0.05, 0.1]
    for share, threshold in calibration.thresholds.items():
        accepted = np.mean([(one.best[~one.known] >= threshold).mean() for one in sets])
        assert accepted == pytest.approx(share, abs=0.003)
    assert calibration.threshold == calibration.thresholds[0.1]


def test_sets_weigh_the_same_however_many_clips_they_have() -> None:
    few, many = drawn("few", 2_000, 4), drawn("many", 40_000, 5)
    low = replace(few, best=few.best - 4)
    of_both = calibrate([low, many]).thresholds[0.05]
    of_many = calibrate([many]).thresholds[0.05]
    accepted = [(one.best[~one.known] >= of_both).mean() for one in (low, many)]
    assert of_both < of_many
    assert np.mean(accepted) == pytest.approx(0.05, abs=0.005)


def test_at_the_margin_the_better_of_two_is_right_in_the_stated_share() -> None:
    rng = np.random.default_rng(6)
    margin = rng.exponential(1.0, 50_000)
    right = rng.random(50_000) < sigmoid(0.8 * margin)
    trials = replace(
        drawn("a", 50_000, 7), margin=margin, right=right, second_right=~right,
        known=rng.random(50_000) < 0.9,
    )  # fmt: skip
    found = calibrate([replace(trials, best=trials.best + right)]).margin
    assert sigmoid(np.array(0.8 * found)) == pytest.approx(CERTAIN, abs=0.01)


def test_perfect_separation_stays_finite() -> None:
    trials = drawn("a", 2_000, 8)
    right = trials.best > 1
    perfect = replace(trials, right=right, known=right, second_right=np.zeros_like(right))
    calibration = calibrate([perfect])
    assert np.isfinite([calibration.slope, calibration.intercept, calibration.margin]).all()
    assert sigmoid(np.array(calibration.slope * 4 + calibration.intercept)) > 0.99


def test_scores_that_say_nothing_are_refused() -> None:
    trials = drawn("a", 4_000, 9)
    with pytest.raises(CalibrationImpossible, match="say nothing"):
        calibrate([replace(trials, best=-trials.best)])
    every = np.ones(len(trials.best), dtype=np.bool_)
    with pytest.raises(CalibrationImpossible, match="every best match is right"):
        calibrate([replace(trials, right=every)])

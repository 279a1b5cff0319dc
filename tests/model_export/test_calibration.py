from dataclasses import astuple, replace

import numpy as np
import pytest

from model_export.calibration import CERTAIN, Calibration
from model_export.calibration import calibrate as calibrate_by
from model_export.errors import CalibrationImpossible
from model_export.trials import Trials
from training.config import GalleryConfig
from training.evaluation.gallery_scale import Nearness
from training.evaluation.metrics import expected_calibration_error

SLOPE, INTERCEPT, TEMPERATURE = 1.4, -1.0, 0.8
#: Of two actions that come as near as galleries that say nothing: the level is 0 and the unit 1.
PLAIN = Nearness(0.0, 1.0, 2)


def calibrate(sets: list[Trials]) -> Calibration:
    return calibrate_by(sets, GalleryConfig(worth=1.5, spread_worth=8.0))


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def drawn(name: str, queries: int, seed: int) -> Trials:
    """Trials of two actions each: the odds of the better against the other are those of
    TEMPERATURE, and against a stranger's clip those of SLOPE and INTERCEPT."""
    rng = np.random.default_rng(seed)
    best = rng.normal(1.5, 1.5, queries)
    behind = np.stack([np.zeros(queries), rng.exponential(1.0, queries)], axis=1)
    shares = np.exp(-behind / TEMPERATURE)
    against = np.exp(-(SLOPE * best + INTERCEPT))
    drawn = rng.random(queries) * (shares.sum(axis=1) + against)
    right, known = drawn < 1, drawn < shares.sum(axis=1)
    gallery = np.zeros(queries, dtype=np.int64)
    return Trials(
        name, best, behind, known, right, known & ~right, gallery, (2,), (PLAIN,), 6, 4, 100, 20,
        2.0, 0,
    )  # fmt: skip


def galleries(one: Trials, *near: tuple[int, Nearness]) -> Trials:
    """The trials in galleries of so many actions that come so near to each other."""
    numbers = np.arange(len(one.best)) % len(near)
    actions, told = zip(*near, strict=True)
    return replace(one, gallery=numbers, actions=actions, near=told)


def test_a_sensor_whose_actions_all_lie_nearer_has_the_same_threshold() -> None:
    """Scores and nearness a unit higher: what is measured from the gallery's level is the same."""
    one = galleries(drawn("a", 20_000, 10), (10, Nearness(0.0, 1.0, 10)))
    nearer = galleries(replace(one, best=one.best + 1), (10, Nearness(1.0, 1.0, 10)))
    assert calibrate([nearer]).threshold == pytest.approx(calibrate([one]).threshold, abs=2e-3)
    both = calibrate([replace(one, set_name="far"), nearer])
    for each in (one, nearer):
        level, unit = both.gallery.scale(each.near[0])
        accepted = ((each.best - level) / unit)[~each.known] >= both.thresholds[0.1]
        assert accepted.mean() == pytest.approx(0.1, abs=0.04)


def test_a_sensor_whose_actions_differ_twice_as_much_has_the_same_threshold() -> None:
    one = galleries(drawn("a", 20_000, 13), (100, Nearness(0.0, 1.0, 100)))
    wider = galleries(replace(one, best=2 * one.best), (100, Nearness(0.0, 2.0, 100)))
    assert calibrate([wider]).threshold == pytest.approx(calibrate([one]).threshold, abs=2e-3)
    both = calibrate([replace(one, set_name="narrow"), wider])
    for each in (one, wider):
        level, unit = both.gallery.scale(each.near[0])
        accepted = ((each.best - level) / unit)[~each.known] >= both.thresholds[0.1]
        assert accepted.mean() == pytest.approx(0.1, abs=0.04)


def test_the_prior_is_the_nearness_of_the_smallest_galleries_and_the_spread_of_the_largest() -> (
    None
):
    trials = galleries(
        drawn("a", 4_000, 11), (2, Nearness(-0.5, 0.0, 2)), (10, Nearness(0.25, 0.7, 10))
    )
    gallery = calibrate([trials]).gallery
    assert (gallery.prior, gallery.spread) == (-0.5, 0.7)
    assert (gallery.worth, gallery.spread_worth) == (1.5, 8.0)
    assert gallery.scale(Nearness(0.0, 0.0, 0)) == (-0.5, 0.7)
    levels = [gallery.scale(Nearness(0.25, 0.7, n)).level for n in (2, 10)]
    assert -0.5 < levels[0] < levels[1] < 0.25


def test_how_much_the_prior_differs_from_set_to_set_is_told() -> None:
    sets = [
        galleries(
            drawn(name, 4_000, 11), (2, Nearness(prior, 0.0, 2)), (10, Nearness(0.2, 0.7, 10))
        )
        for name, prior in (("a", -0.4), ("b", 0.2))
    ]
    gallery = calibrate(sets).gallery
    assert gallery.prior == pytest.approx(-0.1)
    assert gallery.prior_spread == pytest.approx(0.6 / 2**0.5, abs=1e-4)
    assert calibrate(sets[:1]).gallery.prior_spread == 0


def test_galleries_of_two_tell_the_spread_by_how_much_their_nearness_differs() -> None:
    pairs = [(2, Nearness(score, 0.0, 2)) for score in (-0.5, -0.3, -0.1)]
    gallery = calibrate([galleries(drawn("a", 4_000, 11), *pairs)]).gallery
    assert gallery.spread == pytest.approx(np.std([-0.5, -0.3, -0.1]), abs=1e-4)
    alike = [(2, Nearness(-0.5, 0.0, 2))] * 2
    with pytest.raises(CalibrationImpossible, match="come equally near"):
        calibrate([galleries(drawn("a", 4_000, 11), *alike)])


def test_where_no_gallery_says_anything_it_is_said() -> None:
    nothing = Nearness(0.0, 0.0, 0)
    with pytest.raises(CalibrationImpossible, match="one movement to the model"):
        calibrate([galleries(drawn("a", 4_000, 11), (2, nothing), (3, nothing))])
    # The smallest that say something do, where the smallest of all say nothing.
    told = ((2, nothing), (5, Nearness(-0.5, 0.7, 5)), (10, Nearness(0.25, 0.7, 10)))
    assert calibrate([galleries(drawn("a", 4_000, 11), *told)]).gallery.prior == -0.5
    # A spread that is nothing but rounding is none.
    alike = [(2, Nearness(-0.5 + 1e-6 * k, 0.0, 2)) for k in range(2)]
    with pytest.raises(CalibrationImpossible, match="come equally near"):
        calibrate([galleries(drawn("a", 4_000, 11), *alike)])


def test_a_set_that_alone_says_too_little_leaves_the_other_without_its_figure() -> None:
    told = galleries(drawn("a", 4_000, 11), (10, Nearness(0.25, 0.7, 10)))
    alike = galleries(drawn("b", 4_000, 12), (2, Nearness(-0.5, 0.0, 2)))
    figures = calibrate([told, alike]).set_figures
    name = "expected_calibration_error_without_this_set"
    assert (name in figures["a"], name in figures["b"]) == (False, True)


def test_galleries_that_say_nothing_are_no_part_of_the_prior() -> None:
    """In the second all actions are one movement under two names."""
    nothing = Nearness(0.0, 0.0, 0)
    told = ((2, Nearness(-0.5, 0.0, 2)), (2, nothing), (10, Nearness(0.25, 0.7, 10)))
    assert calibrate([galleries(drawn("a", 4_000, 11), *told)]).gallery.prior == -0.5


def test_probabilities_are_the_shares_that_turn_out_right() -> None:
    sets = [drawn("a", 40_000, 0), drawn("b", 20_000, 1)]
    calibration = calibrate(sets)
    found = calibration.probability
    assert found.slope == pytest.approx(SLOPE, abs=0.05)
    assert found.temperature == pytest.approx(TEMPERATURE, abs=0.03)
    # Stated where half are strangers, whatever share of the trials they are.
    strangers = np.mean([1 - one.known.mean() for one in sets])
    assert strangers < 0.45
    natural = INTERCEPT + np.log(strangers / (1 - strangers))
    assert found.intercept == pytest.approx(natural, abs=0.05)
    for figures in calibration.set_figures.values():
        assert figures["expected_calibration_error"] < 0.02
        assert figures["expected_calibration_error_without_strangers"] < 0.02
    (one, _) = sets
    stated = found.of_best(one.best, one.behind, strangers)
    assert expected_calibration_error(stated, one.right.astype(np.float64)) < 0.02
    assert abs(found.of_best(one.best, one.behind).mean() - one.right.mean()) > 0.03


def test_more_trials_with_strangers_do_not_make_a_match_less_probable() -> None:
    one = drawn("a", 40_000, 14)
    twice = np.flatnonzero(~one.known)
    rows = np.concatenate([np.arange(len(one.best)), twice, twice])
    arrays = ("best", "behind", "known", "right", "second_right", "gallery")
    crowded = replace(one, **{name: getattr(one, name)[rows] for name in arrays})
    assert calibrate([crowded]).probability.intercept == pytest.approx(
        calibrate([one]).probability.intercept, abs=1e-3
    )


def test_a_threshold_accepts_the_stated_share_of_the_unknown() -> None:
    sets = [drawn("a", 30_000, 2), drawn("b", 30_000, 3)]
    calibration = calibrate(sets)
    assert list(calibration.thresholds) == [0.01, 0.05, 0.1]
    for share, threshold in calibration.thresholds.items():
        accepted = np.mean([(one.best[~one.known] >= threshold).mean() for one in sets])
        assert accepted == pytest.approx(share, abs=0.003)
    assert calibration.threshold == calibration.thresholds[0.1]


def test_a_set_whose_margins_say_nothing_leaves_the_other_without_its_figure() -> None:
    """In the second set the better of two is right the less often the farther it leads; galleries
    of several sizes leave places empty behind the best."""
    told, wrong = drawn("a", 8_000, 15), drawn("b", 1_000, 16)
    wrong = replace(
        wrong, behind=wrong.behind / 20, right=wrong.second_right, second_right=wrong.right
    )
    padded = [
        replace(one, behind=np.pad(one.behind, ((0, 0), (0, 3)), constant_values=np.inf))
        for one in (told, wrong)
    ]
    figures = calibrate(padded).set_figures
    name = "expected_calibration_error_without_this_set"
    assert (name in figures["a"], name in figures["b"]) == (False, True)
    assert all(np.isfinite(figures[one]["expected_calibration_error"]) for one in ("a", "b"))
    with pytest.raises(CalibrationImpossible, match="no more often the farther it leads"):
        calibrate(padded[1:])


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
        drawn("a", 50_000, 7), behind=np.stack([0 * margin, margin], axis=1), right=right,
        second_right=~right, known=rng.random(50_000) < 0.9,
    )  # fmt: skip
    found = calibrate([replace(trials, best=trials.best + right)]).margin
    assert sigmoid(np.array(0.8 * found)) == pytest.approx(CERTAIN, abs=0.01)


def test_perfect_separation_stays_finite() -> None:
    trials = drawn("a", 2_000, 8)
    right = trials.best > 1
    perfect = replace(trials, right=right, known=right, second_right=np.zeros_like(right))
    calibration = calibrate([perfect])
    found = calibration.probability
    assert np.isfinite([*astuple(found), calibration.margin]).all()
    assert found.of_best(np.array([4.0]), np.array([[0.0, 9.0]])) > 0.99


def test_scores_that_say_nothing_are_refused() -> None:
    trials = drawn("a", 4_000, 9)
    with pytest.raises(CalibrationImpossible, match="say nothing"):
        calibrate([replace(trials, best=-trials.best)])
    every = np.ones(len(trials.best), dtype=np.bool_)
    with pytest.raises(CalibrationImpossible, match="every best match is right"):
        calibrate([replace(trials, right=every, known=every)])
    with pytest.raises(CalibrationImpossible, match="or none is"):
        calibrate([replace(trials, right=~every)])

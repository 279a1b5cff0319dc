"""Matching: the best exemplar of each action, and the decision over the best actions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.matching import (
    RERANKED,
    Match,
    best_actions,
    judge,
    nearest,
    normalised_scores,
    probabilities,
    reranked,
)
from service.model_file import Calibration, Probability
from training.evaluation.probability import Probability as EvaluatedProbability

TOLD = Probability(slope=2.0, intercept=-3.0, temperature=0.2)
CALIBRATION = Calibration(TOLD, threshold=1.5, margin=0.3, thresholds={})
ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(-50, 50)), min_size=1, max_size=80)


def match(name: str, score: float) -> Match:
    return Match(name, "id", 0.5, score, 0.5)


@settings(deadline=None)
@given(rows=ROWS, count=st.integers(1, 10))
def test_each_action_stands_by_its_best_exemplar(rows: list[tuple[int, int]], count: int) -> None:
    scores = np.array([score for _, score in rows], dtype=np.float32)
    actions = np.array([action for action, _ in rows], dtype=np.intp)
    found = best_actions(scores, actions, count)
    best = {action: max(s for a, s in rows if a == action) for action, _ in rows}
    assert len(found) == min(count, len(best))
    assert len({action for action, _ in found}) == len(found)
    for action, row in found:
        assert rows[row] == (action, best[action])
    assert [best[action] for action, _ in found] == sorted(best.values(), reverse=True)[:count]


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 6), st.integers(-2, 2)), min_size=1, max_size=80),
    count=st.integers(1, 10),
)
def test_equal_scores_come_in_the_order_of_the_rows(
    rows: list[tuple[int, int]], count: int
) -> None:
    scores = np.array([score for _, score in rows], dtype=np.float32)
    actions = np.array([action for action, _ in rows], dtype=np.intp)
    first: dict[int, int] = {}
    for row in sorted(range(len(rows)), key=lambda row: (-rows[row][1], row)):
        first.setdefault(rows[row][0], row)
    assert best_actions(scores, actions, count) == list(first.items())[:count]


def test_an_action_of_many_good_exemplars_does_not_hide_the_next() -> None:
    scores = np.concatenate([np.linspace(9, 8, 1000), [1.0]]).astype(np.float32)
    actions = np.array([0] * 1000 + [1], dtype=np.intp)
    assert best_actions(scores, actions, 2) == [(0, 0), (1, 1000)]


def test_a_score_is_how_far_a_similarity_stands_out_on_both_sides() -> None:
    """Of equal similarities the better is the one between clips that resemble little else."""
    similarity = np.array([0.8, 0.8], dtype=np.float32)
    exemplars = np.array([0.4, 0.7], dtype=np.float32)
    common = normalised_scores(similarity, np.asarray(0.6, dtype=np.float32), exemplars)
    rare = normalised_scores(similarity, np.asarray(0.2, dtype=np.float32), exemplars)
    assert common[0] > common[1]
    assert (rare > common).all()
    assert common.dtype == np.float32


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 100), weight=st.floats(0.01, 1))
def test_only_the_nearest_are_compared_again_and_all_others_stay_behind(
    seed: int, count: int, weight: float
) -> None:
    draw = np.random.default_rng(seed)
    cosine, aligned = draw.uniform(-1, 1, (2, count)).astype(np.float32)
    terms = draw.uniform(0, 0.5, count).astype(np.float32)
    rows = nearest(cosine, np.arange(count))
    assert len(rows) == min(count, RERANKED)
    others = np.setdiff1d(np.arange(count), rows)
    scores = cosine - terms
    better = reranked(scores, cosine, rows, aligned[rows], weight)
    assert better.dtype == np.float32
    expected = (1 - weight) * cosine[rows] + weight * aligned[rows] - terms[rows]
    np.testing.assert_allclose(better[rows], expected, atol=1e-5)
    if len(others):
        assert cosine[others].max() <= cosine[rows].min()
        assert better[others].max() < better[rows].min()
        assert (better[others] <= scores[others]).all()
        # Their order stays; two that lie nearer than a rounding may meet.
        assert (np.diff(better[others][np.argsort(scores[others])]) >= 0).all()


def test_an_action_with_many_exemplars_keeps_no_other_from_being_compared_again() -> None:
    actions = np.array([0] * 1000 + [*range(1, 41)])
    cosine = np.concatenate([np.linspace(0.9, 0.8, 1000), np.linspace(0.7, 0.3, 40)])
    rows = nearest(cosine.astype(np.float32), actions)
    assert rows.tolist() == [0, 1, 2, 3, *range(1000, 1028)]


def test_scores_that_are_behind_already_stay_as_they_are() -> None:
    cosine = np.concatenate([np.full(RERANKED, 0.9), [0.2, 0.1]]).astype(np.float32)
    rows = nearest(cosine, np.arange(len(cosine)))
    better = reranked(cosine, cosine, rows, np.full(RERANKED, 0.8, np.float32), 0.5)
    assert better[RERANKED:].tolist() == cosine[RERANKED:].tolist()
    np.testing.assert_allclose(better[:RERANKED], 0.85, atol=1e-6)


@pytest.mark.parametrize(
    ("scores", "decision", "margin"),
    [
        ([], "unknown", None),
        ([1.4], "unknown", None),
        ([1.6], "match", None),
        ([1.6, 1.0], "match", 0.6),
        ([1.6, 1.5], "ambiguous", 0.1),
        ([1.4, 1.35], "unknown", 0.05),
    ],
)
def test_the_decision_is_by_threshold_and_margin(
    scores: list[float], decision: str, margin: float | None
) -> None:
    judged = judge([match(str(n), score) for n, score in enumerate(scores)], 5, CALIBRATION, 1.0)
    assert judged.decision == decision
    assert judged.margin == (None if margin is None else pytest.approx(margin))


def test_the_margin_that_decides_is_one_of_cosines_whatever_unit_the_gallery_has() -> None:
    matches = [match("a", 3.0), match("b", 2.0)]
    decisions = [judge(matches, 5, CALIBRATION, unit).decision for unit in (0.1, 1.0)]
    assert decisions == ["ambiguous", "match"]
    assert judge(matches, 5, CALIBRATION, 0.1).margin == 1.0  # told in units of the score


def test_the_margin_is_known_even_when_one_match_is_answered() -> None:
    judged = judge([match("a", 3), match("b", 1)], 1, CALIBRATION, 1.0)
    assert [m.action for m in judged.matches] == ["a"]
    assert judged.margin == 2


BEHIND = st.lists(st.floats(0, 2), max_size=30).map(lambda others: np.array([0.0, *others]))
SHARES = st.floats(0, 0.999)


@given(best=st.floats(-1e30, 1e30), behind=BEHIND, strangers=SHARES)
def test_probabilities_and_that_of_a_stranger_are_one_together(
    best: float, behind: np.ndarray, strangers: float
) -> None:
    found = probabilities(best, behind, TOLD, strangers)
    assert ((found >= 0) & (found <= 1)).all()
    against = np.exp(min(-(2.0 * best - 3.0), 700))
    of_a_stranger = found[0] * strangers / (1 - strangers) * against
    assert found.sum() + of_a_stranger == pytest.approx(1)
    assert (np.diff(found[np.argsort(behind)]) <= 0).all()


@given(best=st.floats(-1e3, 1e3), behind=BEHIND, strangers=SHARES)
def test_the_probability_of_the_best_is_the_one_that_is_evaluated(
    best: float, behind: np.ndarray, strangers: float
) -> None:
    evaluated = EvaluatedProbability(TOLD.slope, TOLD.intercept, TOLD.temperature)
    (expected,) = evaluated.of_best(np.array([best]), behind[None], strangers)
    assert probabilities(best, behind, TOLD, strangers)[0] == pytest.approx(expected)


def test_where_all_is_enrolled_the_score_has_no_say() -> None:
    alone, pair = np.zeros(1), np.array([0.0, 0.2])
    assert probabilities(-9.0, alone, TOLD, strangers=0)[0] == 1
    assert probabilities(-9.0, pair, TOLD, strangers=0) == pytest.approx([0.7311, 0.2689], abs=1e-4)
    assert probabilities(1.5, alone, TOLD, strangers=0.5)[0] == pytest.approx(0.5)
    assert probabilities(1.5, alone, TOLD, strangers=0.75)[0] == pytest.approx(0.25)


def test_a_better_score_is_more_probable() -> None:
    values = [probabilities(score, np.zeros(3), TOLD, 0.5)[0] for score in np.linspace(-5, 5, 50)]
    assert values == sorted(values)
    assert values[0] < 0.01
    assert values[-1] == pytest.approx(1 / 3, abs=0.01)  # two others are as near

"""Movements: what is enrolled under several names counts once."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.gallery_scale import ASKED, scale_of
from service.settings import DEFAULT_MODEL
from tests.service.told_galleries import (
    ACTIONS,
    NORM,
    enroll,
    nearness_of,
    performed,
    recogniser_of,
    unit_rows,
)

STRANGE = ("punch", "throw", "push", "walk", "jumping_jack", "side_bend", "raise_arms", "lunge")
CLEAR_TERMS = DEFAULT_MODEL.with_name("clear_terms.onnx")


@pytest.mark.parametrize("model", [DEFAULT_MODEL, CLEAR_TERMS], ids=["default", "clear terms"])
@pytest.mark.parametrize("count", [2, 5])
def test_one_movement_under_two_names_changes_no_other_decision(
    model: Path, count: int, tmp_path: Path
) -> None:
    """The two are ambiguous; how near they come to each other says nothing of strangers, and more
    names say no more of them than one."""
    recogniser = recogniser_of(model, tmp_path / "store.db")
    enroll(recogniser, count)
    strange = {action: performed(action, seed=3) for action in STRANGE}

    def told() -> tuple[float, float, dict[str, str], list[float]]:
        scale = recogniser.galleries.current("default")[0].scale
        judged = {
            action: recogniser.recognize("default", clip, 1).judgement
            for action, clip in strange.items()
        }
        decisions = {action: one.decision for action, one in judged.items()}
        return scale.level, scale.unit, decisions, [one.matches[0].score for one in judged.values()]

    level, unit, decisions, scores = told()
    for action in ACTIONS[:count]:
        recogniser.enroll("default", f"{action} again", performed(action, seed=1))
    again = told()
    assert again[0] == pytest.approx(level, abs=1e-5)
    assert again[1] == pytest.approx(unit, abs=1e-5)
    assert again[3] == pytest.approx(scores, abs=1e-2)
    passing = [action for action in STRANGE if decisions[action] != "unknown"]
    assert [action for action in STRANGE if again[2][action] != "unknown"] == passing
    asked = {action: performed(action, seed=2) for action in ACTIONS[:count]}
    for action, clip in asked.items():
        judgement = recogniser.recognize("default", clip, 5).judgement
        assert judgement.decision in ("ambiguous", "unknown"), action
        assert {match.action for match in judgement.matches[:2]} == {action, f"{action} again"}
    recogniser.store.close()


@given(seed=st.integers(0, 2**32 - 1), names=st.lists(st.integers(1, 9), min_size=2, max_size=9))
@settings(deadline=None)
def test_names_of_one_movement_weigh_as_one_however_many_and_with_all_their_exemplars(
    seed: int, names: list[int]
) -> None:
    """Each movement has two exemplars; up to 32 names and, as far as is known, beyond."""
    draw = np.random.default_rng(seed)
    movements = unit_rows(draw.standard_normal((len(names), 2, 64)).reshape(-1, 64) + 1)
    means = draw.uniform(0, 0.5, len(movements)).astype(np.float32)
    norm = replace(NORM, centre=3.0)
    once = scale_of(movements, means, np.repeat(np.arange(len(names)), 2), norm)
    rows = np.concatenate([[2 * k, 2 * k + 1] * n for k, n in enumerate(names)])
    often = scale_of(movements[rows], means[rows], np.repeat(np.arange(sum(names)), 2), norm)
    assert once.centre is not None
    assert often.centre is not None
    # Above it the centre is estimated, where names are not asked.
    exactly = sum(names) <= ASKED
    near = {"abs": 1e-4} if exactly else {"abs": 0.06}
    assert often.level == pytest.approx(once.level, **near)
    assert often.unit == pytest.approx(once.unit, **({"abs": 1e-4} if exactly else {"rel": 0.25}))
    assert often.centre.mean == pytest.approx(once.centre.mean, **near)


def test_names_whose_clips_are_only_nearly_the_same_leave_the_unit_as_it_is() -> None:
    """Two movements are one pair, whose deviation nothing tells."""
    draw = np.random.default_rng(0)
    ones = np.eye(8)[:2]
    for names in ((1, 1), (3, 3), (3, 15), (5, 11), (2, 2)):
        rows = np.repeat(ones, names, axis=0)
        embeddings = unit_rows(rows + 0.03 * draw.standard_normal(rows.shape))
        count = sum(names)
        scale = scale_of(embeddings, np.zeros(count, np.float32), np.arange(count), NORM)
        assert scale.unit == pytest.approx(NORM.spread, rel=1e-3)


def test_one_clip_under_many_names_leaves_finite_scores() -> None:
    draw = np.random.default_rng(0)
    clip, other = unit_rows(draw.standard_normal((2, 1120)))
    norm = replace(NORM, centre=1.0)
    for count in (3, 400):
        embeddings = np.tile(clip, (count, 1))
        scale = scale_of(embeddings, np.zeros(count, np.float32), np.arange(count), norm)
        assert (scale.level, scale.unit) == pytest.approx((NORM.prior, NORM.spread))
        assert scale.centre is not None
        for query, own in ((clip, True), (other, False)):
            cosines = scale.centre.cosines(embeddings @ query, query)
            assert cosines == pytest.approx(np.full(count, cosines[0]), abs=1e-4)
            assert (cosines[0] > 0.999) == own
            assert abs(cosines[0]) <= 1.0001


def test_an_action_whose_others_are_all_the_same_movement_takes_no_part_and_warns_nobody() -> None:
    """Three names, of which the first is one movement with either of the others, which are not."""
    angles = np.deg2rad([0, 30, -30])
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        near = nearness_of(embeddings, [0, 1, 2])
    assert near == (pytest.approx(0.5), 0, 1, 0)

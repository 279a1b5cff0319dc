"""The gallery's scale: one threshold fits any sensor and any number of enrolled actions."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.gallery_scale import ASKED, Centre, Nearness, scale_of, scaled
from service.model_file import GalleryNorm
from service.settings import DEFAULT_MODEL
from tests.service.models import changed_model
from tests.service.told_galleries import (
    ACTIONS,
    NORM,
    centred_by,
    enroll,
    measured_scores,
    nearness_of,
    performed,
    recogniser_of,
    unit_rows,
)
from training.evaluation import gallery_scale as measured
from training.evaluation.probability import Probability


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 3 * ASKED),
    shared=st.floats(0, 2),
    centre=st.none() | st.floats(1, 20),
)
def test_the_service_computes_the_scores_that_the_evaluation_measures(
    seed: int, count: int, shared: float, centre: float | None
) -> None:
    draw = np.random.default_rng(seed)
    embeddings = unit_rows(draw.standard_normal((count + 3, 8)) + shared)
    means = draw.uniform(0, 0.5, count + 3).astype(np.float32)
    plain = {"prior": -0.2, "prior_spread": 0.1, "spread": 0.1, "worth": 1.5, "spread_worth": 3.0}
    told = measured_scores(embeddings, means, centre, measured.GalleryNorm(**plain))
    expected, unit = told.table(np.arange(count, count + 3), np.arange(count))
    enrolled, of_enrolled = embeddings[:count], means[:count]
    norm = GalleryNorm(**plain, centre=centre)
    scale = scale_of(enrolled, of_enrolled, np.arange(count), norm)
    assert (scale.centre is None) == (centre is None or count == 0)
    assert scale.unit == pytest.approx(unit, rel=1e-3)
    for query, mean, row in zip(embeddings[count:], means[count:], expected, strict=True):
        cosines = enrolled @ query
        cosines = cosines if scale.centre is None else scale.centre.cosines(cosines, query)
        scores = (cosines - (mean + of_enrolled) / 2 - scale.level) / scale.unit
        assert scores == pytest.approx(row, abs=4e-3)


def test_other_exemplars_of_the_same_action_are_no_strangers() -> None:
    embeddings = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    near = nearness_of(embeddings, [0, 0, 1])
    assert near == (pytest.approx(0.6), 0, 2, 0)
    assert nearness_of(embeddings[:2], [0, 0]) == (0, 0, 0, 0)
    assert nearness_of(embeddings[:0], []) == (0, 0, 0, 0)


def test_further_exemplars_lift_the_level_by_as_much_as_they_come_nearer() -> None:
    """Or strangers would pass the threshold more often the more examples an action has."""
    embeddings = np.array([[1, 0], [0, 1], [0.7, 0.714], [0.6, 0.8]], dtype=np.float32)
    one_each = nearness_of(embeddings[[0, 2]], [0, 1])
    assert one_each == (pytest.approx(0.7), 0, 2, 0)
    # Action 1 has a second exemplar, nearer to action 0 than its first; action 0 has none.
    near = nearness_of(embeddings[[0, 3, 2]], [0, 1, 1])
    assert near == (pytest.approx((0.7 + 0.6) / 2), 0, 2, pytest.approx(0.05))
    first = nearness_of(embeddings[[0, 3]], [0, 1])
    lifted, bare = scaled(near, NORM), scaled(first, NORM)
    assert lifted.level - bare.level == pytest.approx(near.score - first.score, abs=1e-6)
    assert lifted.unit == bare.unit
    # Two actions of one movement say nothing of strangers, by whichever of their exemplars.
    near = nearness_of(embeddings[[0, 0, 2]], [0, 1, 1])
    assert near == (0, 0, 0, 0)


def test_the_more_alike_the_enrolled_actions_are_the_higher_the_level() -> None:
    assert scaled(Nearness(0.0, 0.0, 0), NORM).level == -0.2
    levels = [scaled(Nearness(0.3, 0.1, n), NORM).level for n in (2, 5, 20, 1000)]
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(0.3, abs=0.01)
    assert scaled(Nearness(0.4, 0.1, 5), NORM).level > scaled(Nearness(0.3, 0.1, 5), NORM).level


def test_the_more_actions_tell_the_level_the_less_far_strangers_come_above_it() -> None:
    units = [scaled(Nearness(0.3, 0.1, n), NORM).unit for n in (0, 1, 2, 3, 5, 20, 1000)]
    assert units[0] == units[1] == units[2] == pytest.approx(0.1)
    assert units[2:] == sorted(units[2:], reverse=True)
    assert units[-1] > 0.25 * 0.1
    # The more the actions differ, the farther; with two of them nothing tells by how much.
    wider = [scaled(Nearness(0.3, 0.2, n), NORM).unit for n in (2, 3, 20)]
    assert wider[0] == units[2]
    assert units[3] < wider[1] < 2 * units[3]
    assert wider[2] == pytest.approx(2 * units[5], rel=0.1)


def test_the_fewer_actions_tell_the_level_the_more_counts_how_the_prior_differs() -> None:
    """One action alone has nothing else to tell the sensor by."""
    unsure = replace(NORM, worth=0.5, prior_spread=0.3)
    sure = replace(unsure, prior_spread=0.0)
    more = [
        scaled(Nearness(0.3, 0.1, n), unsure).unit / scaled(Nearness(0.3, 0.1, n), sure).unit
        for n in (0, 2, 5, 20)
    ]
    assert more[0] == pytest.approx(10**0.5)
    assert more == sorted(more, reverse=True)
    assert more[1] < 1.2
    assert more[-1] == pytest.approx(1, abs=0.05)
    assert scaled(Nearness(0.3, 0.1, 2), unsure).level == scaled(Nearness(0.3, 0.1, 2), sure).level


def test_what_all_that_is_enrolled_has_in_common_counts_the_more_the_more_there_is() -> None:
    """Actions weigh the same in it, however many exemplars they have."""
    draw = np.random.default_rng(0)
    rows = unit_rows(draw.standard_normal((40, 64)) + 6 * np.eye(64)[0])
    lengths = [np.linalg.norm(centred_by(rows[:n], np.arange(n), 6.0).mean) for n in (1, 5, 40)]
    assert lengths == sorted(lengths)
    whole = np.linalg.norm(rows.mean(axis=0))
    assert lengths[2] == pytest.approx(whole * 40 / 46, abs=1e-5)
    once = centred_by(rows[:2], np.array([0, 1]), 6.0)
    often = centred_by(rows[[0, 0, 0, 1]], np.array([0, 0, 0, 1]), 6.0)
    assert often.mean == pytest.approx(once.mean, abs=1e-6)
    # A shift that all clips share, exemplars and queries, is mostly gone from their cosines.
    centre = centred_by(rows[:30], np.arange(30), 6.0)
    plain = rows[:30] @ rows[30:].T
    without = [centre.cosines(rows[:30] @ query, query).mean() for query in rows[30:]]
    assert abs(np.mean(without)) < 0.2 * plain.mean()


@given(seed=st.integers(0, 2**32 - 1), centre=st.floats(1, 20))
def test_several_exemplars_of_an_action_rank_as_the_evaluation_measures(
    seed: int, centre: float
) -> None:
    draw = np.random.default_rng(seed)
    actions = np.sort(np.r_[0:4, draw.integers(0, 4, 5)])
    embeddings = unit_rows(draw.standard_normal((10, 8)) + 1)
    means = draw.uniform(0, 0.5, 10).astype(np.float32)
    expected = measured_scores(embeddings, means, centre, None).ranking(
        np.array([9]), np.arange(9), actions
    )[0]
    held = centred_by(embeddings[:9], actions, centre)
    cosines = held.cosines(embeddings[:9] @ embeddings[9], embeddings[9])
    assert cosines - (means[9] + means[:9]) / 2 == pytest.approx(expected, abs=1e-4)


def test_a_clip_that_is_all_centre_has_finite_cosines() -> None:
    clip = unit_rows(np.ones((1, 8)))
    whole = Centre(clip[0], 1.0, np.ones(1, np.float32), np.full(1, 1e-3, np.float32))
    assert np.isfinite(whole.cosines(clip @ clip[0], clip[0])).all()


def test_a_score_is_told_by_its_gallery(tmp_path: Path) -> None:
    recogniser = recogniser_of(DEFAULT_MODEL, tmp_path / "store.db")
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    asked = performed("wave", seed=2)
    query = recogniser.encoder.embed(asked)[0]
    scales = set()
    for count in (1, 2, 5):
        enroll(recogniser, count)
        judgement = recogniser.recognize("default", asked, 5).judgement
        gallery, _ = recogniser.galleries.current("default")
        arrays = (gallery.embeddings, gallery.cohort_mean, gallery.numbers)
        scale = scale_of(*arrays, norm)
        scales.add((scale.level, scale.unit))
        for match in judgement.matches:
            row = gallery.ids.index(match.exemplar_id)
            means = (float(query["cohort_mean"]) + float(gallery.cohort_mean[row])) / 2
            raw = match.similarity - means
            assert match.score == pytest.approx((raw - scale.level) / scale.unit, abs=1e-4)
    assert len(scales) == 3
    recogniser.store.close()


def _centring(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["centre"] = 6.0


def test_a_model_that_centres_scores_as_the_evaluation_does(tmp_path: Path) -> None:
    model = changed_model(DEFAULT_MODEL, tmp_path / "centring.onnx", _centring)
    recogniser = recogniser_of(model, tmp_path / "store.db")
    enroll(recogniser, len(ACTIONS))
    asked = performed("wave", seed=2)
    judged = {
        match.action: match for match in recogniser.recognize("default", asked, 5).judgement.matches
    }
    clips = [performed(action, seed=1) for action in ACTIONS]
    outputs = [recogniser.encoder.embed(clip)[0] for clip in (*clips, asked)]
    stacked = {name: np.stack([o[name] for o in outputs]) for name in ("embedding", "cohort_mean")}
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    stated = asdict(norm)
    assert stated.pop("centre") == 6.0
    plain = measured.GalleryNorm(**stated)
    scores = measured_scores(stacked["embedding"], stacked["cohort_mean"], 6.0, plain)
    (expected,), unit = scores.table(np.array([5]), np.arange(5))
    for action, score in zip(ACTIONS, expected, strict=True):
        assert judged[action].score == pytest.approx(score, abs=1e-3)
    evaluated = Probability(**asdict(recogniser.encoder.info.calibration.probability))
    best, behind = expected.max(keepdims=True), (expected.max() - expected)[None] * unit
    assert max(match.probability for match in judged.values()) == pytest.approx(
        evaluated.of_best(best, behind)[0], abs=1e-3
    )
    # The similarity stays the plain cosine.
    assert judged["wave"].similarity == pytest.approx(
        float(outputs[0]["embedding"] @ outputs[5]["embedding"]), abs=1e-5
    )
    recogniser.store.close()


def test_two_actions_that_lie_near_are_ambiguous_by_their_cosines(tmp_path: Path) -> None:
    """In units of the score, which are small, they lie far apart."""
    recogniser = recogniser_of(DEFAULT_MODEL, tmp_path / "store.db")
    enroll(recogniser, len(ACTIONS))
    recogniser.enroll("default", "wave as before", performed("wave", seed=7))
    judgement = recogniser.recognize("default", performed("wave", seed=2), 5).judgement
    gallery, _ = recogniser.galleries.current("default")
    calibration = recogniser.encoder.info.calibration
    assert judgement.margin is not None
    between = replace(calibration, margin=judgement.margin * gallery.scale.unit * 1.5)
    assert between.margin < judgement.margin
    recogniser.encoder.info = replace(recogniser.encoder.info, calibration=between)
    again = recogniser.recognize("default", performed("wave", seed=2), 5).judgement
    assert again.margin == judgement.margin
    assert again.decision == "ambiguous"
    recogniser.store.close()

"""The gallery's scale: one threshold fits any sensor and any number of enrolled actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.encoder import Encoder
from service.gallery_scale import (
    AS_THEY_ARE,
    ASKED,
    ONE_CLIP,
    Centre,
    Nearness,
    asked_of,
    movements,
    scale_of,
    scaled,
)
from service.gallery_scale import centre_of as centre_of_shares
from service.gallery_scale import nearness as nearness_of
from service.model_file import BadModel, GalleryNorm
from service.recogniser import Recogniser
from service.settings import DEFAULT_MODEL
from service.store import open_store
from skeleton import Recording, record
from skeleton.animator import animate
from tests.service.models import changed_model
from training.evaluation import gallery_scale as measured

ACTIONS = ("wave", "squat", "kick", "bow", "clap")
NORM = GalleryNorm(
    prior=-0.2, prior_spread=0.0, spread=0.1, worth=5.0, spread_worth=3.0, centre=None
)
BARE = np.zeros(4, dtype=np.float32)  # mean similarities to the base classes


def _recogniser(model: Path, store: Path) -> Recogniser:
    return Recogniser(Encoder(model, provider="cpu"), open_store(f"sqlite:///{store}"))


def _performed(action: str, seed: int) -> Recording:
    clip = animate(action, seed=seed)
    return record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")


def _enroll(recogniser: Recogniser, count: int) -> None:
    for action in ACTIONS[:count]:
        recogniser.enroll("default", action, _performed(action, seed=1))


def nearness(embeddings: np.ndarray, means: np.ndarray, actions: np.ndarray) -> Nearness:
    return nearness_of(asked_of(embeddings, actions), means, actions)


def centre_of(embeddings: np.ndarray, actions: np.ndarray, worth: float) -> Centre:
    shares = movements(asked_of(embeddings, actions), ONE_CLIP).shares
    return centre_of_shares(embeddings, actions, shares, worth)


def _measured(
    embeddings: np.ndarray,
    means: np.ndarray,
    centre: float | None,
    norm: measured.GalleryNorm | None,
) -> measured.GalleryScores:
    cosine = embeddings @ embeddings.T
    return measured.GalleryScores(cosine, cosine, means, means, centre, norm)


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


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
    embeddings = _unit(draw.standard_normal((count + 3, 8)) + shared)
    means = draw.uniform(0, 0.5, count + 3).astype(np.float32)
    plain = {"prior": -0.2, "prior_spread": 0.1, "spread": 0.1, "worth": 1.5, "spread_worth": 3.0}
    told = _measured(embeddings, means, centre, measured.GalleryNorm(**plain))
    expected = told.table(np.arange(count, count + 3), np.arange(count))
    enrolled, of_enrolled = embeddings[:count], means[:count]
    norm = GalleryNorm(**plain, centre=centre)
    scale = scale_of(enrolled, of_enrolled, np.arange(count), norm)
    assert (scale.centre is None) == (centre is None or count == 0)
    for query, mean, row in zip(embeddings[count:], means[count:], expected, strict=True):
        cosines = enrolled @ query
        cosines = cosines if scale.centre is None else scale.centre.cosines(cosines, query)
        scores = (cosines - (mean + of_enrolled) / 2 - scale.level) / scale.unit
        assert scores == pytest.approx(row, abs=4e-3)


def test_other_exemplars_of_the_same_action_are_no_strangers() -> None:
    embeddings = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    near = nearness(embeddings, BARE[:3], np.array([0, 0, 1]))
    assert near == (pytest.approx(0.6), 0, 2, 0)
    assert nearness(embeddings[:2], BARE[:2], np.array([0, 0])) == (0, 0, 0, 0)
    assert nearness(embeddings[:0], BARE[:0], np.zeros(0, dtype=np.intp)) == (0, 0, 0, 0)


def test_further_exemplars_lift_the_level_by_as_much_as_they_come_nearer() -> None:
    """Or strangers would pass the threshold more often the more examples an action has."""
    embeddings = np.array([[1, 0], [0, 1], [0.7, 0.714], [0.6, 0.8]], dtype=np.float32)
    one_each = nearness(embeddings[[0, 2]], BARE[:2], np.array([0, 1]))
    assert one_each == (pytest.approx(0.7), 0, 2, 0)
    # Action 1 has a second exemplar, nearer to action 0 than its first; action 0 has none.
    near = nearness(embeddings[[0, 3, 2]], BARE[:3], np.array([0, 1, 1]))
    assert near == (pytest.approx((0.7 + 0.6) / 2), 0, 2, pytest.approx(0.05))
    first = nearness(embeddings[[0, 3]], BARE[:2], np.array([0, 1]))
    lifted, bare = scaled(near, NORM), scaled(first, NORM)
    assert lifted.level - bare.level == pytest.approx(near.score - first.score, abs=1e-6)
    assert lifted.unit == bare.unit
    # Two actions of one movement say nothing of strangers, by whichever of their exemplars.
    near = nearness(embeddings[[0, 0, 2]], BARE[:3], np.array([0, 1, 1]))
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
    rows = _unit(draw.standard_normal((40, 64)) + 6 * np.eye(64)[0])
    lengths = [np.linalg.norm(centre_of(rows[:n], np.arange(n), 6.0).mean) for n in (1, 5, 40)]
    assert lengths == sorted(lengths)
    whole = np.linalg.norm(rows.mean(axis=0))
    assert lengths[2] == pytest.approx(whole * 40 / 46, abs=1e-5)
    once = centre_of(rows[:2], np.array([0, 1]), 6.0)
    often = centre_of(rows[[0, 0, 0, 1]], np.array([0, 0, 0, 1]), 6.0)
    assert often.mean == pytest.approx(once.mean, abs=1e-6)
    # A shift that all clips share, exemplars and queries, is mostly gone from their cosines.
    centre = centre_of(rows[:30], np.arange(30), 6.0)
    plain = rows[:30] @ rows[30:].T
    without = [centre.cosines(rows[:30] @ query, query).mean() for query in rows[30:]]
    assert abs(np.mean(without)) < 0.2 * plain.mean()


@given(seed=st.integers(0, 2**32 - 1), centre=st.floats(1, 20))
def test_several_exemplars_of_an_action_rank_as_the_evaluation_measures(
    seed: int, centre: float
) -> None:
    draw = np.random.default_rng(seed)
    actions = np.sort(np.r_[0:4, draw.integers(0, 4, 5)])
    embeddings = _unit(draw.standard_normal((10, 8)) + 1)
    means = draw.uniform(0, 0.5, 10).astype(np.float32)
    expected = _measured(embeddings, means, centre, None).ranking(
        np.array([9]), np.arange(9), actions
    )[0]
    held = centre_of(embeddings[:9], actions, centre)
    cosines = held.cosines(embeddings[:9] @ embeddings[9], embeddings[9])
    assert cosines - (means[9] + means[:9]) / 2 == pytest.approx(expected, abs=1e-4)


def test_a_score_is_told_by_its_gallery(tmp_path: Path) -> None:
    recogniser = _recogniser(DEFAULT_MODEL, tmp_path / "store.db")
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    asked = _performed("wave", seed=2)
    query = recogniser.encoder.embed(asked)[0]
    scales = set()
    for count in (1, 2, 5):
        _enroll(recogniser, count)
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
    recogniser = _recogniser(model, tmp_path / "store.db")
    _enroll(recogniser, len(ACTIONS))
    asked = _performed("wave", seed=2)
    judged = {
        match.action: match for match in recogniser.recognize("default", asked, 5).judgement.matches
    }
    clips = [_performed(action, seed=1) for action in ACTIONS]
    outputs = [recogniser.encoder.embed(clip)[0] for clip in (*clips, asked)]
    stacked = {name: np.stack([o[name] for o in outputs]) for name in ("embedding", "cohort_mean")}
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    stated = asdict(norm)
    assert stated.pop("centre") == 6.0
    plain = measured.GalleryNorm(**stated)
    scores = _measured(stacked["embedding"], stacked["cohort_mean"], 6.0, plain)
    expected = scores.table(np.array([5]), np.arange(5))[0]
    for action, score in zip(ACTIONS, expected, strict=True):
        assert judged[action].score == pytest.approx(score, abs=1e-3)
    # The similarity stays the plain cosine.
    assert judged["wave"].similarity == pytest.approx(
        float(outputs[0]["embedding"] @ outputs[5]["embedding"]), abs=1e-5
    )
    recogniser.store.close()


STRANGE = ("punch", "throw", "push", "walk", "jumping_jack", "side_bend", "raise_arms", "lunge")
CLEAR_TERMS = DEFAULT_MODEL.with_name("clear_terms.onnx")


@pytest.mark.parametrize("model", [DEFAULT_MODEL, CLEAR_TERMS], ids=["default", "clear terms"])
@pytest.mark.parametrize("count", [2, 5])
def test_one_movement_under_two_names_changes_no_other_decision(
    model: Path, count: int, tmp_path: Path
) -> None:
    """The two are ambiguous; how near they come to each other says nothing of strangers, and more
    names say no more of them than one."""
    recogniser = _recogniser(model, tmp_path / "store.db")
    _enroll(recogniser, count)
    strange = {action: _performed(action, seed=3) for action in STRANGE}

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
        recogniser.enroll("default", f"{action} again", _performed(action, seed=1))
    again = told()
    assert again[0] == pytest.approx(level, abs=1e-5)
    assert again[1] == pytest.approx(unit, abs=1e-5)
    assert again[3] == pytest.approx(scores, abs=1e-2)
    passing = [action for action in STRANGE if decisions[action] != "unknown"]
    assert [action for action in STRANGE if again[2][action] != "unknown"] == passing
    asked = {action: _performed(action, seed=2) for action in ACTIONS[:count]}
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
    movements = _unit(draw.standard_normal((len(names), 2, 64)).reshape(-1, 64) + 1)
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
    ones = _unit(np.eye(8)[:2] + 0)
    for names in ((1, 1), (3, 3), (3, 15), (5, 11), (2, 2)):
        rows = np.repeat(ones, names, axis=0)
        embeddings = _unit(rows + 0.03 * draw.standard_normal(rows.shape))
        count = sum(names)
        scale = scale_of(embeddings, np.zeros(count, np.float32), np.arange(count), NORM)
        assert scale.unit == pytest.approx(NORM.spread, rel=1e-3)


def test_one_clip_under_many_names_leaves_finite_scores() -> None:
    draw = np.random.default_rng(0)
    clip, other = _unit(draw.standard_normal((2, 1120)))
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


def test_a_clip_that_is_all_centre_has_finite_cosines() -> None:
    clip = _unit(np.ones((1, 8)))
    whole = Centre(clip[0], 1.0, np.ones(1, np.float32), np.full(1, 1e-3, np.float32))
    assert np.isfinite(whole.cosines(clip @ clip[0], clip[0])).all()


def test_two_actions_that_lie_near_are_ambiguous_by_their_cosines(tmp_path: Path) -> None:
    """In units of the score, which are small, they lie far apart."""
    recogniser = _recogniser(DEFAULT_MODEL, tmp_path / "store.db")
    _enroll(recogniser, len(ACTIONS))
    recogniser.enroll("default", "wave as before", _performed("wave", seed=7))
    judgement = recogniser.recognize("default", _performed("wave", seed=2), 5).judgement
    gallery, _ = recogniser.galleries.current("default")
    calibration = recogniser.encoder.info.calibration
    assert judgement.margin is not None
    between = replace(calibration, margin=judgement.margin * gallery.scale.unit * 1.5)
    assert between.margin < judgement.margin
    recogniser.encoder.info = replace(recogniser.encoder.info, calibration=between)
    again = recogniser.recognize("default", _performed("wave", seed=2), 5).judgement
    assert again.margin == judgement.margin
    assert again.decision == "ambiguous"
    recogniser.store.close()


def _against_the_base_classes_alone(stated: dict, test: dict) -> None:
    stated["score"] = "mean-norm"
    del stated["calibration"]["gallery"]


def test_an_earlier_file_measures_against_the_base_classes_alone(tmp_path: Path) -> None:
    earlier = changed_model(
        DEFAULT_MODEL, tmp_path / "earlier.onnx", _against_the_base_classes_alone
    )
    asked, scales, scores = _performed("wave", seed=2), {}, {}
    for name, model in (("earlier", earlier), ("shipped", DEFAULT_MODEL)):
        recogniser = _recogniser(model, tmp_path / f"{name}.db")
        _enroll(recogniser, 3)
        scores[name] = recogniser.recognize("default", asked, 1).judgement.matches[0].score
        scales[name] = recogniser.galleries.current("default")[0].scale
        recogniser.store.close()
    assert scales["earlier"] == AS_THEY_ARE
    shipped = scales["shipped"]
    assert scores["shipped"] == pytest.approx(
        (scores["earlier"] - shipped.level) / shipped.unit, abs=1e-4
    )


def _from_a_level(stated: dict, test: dict) -> None:
    stated["score"] = "gallery-norm"
    stated["calibration"]["gallery"] = {"prior": -0.1, "worth": 5.0, "same": 0.4}


def _no_worth(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["worth"] = 0


def _no_number(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["prior"] = float("nan")


def _no_spread(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["spread"] = 0.0


def _below_nothing(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["prior_spread"] = -0.1


def _no_centre(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["centre"] = 0.5


def _aligned(stated: dict, test: dict) -> None:
    stated["local"] = {"weight": 0.5, "band": 2}


def _no_gallery(stated: dict, test: dict) -> None:
    del stated["calibration"]["gallery"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_from_a_level, "model_export.recalibrate FILE -o NEW.*what is enrolled stays"),
        (_no_worth, "more than 0"),
        (_no_spread, "more than 0"),
        (_below_nothing, "and its spread more than 0"),
        (_no_centre, "1 at least"),
        (_no_number, "must be numbers"),
        (_no_gallery, "gallery"),
        (_aligned, "plain cosines alone"),
    ],
)
def test_a_file_that_does_not_say_how_is_refused(
    change: Callable[[dict, dict], None], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadModel, match=says):
        Encoder(changed_model(DEFAULT_MODEL, tmp_path / "changed.onnx", change), provider="cpu")

"""The gallery's level: one threshold fits any sensor and any number of enrolled actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.encoder import Encoder
from service.matching import ASKED, Nearness, gallery_level, nearness
from service.model_file import BadModel, GalleryNorm
from service.recogniser import Recogniser
from service.settings import DEFAULT_MODEL
from service.store import open_store
from skeleton import Recording, record
from skeleton.animator import animate
from tests.service.models import changed_model
from training.evaluation import gallery_level as measured

ACTIONS = ("wave", "squat", "kick", "bow", "clap")


def _recogniser(model: Path, store: Path) -> Recogniser:
    return Recogniser(Encoder(model, provider="cpu"), open_store(f"sqlite:///{store}"))


def _performed(action: str, seed: int) -> Recording:
    clip = animate(action, seed=seed)
    return record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")


def _enroll(recogniser: Recogniser, count: int) -> None:
    for action in ACTIONS[:count]:
        recogniser.enroll("default", action, _performed(action, seed=1))


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 3 * ASKED), same=st.floats(-1, 4))
def test_the_service_computes_the_level_that_the_evaluation_measures(
    seed: int, count: int, same: float
) -> None:
    draw = np.random.default_rng(seed)
    embeddings = draw.standard_normal((count, 8)).astype(np.float32)
    means = draw.uniform(0, 0.5, count).astype(np.float32)
    norm = {"prior": -0.2, "worth": 5.0, "same": same}
    near = nearness(embeddings, means, np.arange(count), GalleryNorm(**norm))
    between = embeddings @ embeddings.T - (means[:, None] + means) * np.float32(0.5)
    told = measured.GalleryNorm(**norm).nearness(between)
    assert near == pytest.approx((*told, 0), abs=1e-4)
    expected = measured.GalleryNorm(**norm).of(between)
    assert gallery_level(near, GalleryNorm(**norm)) == pytest.approx(expected, abs=1e-4)


def test_other_exemplars_of_the_same_action_are_no_strangers() -> None:
    embeddings = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    means = np.zeros(3, dtype=np.float32)
    norm = GalleryNorm(prior=-0.2, worth=5.0, same=2.0)
    near = nearness(embeddings, means, np.array([0, 0, 1]), norm)
    assert near == (pytest.approx(0.6), 2, 0)
    assert nearness(embeddings[:2], means[:2], np.array([0, 0]), norm) == (0, 0, 0)
    assert nearness(embeddings[:0], means[:0], np.zeros(0, dtype=np.intp), norm) == (0, 0, 0)


def test_further_exemplars_lift_the_level_by_as_much_as_they_come_nearer() -> None:
    """Or strangers would pass the threshold more often the more examples an action has."""
    embeddings = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.6, 0.8]], dtype=np.float32)
    means = np.zeros(4, dtype=np.float32)
    norm = GalleryNorm(prior=-0.2, worth=5.0, same=2.0)
    one_each = nearness(embeddings[[0, 2]], means[:2], np.array([0, 1]), norm)
    assert one_each == (pytest.approx(0.8), 2, 0)
    # Action 1 has a second exemplar, nearer to action 0 than its first; action 0 has none.
    near = nearness(embeddings[[0, 3, 2]], means[:3], np.array([0, 1, 1]), norm)
    assert near == (pytest.approx((0.8 + 0.6) / 2), 2, pytest.approx(0.1))
    first = nearness(embeddings[[0, 3]], means[:2], np.array([0, 1]), norm)
    lifted, bare = gallery_level(near, norm), gallery_level(first, norm)
    assert lifted - bare == pytest.approx(near.score - first.score, abs=1e-6)
    # First exemplars of one movement do not tell how near they were.
    twins = GalleryNorm(prior=-0.2, worth=5.0, same=1.0)
    near = nearness(embeddings[[0, 0, 2]], means[:3], np.array([0, 1, 1]), twins)
    assert near == (pytest.approx(0.8), 1, 0)


def test_the_more_alike_the_enrolled_actions_are_the_higher_the_level() -> None:
    norm = GalleryNorm(prior=-0.2, worth=5.0, same=2.0)
    assert gallery_level(Nearness(0.0, 0), norm) == -0.2
    levels = [gallery_level(Nearness(0.3, actions), norm) for actions in (2, 5, 20, 1000)]
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(0.3, abs=0.01)
    assert gallery_level(Nearness(0.4, 5), norm) > gallery_level(Nearness(0.3, 5), norm)


def test_a_score_is_measured_from_the_galleries_level(tmp_path: Path) -> None:
    recogniser = _recogniser(DEFAULT_MODEL, tmp_path / "store.db")
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    asked = _performed("wave", seed=2)
    query = recogniser.encoder.embed(asked)[0]
    levels = set()
    for count in (1, 2, 5):
        _enroll(recogniser, count)
        judgement = recogniser.recognize("default", asked, 5).judgement
        gallery, _ = recogniser.galleries.current("default")
        arrays = (gallery.embeddings, gallery.cohort_mean, gallery.numbers)
        level = gallery_level(nearness(*arrays, norm), norm)
        levels.add(level)
        for match in judgement.matches:
            row = gallery.ids.index(match.exemplar_id)
            means = (float(query["cohort_mean"]) + float(gallery.cohort_mean[row])) / 2
            assert match.score == pytest.approx(match.similarity - means - level, abs=1e-5)
    assert len(levels) == 3
    recogniser.store.close()


def test_one_movement_under_two_names_changes_no_other_decision(tmp_path: Path) -> None:
    """The two are ambiguous; how near they come to each other says nothing of strangers."""
    recogniser = _recogniser(DEFAULT_MODEL, tmp_path / "store.db")
    _enroll(recogniser, len(ACTIONS))
    before = recogniser.galleries.current("default")[0].level
    for action in ("wave", "kick"):
        recogniser.enroll("default", f"{action} again", _performed(action, seed=1))
    after = recogniser.galleries.current("default")[0].level
    assert after == pytest.approx(before, abs=0.05)
    asked = {action: _performed(action, seed=2) for action in ACTIONS}
    judged = {
        action: recogniser.recognize("default", clip, 5).judgement.decision
        for action, clip in asked.items()
    }
    assert judged["wave"] == judged["kick"] == "ambiguous"
    assert {judged[action] for action in ("squat", "bow", "clap")} == {"match"}
    recogniser.store.close()


def _against_the_base_classes_alone(stated: dict, test: dict) -> None:
    stated["score"] = "mean-norm"
    del stated["calibration"]["gallery"]


def test_an_earlier_file_measures_against_the_base_classes_alone(tmp_path: Path) -> None:
    earlier = changed_model(
        DEFAULT_MODEL, tmp_path / "earlier.onnx", _against_the_base_classes_alone
    )
    asked, levels, scores = _performed("wave", seed=2), {}, {}
    for name, model in (("earlier", earlier), ("shipped", DEFAULT_MODEL)):
        recogniser = _recogniser(model, tmp_path / f"{name}.db")
        _enroll(recogniser, 3)
        scores[name] = recogniser.recognize("default", asked, 1).judgement.matches[0].score
        levels[name] = recogniser.galleries.current("default")[0].level
        recogniser.store.close()
    assert levels["earlier"] == 0 != levels["shipped"]
    difference = scores["earlier"] - scores["shipped"]
    assert difference == pytest.approx(levels["shipped"], abs=1e-5)


def _no_worth(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["worth"] = 0


def _no_number(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["prior"] = float("nan")


def _aligned(stated: dict, test: dict) -> None:
    stated["local"] = {"weight": 0.5, "band": 2}


def _no_gallery(stated: dict, test: dict) -> None:
    del stated["calibration"]["gallery"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_no_worth, "more than 0"),
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

"""The gallery's level: one threshold fits any sensor and any number of enrolled actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.encoder import Encoder
from service.matching import ASKED, gallery_level, nearness
from service.model_file import BadModel, GalleryNorm
from service.recogniser import Recogniser
from service.settings import DEFAULT_MODEL
from service.store import open_store
from skeleton import record
from skeleton.animator import animate
from tests.service.models import changed_model
from training.evaluation import gallery_level as measured

ACTIONS = ("wave", "squat", "kick", "bow", "clap")


def _recogniser(model: Path, store: Path) -> Recogniser:
    return Recogniser(Encoder(model, provider="cpu"), open_store(f"sqlite:///{store}"))


def _enroll(recogniser: Recogniser, count: int) -> None:
    for action in ACTIONS[:count]:
        clip = animate(action, seed=1)
        recording = record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")
        recogniser.enroll("default", action, recording)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 3 * ASKED))
def test_the_service_computes_the_level_that_the_evaluation_measures(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    embeddings = draw.standard_normal((count, 8)).astype(np.float32)
    means = draw.uniform(0, 0.5, count).astype(np.float32)
    near = nearness(embeddings, means, np.arange(count))
    between = embeddings @ embeddings.T - (means[:, None] + means) / 2
    assert near == pytest.approx(measured.nearness(between), abs=1e-5)
    norm = {"prior": -0.2, "worth": 5.0}
    expected = measured.GalleryNorm(**norm).of(between)
    assert gallery_level(near, count, GalleryNorm(**norm)) == pytest.approx(expected, abs=1e-5)


def test_other_exemplars_of_the_same_action_are_no_strangers() -> None:
    embeddings = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    means = np.zeros(3, dtype=np.float32)
    assert nearness(embeddings, means, np.array([0, 0, 1])) == pytest.approx(0.6)
    assert nearness(embeddings[:2], means[:2], np.array([0, 0])) == 0
    assert nearness(embeddings[:0], means[:0], np.zeros(0, dtype=np.intp)) == 0


def test_the_more_alike_the_enrolled_actions_are_the_higher_the_level() -> None:
    norm = GalleryNorm(prior=-0.2, worth=5.0)
    assert gallery_level(0.9, 1, norm) == -0.2
    levels = [gallery_level(0.3, actions, norm) for actions in (2, 5, 20, 1000)]
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(0.3, abs=0.01)
    assert gallery_level(0.4, 5, norm) > gallery_level(0.3, 5, norm)


def test_a_score_is_measured_from_the_galleries_level(tmp_path: Path) -> None:
    recogniser = _recogniser(DEFAULT_MODEL, tmp_path / "store.db")
    norm = recogniser.encoder.info.calibration.gallery
    assert norm is not None
    clip = animate("wave", seed=2)
    asked = record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")
    query = recogniser.encoder.embed(asked)[0]
    for count in (1, 2, 5):
        _enroll(recogniser, count)
        judgement = recogniser.recognize("default", asked, 5).judgement
        gallery, _ = recogniser.galleries.current("default")
        level = gallery_level(gallery.nearness, count, norm)
        for match in judgement.matches:
            row = gallery.ids.index(match.exemplar_id)
            means = (float(query["cohort_mean"]) + float(gallery.cohort_mean[row])) / 2
            assert match.score == pytest.approx(match.similarity - means - level, abs=1e-5)
    recogniser.store.close()


def _against_the_base_classes_alone(stated: dict, test: dict) -> None:
    stated["score"] = "mean-norm"
    del stated["calibration"]["gallery"]


def test_an_earlier_file_measures_against_the_base_classes_alone(tmp_path: Path) -> None:
    earlier = changed_model(
        DEFAULT_MODEL, tmp_path / "earlier.onnx", _against_the_base_classes_alone
    )
    clip = animate("wave", seed=2)
    asked = record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")
    scores = {}
    for name, model in (("earlier", earlier), ("shipped", DEFAULT_MODEL)):
        recogniser = _recogniser(model, tmp_path / f"{name}.db")
        _enroll(recogniser, 3)
        scores[name] = recogniser.recognize("default", asked, 1).judgement.matches[0].score
        gallery, _ = recogniser.galleries.current("default")
        near = gallery.nearness
        recogniser.store.close()
    norm = Encoder(DEFAULT_MODEL, provider="cpu").info.calibration.gallery
    assert norm is not None
    level = gallery_level(near, 3, norm)
    assert scores["earlier"] - scores["shipped"] == pytest.approx(level, abs=1e-5)


def _no_worth(stated: dict, test: dict) -> None:
    stated["calibration"]["gallery"]["worth"] = 0


def _no_gallery(stated: dict, test: dict) -> None:
    del stated["calibration"]["gallery"]


@pytest.mark.parametrize(("change", "says"), [(_no_worth, "more than 0"), (_no_gallery, "gallery")])
def test_a_file_that_does_not_say_how_is_refused(
    change: Callable[[dict, dict], None], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadModel, match=says):
        Encoder(changed_model(DEFAULT_MODEL, tmp_path / "changed.onnx", change), provider="cpu")

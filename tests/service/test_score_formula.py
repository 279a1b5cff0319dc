"""What a model file says of its score: earlier formulas, and those that do not say how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from service.encoder import Encoder
from service.gallery_scale import AS_THEY_ARE
from service.model_file import BadModel
from service.settings import DEFAULT_MODEL
from tests.service.models import changed_model
from tests.service.told_galleries import enroll, performed, recogniser_of
from training.evaluation.encoders import BadModelFile, encoder_from_model


def _against_the_base_classes_alone(stated: dict, test: dict) -> None:
    stated["score"] = "mean-norm"
    del stated["calibration"]["gallery"]


def test_an_earlier_file_measures_against_the_base_classes_alone(tmp_path: Path) -> None:
    earlier = changed_model(
        DEFAULT_MODEL, tmp_path / "earlier.onnx", _against_the_base_classes_alone
    )
    asked, scales, scores = performed("wave", seed=2), {}, {}
    for name, model in (("earlier", earlier), ("shipped", DEFAULT_MODEL)):
        recogniser = recogniser_of(model, tmp_path / f"{name}.db")
        enroll(recogniser, 3)
        scores[name] = recogniser.recognize("default", asked, 1).judgement.matches[0].score
        scales[name] = recogniser.galleries.current("default")[0].scale
        recogniser.store.close()
    assert scales["earlier"] == AS_THEY_ARE
    shipped = scales["shipped"]
    assert scores["shipped"] == pytest.approx(
        (scores["earlier"] - shipped.level) / shipped.unit, abs=1e-4
    )


def _of_format(version: str, target: Path) -> Path:
    proto = onnx.load(DEFAULT_MODEL)
    (entry,) = (entry for entry in proto.metadata_props if entry.key == "oneshot.format")
    entry.value = version
    onnx.save(proto, target)
    return target


def _no_temperature(stated: dict, test: dict) -> None:
    stated["calibration"]["probability"]["temperature"] = 0


def _no_slope(stated: dict, test: dict) -> None:
    stated["calibration"]["probability"]["slope"] = float("inf")


def _no_probability(stated: dict, test: dict) -> None:
    del stated["calibration"]["probability"]


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
        (_no_probability, "damaged: KeyError\\('probability'\\)"),
        (_no_temperature, "slope and temperature more than 0"),
        (_no_slope, "slope and temperature more than 0"),
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


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("1", "as earlier files did.*model_export.recalibrate FILE -o NEW.*what is enrolled stays"),
        ("3", "has format 3, this service reads 2"),
    ],
)
def test_a_file_of_another_format_is_refused_with_what_to_do(
    version: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadModel, match=says):
        Encoder(_of_format(version, tmp_path / "other.onnx"), provider="cpu")


def test_an_evaluation_says_the_same_of_an_earlier_file(tmp_path: Path) -> None:
    with pytest.raises(
        BadModelFile, match=r"as earlier files did.*recalibrate .*other\.onnx -o NEW"
    ):
        encoder_from_model(_of_format("1", tmp_path / "other.onnx"))

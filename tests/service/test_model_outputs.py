"""A model file whose outputs are not what contract 2 says is refused at the start, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.encoder import Encoder
from service.model_file import BadModel
from tests.service.models import changed_model
from tests.service.small_model import ALL, MATCHING, STEPS, WIDTH, small_model
from tests.service_process import serve_and_fail


def encoder(file: Path) -> Encoder:
    made = Encoder(file, provider="cpu")
    made.self_test()
    return made


def test_a_file_is_served_with_what_it_has(tmp_path: Path) -> None:
    whole = encoder(small_model(tmp_path / "whole.onnx"))
    assert whole.outputs.names == ALL
    assert (whole.outputs.importance, whole.outputs.local) == (True, (STEPS, WIDTH))
    plain = encoder(small_model(tmp_path / "plain.onnx", ALL[:3], matching=None))
    assert (plain.outputs.importance, plain.outputs.local) == (False, None)


def test_local_features_without_a_word_on_matching_are_given_but_not_matched(
    tmp_path: Path,
) -> None:
    silent = encoder(small_model(tmp_path / "silent.onnx", matching=None))
    assert "local" in silent.outputs.names
    assert silent.outputs.local is None


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"outputs": ALL[:4]}, "has no such output"),
        ({"outputs": ("embedding", "cohort_std"), "matching": None}, "no output cohort_mean"),
        ({"louder": 1.1}, "joint_importance"),
        ({"louder": -1.0}, "joint_importance"),
        ({"louder": float("nan")}, "joint_importance"),
        ({"longer": 2.0}, "length 1"),
        ({"matching": {"weight": 0, "band": 2}}, "above 0"),
        ({"matching": {"weight": 1.5, "band": 2}}, "at most 1"),
        ({"matching": {"weight": 0.5, "band": -1}}, "number of steps"),
        ({"matching": {"weight": 0.5, "band": 1.5}}, "number of steps"),
        ({"matching": {"weight": 0.5}}, "damaged"),
        ({"matching": {"weight": "much", "band": 2}}, "damaged"),
        ({"matching": [0.5, 2]}, "damaged"),
    ],
)
def test_what_breaks_the_contract_is_named(tmp_path: Path, how: dict[str, Any], says: str) -> None:
    with pytest.raises(BadModel, match=says):
        encoder(small_model(tmp_path / "spoiled.onnx", **how))


def test_an_importance_of_other_joints_is_refused(tmp_path: Path) -> None:
    def fewer(stated: dict[str, Any], test: dict[str, Any]) -> None:
        stated["layout"]["joints"], stated["layout"]["parents"] = ["head"], [-1]

    file = changed_model(small_model(tmp_path / "m.onnx"), tmp_path / "fewer.onnx", fewer)
    with pytest.raises(BadModel, match="joint_importance is not"):
        encoder(file)


def test_a_machine_that_computes_another_importance_is_not_ready(tmp_path: Path) -> None:
    def another(stated: dict[str, Any], test: dict[str, Any]) -> None:
        test["joint_importance"] = test["joint_importance"][::-1]

    file = changed_model(small_model(tmp_path / "m.onnx"), tmp_path / "another.onnx", another)
    with pytest.raises(BadModel, match="joint_importance differs"):
        encoder(file)


def test_the_start_ends_with_one_line(tmp_path: Path) -> None:
    file = small_model(tmp_path / "m.onnx", matching={**MATCHING, "weight": 7})
    ended = serve_and_fail(
        store=f"sqlite:///{tmp_path}/s.db", model=str(file), port="0", log_level="error"
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: ")
    assert "weight of 7" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("output", ["cohort_mean", "cohort_std"])
def test_a_self_test_holds_every_number_that_a_score_is_made_of(
    tmp_path: Path, output: str
) -> None:
    def change(stated: dict[str, Any], test: dict[str, Any]) -> None:
        test[output] += 0.01

    model = changed_model(small_model(tmp_path / "whole.onnx"), tmp_path / "other.onnx", change)
    with pytest.raises(BadModel, match=f"self-test clip's {output} differs by 0.01"):
        encoder(model)

"""The command `layouts`."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skeleton import LAYOUTS
from training.evaluation.encoders import Encoder, encoder_from_model
from training.evaluation.layout_pairs import Cell, Pairs, Source, measure_pairs
from training.evaluation.layout_report import LayoutTable, markdown
from training.evaluation.layout_table import add_arguments, run

MODEL = Path(__file__).parents[3] / "service/models/default.onnx"
SHOWN = ("kinect_v2", "coco")


def _args(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(options)


def _cell(enrolled: str, asked: str, same: float) -> Cell:
    confusions = () if same == 1 else (("wave", "drink", 3),)
    return Cell(enrolled, asked, 64, same, 0.5, 0.9, 0.125, confusions)


def _table(low: float) -> LayoutTable:
    cells = tuple(_cell(a, b, low if (a, b) == ("x", "y") else 1.0) for a in "xy" for b in "xy")
    sources = (Source("x", {}, ()), Source("y", {"pelvis": ("left_hip",)}, ("head",)))
    return LayoutTable({"cores": "2"}, 32, 2, ("pelvis", "head"), Pairs(cells, sources))


def test_the_command_writes_every_pair_of_layouts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--model", str(MODEL), "--layouts", ",".join(SHOWN), "--quick")
    assert run(_args(*options, "--out", str(tmp_path / "out"))) == 0
    text = (tmp_path / "out/layouts.md").read_text()
    assert text in capsys.readouterr().out
    told = json.loads((tmp_path / "out/layouts.json").read_text())
    cells = told["pairs"]["cells"]
    assert [(c["enrolled"], c["asked"]) for c in cells] == [(a, b) for a in SHOWN for b in SHOWN]
    assert all(cell["queries"] == told["actions"] == 32 for cell in cells)
    assert cells[0]["same"] == 1
    assert cells[0]["cosine"] == pytest.approx(1, abs=1e-5)
    assert cells[1]["cosine"] < 1
    assert "| coco | pelvis (left_hip, right_hip); " in text
    assert "run time: " in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--model", "no.onnx"), "no.onnx"),
        (("--layouts", "kinect_v9"), "kinect_v9"),
    ],
)
def test_a_mistake_ends_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    assert run(_args("--model", str(MODEL), *options, "--out", str(tmp_path / "out"))) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_number_of_takes_that_is_none_is_refused_by_its_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as refusal:
        _args("--model", str(MODEL), "--takes", "0", "--out", "unused")
    assert refusal.value.code == 2
    assert "argument --takes: '0' is not a whole number" in capsys.readouterr().err


def test_a_cell_below_the_bar_is_listed_with_its_confusions() -> None:
    text = markdown(_table(0.9375))
    assert "1 of 4 cells are below it" in text
    assert "| x | y | 93.8 | wave → drink (3) |" in text
    assert "| y | pelvis (left_hip) | head |" in text
    assert "margin of a right action over the best wrong one is 0.125" in text


def test_a_table_over_the_bar_says_so() -> None:
    text = markdown(_table(1.0))
    assert "kept everywhere" in text
    assert "Below the bar" not in text


def test_a_layout_told_with_its_sides_swapped_falls_below_the_bar() -> None:
    """What the table is for: a wrong mapping shows, and shows as what it does."""
    encoder = encoder_from_model(MODEL)
    swapped = list(encoder.layout.mirror)

    def crossed(joints: np.ndarray, seen: np.ndarray) -> dict[str, np.ndarray]:
        return encoder.embed(joints[..., swapped, :], seen[..., swapped])

    actions = ("wave", "wave_left", "point", "point_left", "punch", "punch_left")
    right = measure_pairs(encoder, [LAYOUTS["coco"]], actions, takes=1)
    assert right.cells[0].same == 1
    assert right.cells[0].confusions == ()

    calls = iter((encoder.embed, crossed))  # enrolled as it is, asked with its sides swapped

    def embed(joints: np.ndarray, seen: np.ndarray) -> dict[str, np.ndarray]:
        return next(calls)(joints, seen)

    both: Encoder = replace(encoder, embed=embed)
    wrong = measure_pairs(both, [LAYOUTS["coco"]], actions, takes=1)
    assert wrong.cells[0].other < 0.5

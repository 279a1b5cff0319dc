"""The report."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.training.evaluation.stored_report import read_report
from training.evaluation.metrics import Answers
from training.evaluation.protocol import episodes
from training.evaluation.report import markdown, write_report
from training.evaluation.results import Evaluation, Measured, SetResult, measured

NAN = float("nan")


def _method(name: str, accuracy: tuple[float, ...], novel: tuple[float, ...] | None) -> Measured:
    decisions = None
    if name == "service":
        decisions = {"all classes enrolled": {"match": 0.75, "unknown": 0.25, "right": NAN}}
    return Measured(
        name, 1.25, accuracy, novel, (0.5, NAN), (0.1, NAN), (0.2, 0.4), None, decisions
    )


def _evaluation(novel: tuple[str, ...] | None) -> Evaluation:
    truly = None if novel is None else (0.25, 0.75)
    found = (
        _method("DTW", (0.5, 0.7), truly),
        _method("encoder", (0.625, 0.775), truly),
        _method("service", (0.6, 0.6), truly),
    )
    return Evaluation({"seed": "0"}, (SetResult("toy", 9, 4, 3, 2, 1, novel, found),))


def test_a_report_reads_back_as_it_was_written(tmp_path: Path) -> None:
    for novel in (None, ("golf",)):
        evaluation = _evaluation(novel)
        _, stored = write_report(evaluation, tmp_path)
        assert repr(read_report(stored)) == repr(evaluation)  # NaN differs from itself
        json.loads(stored.read_text(), parse_constant=lambda name: 1 / 0)


def test_nothing_but_the_two_reports_is_left_behind(tmp_path: Path) -> None:
    write_report(_evaluation(None), tmp_path / "new")
    write_report(_evaluation(("golf",)), tmp_path / "new")
    left = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert left == ["evaluation.json", "evaluation.md"]


def test_a_set_that_was_trained_on_is_said_to_tell_nothing_of_new_actions() -> None:
    evaluation = _evaluation(())
    assert "trained on" not in markdown(evaluation)
    (one,) = evaluation.sets
    known = replace(one, trained_on=("squat", "wave"))
    assert "**2 of these 4 classes were trained on**" in markdown(Evaluation({}, (known,)))


def test_the_markdown_gives_means_and_paired_differences() -> None:
    text = markdown(_evaluation(("golf", "tennis")))
    assert "| encoder | 70.0 ± 7.5 | +10.0 ± 2.5 | 50.0 ± 25.0 | 0.50 | 10.0 | 30.0 |" in text
    assert "Truly novel classes: 2 (golf, tennis)." in text
    assert "| all classes enrolled | 75.0 | 25.0 | - |" in text
    assert "- seed: 0" in text
    tables = [line for line in text.splitlines() if line.startswith("| method") or "---" in line]
    assert tables[0].count("|") == tables[1].count("|")


def test_the_calibration_error_is_told_with_all_and_with_half_of_the_classes_enrolled() -> None:
    method = replace(_method("encoder", (0.5, 0.7), None), calibration=(0.3, 0.5),
                     open_calibration=(0.05, 0.15))  # fmt: skip
    text = markdown(Evaluation({}, (SetResult("toy", 9, 4, 3, 2, 1, None, (method,)),)))
    (titles,) = [line for line in text.splitlines() if line.startswith("| method")]
    (row,) = [line for line in text.splitlines() if line.startswith("| encoder")]
    assert titles.endswith("calibration error, all enrolled | calibration error, open set "
                           "| seconds |")  # fmt: skip
    assert row.endswith("| 40.0 ± 10.0 | 10.0 ± 5.0 | 1.2 |")


def test_it_says_when_the_training_classes_are_not_known_and_when_none_is_novel() -> None:
    text = markdown(_evaluation(None))
    assert "Truly novel classes: not known. The training classes are not, or" in text
    assert "Truly novel classes: none." in markdown(_evaluation(()))


def test_novel_queries_and_stated_probabilities_are_measured_apart() -> None:
    labels, subjects = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    drawn = episodes(labels, subjects, repeats=1)
    right = np.array([1.0, 0.0])
    given = [Answers(right, right, right > -1, np.array([0.75, 0.25])) for _ in drawn]
    found = measured("m", 0.0, drawn, given, given, labels == 1)
    assert found.accuracy == (0.5, 0.5)
    assert found.novel == (0.0, 0.0)
    assert found.calibration == (0.25, 0.25)

import importlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import onnx
import onnxruntime
import pytest

from model_export import export
from model_export.calibration import calibrate
from model_export.command_line import main
from model_export.metadata import trained_on
from model_export.recalibrate import main as recalibrate
from model_export.session import Session
from model_export.trials import filler_data, novel_data, trials
from skeleton import LAYOUTS, PREPARATION
from tests.model_export.conftest import BASE, NOVEL
from training import checkpoint
from training.checkpoint import Trained


def refused(checkpoint_file: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Export over an earlier file, and return the one line that says why not."""
    output.write_bytes(b"an earlier model")
    assert main([str(checkpoint_file), "-o", str(output)]) == 2
    assert output.read_bytes() == b"an earlier model"
    assert list(output.parent.glob("*.partial")) == []
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert lines[0].endswith("was not written")
    return lines[0]


def test_a_model_larger_than_asked_for_is_refused_before_it_is_calibrated(
    saved: Path,
    graph: onnx.ModelProto,
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(export, "graph_of", lambda branch: graph)  # what it gives, without the wait
    monkeypatch.setattr(export, "calibrate", None)
    output = tmp_path / "large.onnx"
    assert main([str(saved), "-o", str(output), "--largest", "0.001"]) == 2
    told = capsys.readouterr().err
    advised = re.search(r"all the same: --largest (\d+);", told)
    assert advised is not None, told
    assert 1e6 * int(advised[1]) > graph.ByteSize() + 1e6
    assert not output.exists()


@pytest.mark.parametrize("command", ["command_line", "recalibrate"])
def test_an_interrupt_ends_with_one_line_and_leaves_the_earlier_file(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    module = importlib.import_module(f"model_export.{command}")
    monkeypatch.setattr(
        module, "export" if command == "command_line" else "recalibrate", interrupted
    )
    output = tmp_path / "model.onnx"
    output.write_bytes(b"an earlier model")
    assert module.main([str(tmp_path / "input"), "-o", str(output)]) == 130
    assert capsys.readouterr().err == f"interrupted; {output} was not written\n"
    assert output.read_bytes() == b"an earlier model"


@pytest.mark.parametrize("command", [main, recalibrate])
@pytest.mark.parametrize(
    ("output", "why"),
    [
        (".", "is a folder"),
        ("a.onnx/b.onnx", "a.onnx is no folder"),
        (f"{'n' * 300}.onnx", "too long"),
    ],
)
def test_what_stands_in_the_files_way_is_told_before_anything_is_done(
    command: Callable[[list[str]], int],
    output: str,
    why: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.onnx").touch()
    with pytest.raises(SystemExit) as ended:
        command(["none.pt", "-o", str(tmp_path / output)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "argument -o/--output: " in said
    assert why in said


@pytest.mark.parametrize("largest", ["nan", "inf", "0", "-3", "ten"])
def test_a_largest_size_that_is_none_is_refused(
    largest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["last.pt", "-o", str(tmp_path / "m.onnx"), "--largest", largest])
    assert refusal.value.code == 2
    assert "megabytes" in capsys.readouterr().err


def test_the_file_says_everything_about_itself(model: Path, trained: Trained) -> None:
    assert [path.name for path in model.parent.iterdir()] == ["small.onnx"]
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    assert set(metadata) == {"oneshot.format", "oneshot.model", "oneshot.self_test"}
    assert metadata["oneshot.format"] == "2"
    about = json.loads(metadata["oneshot.model"])
    layout = LAYOUTS["body16"]
    assert about["preparation"] == PREPARATION
    assert about["layout"]["joints"] == list(layout.joints)
    assert about["layout"]["parents"] == list(layout.parents)
    assert (about["frames"], about["persons"]) == (64, 1)
    outputs = {value.name: value.shape for value in session.get_outputs()}
    assert outputs == {
        "embedding": ["N", about["width"]],
        "cohort_mean": ["N"],
        "cohort_std": ["N"],
    }
    assert about["score"] == "gallery-scale"
    assert set(about["training"]["classes"]) == {
        f"{place}/{action}" for place in ("indoors", "outdoors") for action in BASE
    }
    assert set(about["training"]["pseudo_novel"]) == {
        f"{place}/{action}" for place in ("indoors", "outdoors") for action in NOVEL
    }
    assert about["commit"] == trained.commit
    calibration = about["calibration"]
    assert calibration["probability"]["slope"] > 0
    assert calibration["probability"]["temperature"] > 0
    assert calibration["margin"] > 0
    thresholds = calibration["thresholds"]
    assert thresholds["0.01"] >= thresholds["0.05"] >= thresholds["0.1"]
    assert calibration["threshold"] == thresholds[f"{calibration['false_accept']:g}"]
    gallery, stated = calibration["gallery"], about["config"]["gallery"]
    assert {name: gallery[name] for name in stated} == stated
    assert -1 < gallery["prior"] < 1
    assert 0 < gallery["spread"] < 1
    assert set(calibration["set_figures"]) == {"indoors", "outdoors"}


def test_its_calibration_is_that_of_scores_as_it_says_they_are_told(
    model: Path, session: Session, trained: Trained
) -> None:
    metadata = onnxruntime.InferenceSession(
        str(model), providers=["CPUExecutionProvider"]
    ).get_modelmeta().custom_metadata_map  # fmt: skip
    stated = json.loads(metadata["oneshot.model"])["calibration"]
    assert stated["gallery"]["centre"] == trained.config.gallery.centre == 2.0
    data, fillers = novel_data(trained.config), filler_data(trained.config)
    by = {
        centre: calibrate(trials(session, data, fillers, centre), trained.config.gallery)
        for centre in (None, 2.0)
    }
    assert stated["threshold"] == by[2.0].threshold != by[None].threshold


def test_a_set_that_was_kept_out_whole_is_not_told_as_trained_on(trained: Trained) -> None:
    assert trained_on(trained) == ["indoors", "outdoors"]
    indoors = tuple(name for name in trained.classes if name.startswith("indoors/"))
    assert trained_on(replace(trained, classes=indoors)) == ["indoors"]


def test_the_same_checkpoint_gives_the_same_file(
    model: Path, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.onnx"
    assert main([str(saved), "-o", str(again), "--largest", "5"]) == 0
    assert again.read_bytes() == model.read_bytes()
    said = capsys.readouterr().out
    for word in ("nodes", "space", "parity", "ms a clip", "thresholds", "AUROC"):
        assert word in said


def test_without_the_data_there_is_no_calibration_and_no_file(
    saved: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))
    assert "ONESHOT_DATA" in refused(saved, tmp_path / "model.onnx", capsys)


def test_a_training_that_kept_no_class_out_is_refused(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = trained.config.data.model_copy(update={"pseudo_novel": {}})
    config = trained.config.model_copy(update={"data": data})
    checkpoint.save(tmp_path / "last.pt", replace(trained, config=config))
    assert "pseudo_novel" in refused(tmp_path / "last.pt", tmp_path / "model.onnx", capsys)


def test_a_file_that_is_no_checkpoint_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "last.pt").write_bytes(b"something else")
    assert "last.pt" in refused(tmp_path / "last.pt", tmp_path / "model.onnx", capsys)
    assert "absent.pt" in refused(tmp_path / "absent.pt", tmp_path / "model.onnx", capsys)

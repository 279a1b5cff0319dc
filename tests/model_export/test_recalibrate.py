"""A model file calibrated anew, without its checkpoint."""

import json
from pathlib import Path

import onnx
import pytest

from model_export.metadata import MODEL, write_metadata
from model_export.recalibrate import main


def changed(model: Path, to: Path, **facts: object) -> Path:
    """The model file with other facts in its metadata."""
    graph = onnx.load(model)
    metadata = {entry.key: entry.value for entry in graph.metadata_props}
    told = json.loads(metadata[MODEL]) | facts
    write_metadata(graph, {**metadata, MODEL: json.dumps(told, ensure_ascii=False)})
    to.write_bytes(graph.SerializeToString(deterministic=True))
    return to


def test_a_file_gets_the_calibration_of_its_export_and_nothing_else_changes(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = changed(model, tmp_path / "stale.onnx", calibration={}, score="mean-norm")
    assert main([str(stale), "-o", str(stale)]) == 0
    assert stale.read_bytes() == model.read_bytes()
    said = capsys.readouterr().out
    for word in ("indoors", "thresholds", "AUROC"):
        assert word in said


def test_what_cannot_be_calibrated_is_left_as_it_was(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(given: Path) -> str:
        (tmp_path / "out.onnx").write_bytes(b"an earlier model")
        assert main([str(given), "-o", str(tmp_path / "out.onnx")]) == 2
        assert (tmp_path / "out.onnx").read_bytes() == b"an earlier model"
        said = capsys.readouterr().err.splitlines()
        (line,) = (one for one in said if one.startswith("error: "))
        assert line.endswith("was not written")
        return line

    older = changed(model, tmp_path / "older.onnx", preparation=0)
    assert "export its checkpoint again" in refused(older)
    other = changed(model, tmp_path / "other.onnx", config={"seed": 1})
    assert "not one of today's" in refused(other)
    (tmp_path / "text.onnx").write_text("no model")
    assert "cannot load" in refused(tmp_path / "text.onnx")
    assert "none.onnx" in refused(tmp_path / "none.onnx")
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))
    assert "ONESHOT_DATA" in refused(model)

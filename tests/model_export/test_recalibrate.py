"""A model file calibrated anew, without its checkpoint."""

import json
from pathlib import Path

import onnx
import pytest

from model_export.metadata import MODEL, write_metadata
from model_export.recalibrate import main
from tests.model_export.conftest import bare
from training.config import load_config


def metadata_of(model: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx.load(model).metadata_props}


def written(model: Path, to: Path, metadata: dict[str, str]) -> Path:
    """The model file with other metadata."""
    graph = onnx.load(model)
    write_metadata(graph, metadata)
    to.write_bytes(graph.SerializeToString(deterministic=True))
    return to


def changed(model: Path, to: Path, **facts: object) -> Path:
    """The model file with other facts about itself."""
    metadata = metadata_of(model)
    told = json.loads(metadata[MODEL]) | facts
    return written(model, to, {**metadata, MODEL: json.dumps(told, ensure_ascii=False)})


def test_a_file_gets_the_calibration_of_its_export_and_nothing_else_changes(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = json.loads(metadata_of(model)[MODEL])
    told = about["training"] | {"pseudo_novel": ["another"]}
    stale = changed(
        model, tmp_path / "stale.onnx", calibration={}, score="gallery-norm", training=told
    )
    written(model, stale, {**metadata_of(stale), "oneshot.format": "1"})
    assert main([str(stale), "-o", str(stale)]) == 0
    assert stale.read_bytes() == model.read_bytes()
    said = capsys.readouterr().out
    for word in ("indoors", "thresholds", "AUROC"):
        assert word in said


def test_how_galleries_tell_the_scores_can_be_changed_and_nothing_else(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain.onnx"
    assert main([str(model), "-o", str(plain), "gallery.centre=null", "gallery.worth=3"]) == 0
    before, after = (json.loads(metadata_of(file)[MODEL]) for file in (model, plain))
    graphs = []
    for file, about in ((model, before), (plain, after)):
        rest = {**about, "calibration": None, "config": {**about["config"], "gallery": None}}
        graphs.append((bare(file), rest, metadata_of(file)["oneshot.self_test"]))
    assert graphs[0] == graphs[1]
    assert (before["config"]["gallery"]["centre"], after["config"]["gallery"]["centre"]) == (
        2,
        None,
    )
    gallery = after["calibration"]["gallery"]
    assert (gallery["centre"], gallery["worth"]) == (None, 3)
    assert gallery["prior"] > before["calibration"]["gallery"]["prior"]
    for wrong, says in (
        ("optimiser.epochs=3", "only gallery.FIELD=VALUE"),
        ("gallery.centre=0", "gallery.centre"),
        ("gallery.center=4", "gallery.center"),
        ("gallery.centre=.inf", "gallery.centre"),
    ):
        assert main([str(model), "-o", str(tmp_path / "no.onnx"), wrong]) == 2
        assert says in capsys.readouterr().err
        assert not (tmp_path / "no.onnx").exists()


def test_a_file_from_before_galleries_told_scores_gets_the_defaults_way(
    model: Path, tmp_path: Path
) -> None:
    config = json.loads(metadata_of(model)[MODEL])["config"]
    del config["gallery"]
    old = changed(model, tmp_path / "old.onnx", config=config, score="gallery-norm")
    assert main([str(old), "-o", str(old)]) == 0
    about = json.loads(metadata_of(old)[MODEL])
    assert about["config"]["gallery"] == load_config().gallery.model_dump()
    assert about["calibration"]["gallery"]["centre"] is None


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
    metadata = metadata_of(model)
    silent = written(model, tmp_path / "silent.onnx", {"oneshot.format": "1"})
    assert "cannot be read" in refused(silent)
    newer = written(model, tmp_path / "newer.onnx", {**metadata, "oneshot.format": "3"})
    assert "has format 3, this reads 1 and 2" in refused(newer)
    test = json.loads(metadata["oneshot.self_test"])
    test["embedding"] = test["embedding"][::-1]
    spoiled = {**metadata, "oneshot.self_test": json.dumps(test)}
    assert "answers its own clip" in refused(written(model, tmp_path / "other.onnx", spoiled))
    (tmp_path / "bare.onnx").write_bytes(bare(model))
    assert "is not a model file" in refused(tmp_path / "bare.onnx")
    (tmp_path / "text.onnx").write_text("no model")
    assert "text.onnx: onnxruntime cannot load" in refused(tmp_path / "text.onnx")
    assert "none.onnx" in refused(tmp_path / "none.onnx")
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))
    assert "ONESHOT_DATA" in refused(model)

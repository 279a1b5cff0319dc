"""The joint importance against the joints that the classes' texts name."""

from pathlib import Path

import numpy as np
import pytest

from service.settings import DEFAULT_MODEL
from skeleton import LAYOUTS, Archive
from tests.animator_archive import write_animator_archive
from training.command_line import main
from training.evaluation.named_joints import importance_on_named, wanted_joints
from training.text.descriptions import Descriptions

BODY = LAYOUTS["body16"]
TEXTS = """
dataset: moves
source: the tests
classes:
  wave:
    side: right
    global: ["The right wrist swings, the right elbow bends.", "A swing of the right wrist."]
    joints: {right_wrist: "swings from side to side.", right_elbow: "stays bent in the air."}
  kick:
    side: either
    global: ["The right knee opens.", "A kick with the right knee."]
    joints: {right_knee: "opens at once."}
"""


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    write_animator_archive(tmp_path / "moves.npz", ("wave", "kick"), subjects=2, repetitions=1)
    return Archive.open(tmp_path / "moves.npz")


def test_a_class_of_either_side_is_left_out(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "moves.yaml").write_text(TEXTS)
    wanted = wanted_joints(archive, BODY, Descriptions.read(tmp_path / "moves.yaml"))
    (label,) = wanted
    assert archive.label_names[label] == "wave"
    named = {joint for joint, named in zip(BODY.joints, wanted[label], strict=True) if named}
    assert named == {"right_wrist", "right_elbow"}


def test_own_clips_are_set_against_all_others_and_against_chance() -> None:
    importance = np.array([[0.5, 0.3, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]])
    wanted = {0: np.array([True, True, False, False]), 1: np.array([True, False, False, False])}
    found = importance_on_named(importance.astype(np.float32), np.array([0, 1, 1]), wanted)
    assert found.own == pytest.approx([0.8, 0.175])
    assert found.others == pytest.approx([0.4, 0.5])
    assert found.level == pytest.approx([0.5, 0.25])
    assert found.leading == pytest.approx([1, 0.5])
    assert found.line("moves") == "| moves | 2 | 0.49 | 0.45 | 0.38 | 50% | 75% |"


@pytest.mark.usefixtures("archive")
def test_a_set_without_texts_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["training", "importance", "--model", str(DEFAULT_MODEL), "--sets", "moves"]
    monkeypatch.setattr("sys.argv", words)
    assert main() == 2
    assert "moves has no texts" in capsys.readouterr().err


def test_a_checkpoint_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nope.pt"
    monkeypatch.setattr("sys.argv", ["training", "importance", "--checkpoint", str(path)])
    assert main() == 2
    assert capsys.readouterr().err == f"error: {path} does not exist\n"


@pytest.mark.usefixtures("archive")
def test_a_file_that_is_no_model_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no model")
    monkeypatch.setattr(
        "sys.argv", ["training", "importance", "--model", str(tmp_path / "no.onnx")]
    )
    assert main() == 2
    assert "is not a model file" in capsys.readouterr().err
    (tmp_path / "no.onnx").unlink()
    assert main() == 2
    assert capsys.readouterr().err == f"error: {tmp_path}/no.onnx is not a file\n"

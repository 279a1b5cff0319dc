"""The command `evaluate`."""

import argparse
from pathlib import Path

import numpy as np
import pytest

from skeleton import Archive
from tests.training.evaluation.stored_report import read_report
from training.evaluation.evaluate import add_arguments, run


def _args(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(options)


@pytest.fixture
def folder(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    np.savez(
        tmp_path / "synthetic.npz",
        joints=archive.stored,
        scale=np.float32(archive.scale),
        offsets=archive.offsets,
        label=archive.labels,
        subject=archive.subjects,
        label_names=np.array(archive.label_names),
        joint_names=np.array(archive.layout.joints),
        fps=np.float32(archive.fps),
    )
    return tmp_path


def test_the_command_writes_and_prints_a_report_of_the_floor(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_args("--sets", "synthetic", "--episodes", "6", "--out", str(folder / "out"))) == 0
    printed = capsys.readouterr().out
    assert "| DTW |" in printed
    assert str(folder / "out" / "evaluation.md") in printed
    (one,) = read_report(folder / "out" / "evaluation.json").sets
    assert (one.name, one.clips, one.classes, one.subjects) == ("synthetic", 33, 4, 3)
    assert (one.episodes, one.borrowed) == (6, 2)
    assert one.novel is None


@pytest.mark.parametrize("below", [".", "further/down"])
def test_an_out_in_whose_way_a_file_stands_is_refused(
    below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    with pytest.raises(SystemExit) as refusal:
        _args("--out", str(file / below))
    assert refusal.value.code == 2
    assert f"argument --out: {file} is no folder" in capsys.readouterr().err


def test_a_checkpoint_that_is_absent_is_told_before_absent_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_args("--checkpoint", "none.pt", "--sets", "nowhere", "--out", str(tmp_path))) == 2
    assert capsys.readouterr().err == "evaluate: none.pt does not exist\n"


@pytest.mark.parametrize("option", ["--episodes", "--repeats", "--threads", "--seed"])
def test_a_number_that_is_none_is_refused_by_its_option(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in ("-1", "many", *(() if option == "--seed" else ("0",))):
        with pytest.raises(SystemExit) as refusal:
            _args(option, number, "--out", "unused")
        assert refusal.value.code == 2
        assert f"argument {option}: '{number}' is not a whole number" in capsys.readouterr().err


def test_absent_data_ends_loudly_and_names_the_variable(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_args("--sets", "nowhere", "--out", str(folder / "out"))) == 2
    told = capsys.readouterr().err
    assert "NO DATA" in told
    assert "ONESHOT_DATA" in told
    assert not (folder / "out").exists()


def test_an_absent_service_ends_with_its_address(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--sets", "synthetic", "--url", "http://127.0.0.1:9", "--out", str(folder / "out"))
    assert run(_args(*options)) == 2
    assert "http://127.0.0.1:9" in capsys.readouterr().err

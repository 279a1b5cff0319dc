"""Whole numbers, files and folders on the command lines of `python -m training`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from training.command_line import main


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("ablate", "--out", "nowhere"), "--epochs"),
        (("ablate", "--out", "nowhere"), "--jobs"),
        (("benchmark", "ntu60"), "--seeds"),
        (("benchmark", "ntu60"), "--draws"),
    ],
)
@pytest.mark.parametrize("number", ["0", "-1", "2.5", "two"])
def test_a_count_below_one_is_refused_where_it_is_given(
    command: tuple[str, ...],
    option: str,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", *command, f"{option}={number}"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"argument {option}: '{number}' is not a whole number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "option", "why"),
    [
        (("import", "ntu", "."), "-o/--out", "is a folder"),
        (("import", "ntu", "."), "-o/--out", "is no folder"),
        (("embed",), "--out", "is a folder"),
        (("embed",), "--out", "is no folder"),
        (("describe", "--archive", "moves"), "--out", "is a folder"),
        (("describe", "--archive", "moves"), "--out", "is no folder"),
        (("train",), "--out", "is no folder"),
        (("evaluate",), "--out", "is no folder"),
        (("layouts", "--model", "m.onnx"), "--out", "is no folder"),
        (("robustness", "--model", "m.onnx"), "--out", "is no folder"),
        (("ablate",), "--out", "is no folder"),
        (("benchmark", "ntu60"), "--out", "is no folder"),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_what_stands_where_a_command_would_write_is_told_before_anything_is_done(
    command: tuple[str, ...],
    option: str,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    in_the_way = tmp_path / "there"
    if why == "is a folder":
        in_the_way.mkdir()
    else:
        in_the_way.touch()
    writes_a_file = command[0] in ("import", "embed", "describe") and why == "is no folder"
    out = in_the_way / "new" if writes_a_file else in_the_way
    monkeypatch.setattr(sys, "argv", ["training", *command, "--out", str(out)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"argument {option}: {in_the_way} {why}" in said


@pytest.mark.parametrize("in_the_way", ["runs", "runs/ntu60"])
def test_what_stands_where_a_benchmark_writes_of_itself_is_told_before_anything_is_done(
    in_the_way: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(in_the_way).parent.mkdir(exist_ok=True)
    Path(in_the_way).touch()
    monkeypatch.setattr(sys, "argv", ["training", "benchmark", "ntu60"])
    assert main() == 2
    assert f"argument --out: {in_the_way} is no folder" in capsys.readouterr().err

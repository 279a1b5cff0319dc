"""Folders that hold something else than the plan would put there are left as they are."""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.ablation.conftest import Done, Folder
from training import lock
from training.ablation.ablate import add_arguments, run
from training.ablation.plan import Entry
from training.ablation.run_folder import RunFolder, is_foreign
from training.config import load_config
from training.lock import locked

Command = Callable[..., int]


@pytest.fixture
def command(toy: Folder, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in this process: it is refused before it would start another."""
    monkeypatch.setenv("ONESHOT_DATA", str(toy.path))

    def ablate(out: Path, *options: str) -> int:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        given = ("--plan", str(toy.path / "plan.yaml"), "--config", str(toy.path / "small.yaml"))
        return run(parser.parse_args([*given, "--out", str(out), "--epochs", "6", *options]))

    return ablate


@pytest.fixture
def kept(done: Done, tmp_path: Path) -> Path:
    """A finished ablation, to be spoilt."""
    return Path(shutil.copytree(done.out, tmp_path / "kept"))


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _refused(
    command: Command, capsys: pytest.CaptureFixture[str], folder: Path, *options: str
) -> str:
    before = _everything(folder)
    assert command(folder, *options) == 2
    assert _everything(folder) == before
    told = capsys.readouterr().err
    assert told.startswith("ablate: ")
    return told


def test_a_folder_of_other_things_is_refused(
    command: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    told = _refused(command, capsys, tmp_path / "out")
    assert "did not make" in told
    assert str(tmp_path / "out") in told


def test_what_a_kill_at_the_beginning_leaves_is_no_other_thing(tmp_path: Path) -> None:
    for left in ("lock", "plan.yaml.0123abcd.partial", "config.yaml.0123abcd.partial"):
        assert not is_foreign(tmp_path / left)
    assert is_foreign(tmp_path / "config.yaml")


@pytest.mark.parametrize("left", ["plan.yaml", "runs/small/plain/seed0/config.yaml"])
def test_a_folder_with_nothing_else_is_gone_on_with(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: str
) -> None:
    out = tmp_path / "out"
    (out / left).parent.mkdir(parents=True)
    (out / f"{left}.0123abcd.partial").touch()
    (out / "lock").touch()
    if left != "plan.yaml":
        (out / "plan.yaml").touch()
    monkeypatch.setattr("training.ablation.ablate._Session.bring_to_end", lambda *_: 0)
    assert command(out) == 0
    assert (out / "runs/small/plain/seed0/config.yaml").is_file()
    assert not list(out.rglob("*.partial"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--epochs", "3"), "optimiser.epochs=6 (planned: 3)"),
        (("loss.scale=15.0",), "loss.scale=20.0 (planned: 15.0)"),
    ],
)
def test_finished_runs_of_another_configuration_are_refused_by_their_difference(
    command: Command,
    capsys: pytest.CaptureFixture[str],
    kept: Path,
    options: tuple[str, ...],
    told: str,
) -> None:
    refusal = _refused(command, capsys, kept, *options)
    assert told in refusal
    assert "small/plain/seed0" in refusal


def test_a_finished_run_that_was_trained_anew_otherwise_is_refused(
    command: Command, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    runs = kept / "runs/small"
    shutil.copy(runs / "plain/seed0/last.pt", runs / "dropped/seed0/last.pt")
    assert "encoder.dropout=0.0 (planned: 0.5)" in _refused(command, capsys, kept)


def test_a_checkpoint_that_somebody_put_there_is_refused(
    command: Command, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    (kept / "runs/small/plain/seed1/config.yaml").unlink()
    assert "small/plain/seed1 holds files" in _refused(command, capsys, kept)


def test_a_damaged_checkpoint_is_named(
    command: Command, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    (kept / "runs/small/plain/seed1/last.pt").write_bytes(b"no checkpoint")
    assert "seed1/last.pt is not a checkpoint" in _refused(command, capsys, kept)


def test_two_commands_do_not_work_in_one_folder(
    command: Command,
    capsys: pytest.CaptureFixture[str],
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.2)
    with locked(kept):
        assert "another command is at work" in _refused(command, capsys, kept)


def test_the_same_command_again_trains_nothing(
    command: Command, capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    before = _everything(kept / "runs")
    assert command(kept) == 0
    assert _everything(kept / "runs") == before
    assert "4 of 4 runs are finished" in capsys.readouterr().out


def test_absent_data_is_told_before_anything_is_begun(
    command: Command,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    assert command(tmp_path / "out") == 2
    assert "ONESHOT_DATA" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("file", ["texts.yaml", "./texts.yaml", "/srv/texts.yaml", "shipped"])
def test_a_runs_own_configuration_file_names_its_texts_from_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    planned = load_config(None, (f"guidance.descriptions=[{file}]",))
    entry = Entry("small", "plain", 0, (), planned)
    for folder in (RunFolder(Path("out/run")), RunFolder(tmp_path / "elsewhere")):
        folder.claim(entry)
        assert load_config(folder.config) == planned
        folder.check(entry)

"""A run on clips of the animator, as a process of its own: what a user starts and kills."""

import errno
import os
import re
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.animator_archive import write_animator_archive
from tests.warm_process import WarmProcess, run_to_end
from training import checkpoint
from training.lock import locked

ACTIONS = ("wave", "squat", "kick", "clap")
DIFFERENCE = """
data:
  sets: [{archive: moves}]
  pseudo_novel: {moves: [clap]}
  relatives: false
  stored_frames: 40
encoder: {channels: [16, 16], strides: [2, 2], segment_width: 8}
optimiser: {epochs: 3, batch: 8}
spectrum:
  windows: 1
  window_frequencies: 2
  crossed: [left_wrist, head]
  learned: {hidden: 32, copies: 1}
guidance: null
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_animator_archive(folder / "moves.npz", ACTIONS, subjects=3, repetitions=4)
    (folder / "small.yaml").write_text(DIFFERENCE)
    return folder


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--out", "small.yaml"),
            "python -m training train: error: argument --out: small.yaml is no folder",
        ),
        pytest.param(
            ("--out", "new", "--device", "cuda"),
            "error: --device cuda: torch finds no GPU here; use --device cpu, or auto",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU"),
        ),
    ],
    ids=["a file", "no GPU"],
)
def test_what_cannot_be_ends_with_one_line_before_the_data_is_read(
    folder: Path, options: tuple[str, ...], told: str
) -> None:
    done = run_to_end(
        "training", "train", "--config", "small.yaml", *options,
        environment=os.environ | {"ONESHOT_DATA": str(folder)}, folder=folder,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    usage = ("usage: ", " ")  # argparse says how before it says why
    assert [line for line in done.stderr.splitlines() if not line.startswith(usage)] == [told]
    assert not (folder / "new").exists()


class Training:
    """`training train` into `out`, in a process of its own."""

    def __init__(self, folder: Path, out: Path, *more: str) -> None:
        self._output = out.with_suffix(".txt")
        self._output.unlink(missing_ok=True)
        self.process = WarmProcess(
            "training", "train", "--config", str(folder / "small.yaml"),
            "--out", str(out), "--device", "cpu", *more,
            environment=os.environ | {"ONESHOT_DATA": str(folder), "OMP_NUM_THREADS": "1"},
            output=self._output,
        )  # fmt: skip

    def wait_for(self, file: Path) -> None:
        """Until it has written a file."""
        deadline = time.monotonic() + 200
        while not file.exists():
            assert time.monotonic() < deadline
            assert self.process.poll() is None, self._output.read_text()
            time.sleep(0.01)

    def finish(self, status: int = 0) -> str:
        """What it wrote."""
        ended = self.process.wait(240)
        assert ended == status, self._output.read_text()
        return self._output.read_text()


def test_a_killed_run_goes_on_and_ends_where_an_undisturbed_one_does(
    folder: Path, tmp_path: Path
) -> None:
    undisturbed = Training(folder, tmp_path / "whole").finish()
    assert re.search(r"epoch 2/3, \d+ min to go", undisturbed)  # from the second epoch on
    # Without the file beside the data nobody knows whose action is whose.
    told = "class_groups.csv does not tell the action of these classes kept out"
    assert re.search(f"{told}.*: moves/clap\n", undisturbed)
    killed = Training(folder, tmp_path / "killed")
    last = tmp_path / "killed" / "last.pt"
    killed.wait_for(last)
    killed.process.kill()
    killed.process.wait()
    (last.parent / "last.pt.0123abcd.partial").touch()  # as of a kill while it is written
    output = Training(folder, tmp_path / "killed").finish()
    assert "going on after epoch" in output
    undisturbed, _ = checkpoint.load(tmp_path / "whole" / "last.pt")
    resumed, state = checkpoint.load(last)
    assert state is None
    assert resumed.epoch == 3
    for name, weight in undisturbed.state.items():
        assert torch.allclose(resumed.state[name], weight, atol=1e-6), name
    assert torch.allclose(resumed.cohort, undisturbed.cohort, atol=1e-5)
    assert not list(last.parent.glob("*.partial"))


def test_it_says_at_its_end_how_long_all_starts_took_and_on_what(
    folder: Path, tmp_path: Path
) -> None:
    last = tmp_path / "run" / "last.pt"
    training = Training(folder, last.parent, "optimiser.epochs=40")
    training.wait_for(last)
    training.process.kill()
    training.process.wait()
    trained, state = checkpoint.load(last)
    assert state is not None
    ((here, took),) = state["seconds"].items()
    assert 0 < took < 240
    # As of runs that had one epoch left when they were stopped, after an hour here and half an hour
    # elsewhere; and as an older version left one, of which nothing is known.
    state |= {"epoch": 39}
    known = state | {"seconds": {here: 3600.0, "a GPU": 1800.0}}
    unknown = {name: value for name, value in state.items() if name != "seconds"}
    minutes = r" in (6[0-3]\.\d) min on .+ \(\d+ threads?\) and 30\.0 min on a GPU"
    for left, told in ((known, minutes), (unknown, "")):
        checkpoint.save(last, trained, left)
        ended = Training(folder, last.parent, "optimiser.epochs=40").finish().splitlines()[-1]
        assert re.fullmatch(rf"finished: {re.escape(str(last))}, 40 epochs{told}", ended), ended


@pytest.mark.parametrize(
    ("more", "how"), [((), ""), (("--restart",), " without --restart")], ids=["begun", "anew"]
)
def test_an_interrupt_says_how_to_go_on(
    folder: Path, tmp_path: Path, more: tuple[str, ...], how: str
) -> None:
    training = Training(folder, tmp_path / "run", "optimiser.epochs=40", *more)
    training.wait_for(tmp_path / "run" / "last.pt")
    training.process.send_signal(signal.SIGINT)
    output = training.finish(status=130)
    assert output.splitlines()[-1] == (
        f"train: interrupted; the same command{how} goes on after the last whole epoch"
    )
    assert "Traceback" not in output
    assert not list((tmp_path / "run").glob("*.partial"))


def test_a_finished_run_is_left_alone_and_another_configuration_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    Training(folder, out, "optimiser.epochs=1").finish()
    before = (out / "last.pt").read_bytes()
    assert "finished already" in Training(folder, out, "optimiser.epochs=1").finish()
    output = Training(folder, out, "optimiser.epochs=1", "seed=7").finish(status=2)
    assert "another configuration" in output
    assert (out / "last.pt").read_bytes() == before
    # Neither needs the clips: a table of many finished runs is there at once.
    (tmp_path / "small.yaml").write_text(DIFFERENCE)
    assert "finished already" in Training(tmp_path, out, "optimiser.epochs=1").finish()


def test_two_trainings_do_not_work_in_one_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with locked(out):
        (out / "last.pt.0123abcd.partial").touch()  # as the first writes it
        output = Training(folder, out, "optimiser.epochs=1").finish(status=2)
    assert "error: another command is at work" in output
    assert (out / "last.pt.0123abcd.partial").exists()


def test_a_run_whose_data_have_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    Training(folder, out, "optimiser.epochs=1").finish()
    trained, _ = checkpoint.load(out / "last.pt")
    checkpoint.save(out / "last.pt", replace(trained, classes=("moves/jump",)), {"epoch": 0})
    before = (out / "last.pt").read_bytes()
    output = Training(folder, out, "optimiser.epochs=1").finish(status=2)
    assert "other classes" in output
    assert "Traceback" not in output
    assert (out / "last.pt").read_bytes() == before


def test_progress_goes_to_tensorboard(folder: Path, tmp_path: Path) -> None:
    Training(folder, tmp_path / "run", "optimiser.epochs=1").finish()
    assert list((tmp_path / "run").glob("events.out.tfevents.*"))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("optimiser.epochs=0", "optimiser.epochs"),
        ("optimiser.batch=5000", "fewer clips than optimiser.batch"),
        ("data.fewest_clips=5000", "data.fewest_clips"),
    ],
)
def test_a_wrong_setting_ends_with_one_line(
    folder: Path, tmp_path: Path, setting: str, said: str
) -> None:
    output = Training(folder, tmp_path / "run", setting).finish(status=2)
    last = output.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert said in last
    assert "Traceback" not in output


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_bytes(b"no checkpoint at all")
    with pytest.raises(checkpoint.BadCheckpoint, match=r"last\.pt"):
        checkpoint.load(tmp_path / "last.pt")


def test_a_checkpoint_that_is_not_there_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name, why in (
        ("last.pt", "does not exist"),
        (".", "cannot be read: Is a directory"),
        ("file/last.pt", "cannot be read: Not a directory"),
    ):
        path = tmp_path / name
        with pytest.raises(checkpoint.BadCheckpoint) as refused:
            checkpoint.load(path)
        assert str(refused.value) == f"{path} {why}"


def test_a_checkpoint_that_others_may_not_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    monkeypatch.setattr(torch, "load", forbidden)  # the tests may run as root, who may read all
    with pytest.raises(checkpoint.BadCheckpoint, match=r"last\.pt cannot be read: Permission"):
        checkpoint.load(tmp_path / "last.pt")

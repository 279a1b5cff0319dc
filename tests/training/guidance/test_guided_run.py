"""A run with guidance, without it, and stopped half-way."""

import os
import subprocess
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.training.guidance.conftest import toy_config
from tests.warm_process import run_to_end
from training import checkpoint
from training.train import Run

CPU = torch.device("cpu")
# What is looked at is the encoder.
UNLEARNED = ("spectrum.learned.share=0", "spectrum.completion=null")
PLAIN = ("guidance.importance.weight=0", "guidance.cross_modal.weight=0")


def test_a_resumed_run_ends_where_an_undisturbed_one_does_guidance_included(
    folder: Path, tmp_path: Path
) -> None:
    config = toy_config(folder, "optimiser.epochs=2")
    whole, stopped = Run(config, CPU), Run(config, CPU)
    list(whole.epochs())
    next(stopped.epochs())
    checkpoint.save(tmp_path / "last.pt", stopped.trained(), stopped.state())
    resumed = Run(config, CPU)
    _, state = checkpoint.load(tmp_path / "last.pt")
    assert state is not None
    resumed.resume(state)
    list(resumed.epochs())
    found = resumed.learner.modules().state_dict()
    assert any(name.startswith("2.branch.") for name in found)
    for name, weight in whole.learner.modules().state_dict().items():
        assert torch.allclose(found[name], weight, atol=1e-6), name


def test_with_all_weights_0_a_run_is_the_plain_one(folder: Path) -> None:
    runs = [
        Run(toy_config(folder, "optimiser.epochs=1", *more), CPU)
        for more in ((*UNLEARNED, "guidance=null"), (*UNLEARNED, *PLAIN))
    ]
    reports = [list(run.epochs()) for run in runs]
    assert [set(report) for report in reports[0]] == [{"loss", "right", "learning_rate"}]
    assert reports[0] == reports[1]
    states = [run.learner.modules().state_dict() for run in runs]
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not any("jid" in name for name in states[0])
    assert runs[1].learner.guidance is None


def test_guidance_changes_neither_the_clips_nor_the_starting_weights(folder: Path) -> None:
    """So that with and without it can be compared, seed by seed."""
    every = ("augmentation.unseen=0", "optimiser.epochs=1")
    guided = Run(toy_config(folder, *every), CPU)
    plain = Run(toy_config(folder, *every, "guidance=null"), CPU)
    assert guided.learner.encoder.jid is not None
    batch = torch.arange(32)
    first = []
    for run in (guided, plain):
        run.learner.modules().train()
        torch.manual_seed(1)
        first.append(run._step(batch))
    assert first[0]["loss_skeleton"] == pytest.approx(first[1]["loss"], abs=1e-6)
    assert first[0]["right"] == first[1]["right"]
    expected = (
        first[0]["loss_skeleton"]
        + 0.5 * first[0]["loss_calibrate"]
        + 0.2 * first[0]["loss_cross_modal"]
    )
    assert first[0]["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("off", "left"),
    [("importance", "loss_cross_modal"), ("cross_modal", "loss_calibrate")],
)
def test_each_part_can_be_switched_off_alone(folder: Path, off: str, left: str) -> None:
    off_alone = ("optimiser.epochs=1", f"guidance.{off}.weight=0")
    run = Run(toy_config(folder, *UNLEARNED, *off_alone), CPU)
    guidance = run.learner.guidance
    assert guidance is not None
    assert (run.learner.encoder.jid is None) == (off == "importance")
    assert (guidance.branch is None) == (off == "cross_modal")
    run.learner.modules().train()
    parts = {name for name in run._step(torch.arange(32)) if name.startswith("loss_")}
    assert parts == {"loss_skeleton", left}


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ONESHOT_DATA": str(folder), "OMP_NUM_THREADS": "1"}
    return run_to_end("training", *arguments, environment=environment, seconds=280)


DIFFERENCE = """
data: {{sets: [{{archive: moves}}], pseudo_novel: {{}}, stored_frames: 40}}
encoder: {{channels: [16, 16], strides: [2, 2], segment_width: 8}}
optimiser: {{epochs: 1, batch: 32}}
spectrum: {{windows: 1, crossed: [left_wrist, head], learned: {{hidden: 32, copies: 1}}}}
guidance: {{descriptions: ["{folder}/texts.yaml"], embeddings: ["{folder}/texts.npz"]}}
"""


def test_a_run_shows_its_losses_keeps_its_guidance_and_can_be_asked_whether_it_leaks(
    folder: Path, tmp_path: Path
) -> None:
    difference, out = tmp_path / "small.yaml", tmp_path / "run"
    difference.write_text(DIFFERENCE.format(folder=folder))
    done = command(
        folder, "train", "--config", str(difference), "--out", str(out), "--device", "cpu"
    )
    assert done.returncode == 0, done.stderr
    assert "calibrate=" in done.stderr
    assert "cross=" in done.stderr
    events = EventAccumulator(str(out))
    events.Reload()
    assert {
        "loss", "right", "loss_skeleton", "loss_calibrate", "loss_cross_modal",
        "right_cross_modal", "loss_spectrum", "right_spectrum", "loss_completion",
    } <= set(events.Tags()["scalars"])  # fmt: skip
    trained, _ = checkpoint.load(out / "last.pt")
    assert {name.split(".")[0] for name in trained.state} == {
        "base_mean", "encoder", "spectrum",
    }  # fmt: skip
    assert trained.branch().outputs[-1] == "joint_importance"
    asked = command(folder, "leak", "--checkpoint", str(out / "last.pt"))
    assert asked.returncode in (0, 1), asked.stderr
    assert "given to the class of that text" in asked.stdout


def test_a_leak_cannot_be_asked_for_where_no_guidance_was_kept(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "last.pt").touch()
    asked = command(folder, "leak", "--checkpoint", str(tmp_path / "last.pt"))
    assert asked.returncode == 2
    assert asked.stderr.startswith(f"error: {tmp_path / 'guidance.pt'} does not exist")


def test_a_leak_asked_of_a_checkpoint_that_is_absent_names_the_checkpoint(
    folder: Path, tmp_path: Path
) -> None:
    asked = command(folder, "leak", "--checkpoint", str(tmp_path / "last.pt"))
    assert asked.returncode == 2
    assert asked.stderr == f"error: {tmp_path / 'last.pt'} does not exist\n"
    asked = command(folder, "leak", "--checkpoint", str(tmp_path))
    assert asked.stderr == f"error: {tmp_path} is no file\n"


def test_a_class_without_texts_ends_the_run_before_it_begins(folder: Path, tmp_path: Path) -> None:
    difference, out = tmp_path / "small.yaml", tmp_path / "run"
    texts = (folder / "texts.yaml").read_text().replace("\n  kick:", "\n  kicks:")
    (tmp_path / "texts.yaml").write_text(texts)
    difference.write_text(
        DIFFERENCE.format(folder=folder).replace(f"{folder}/texts.yaml", f"{tmp_path}/texts.yaml")
    )
    done = command(
        folder, "train", "--config", str(difference), "--out", str(out), "--device", "cpu"
    )
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "'kick'" in last
    assert "kicks" in last  # did you mean
    assert not out.exists()


def test_every_variant_starts_with_the_same_weights(folder: Path) -> None:
    variants = [
        (),
        ("guidance.importance.weight=0",),
        ("guidance.cross_modal.weight=0",),
        ("guidance.importance.weight=0", "guidance.cross_modal.weight=0"),
    ]
    starts = []
    for overrides in variants:
        learner = Run(toy_config(folder, *overrides), torch.device("cpu")).learner
        parts = (learner.encoder, learner.spectrum, learner.classifier)
        states = [part.state_dict() for part in parts]
        assert learner.spectrum_classifier is not None
        states.append(learner.spectrum_classifier.state_dict())
        starts.append({f"{n}.{k}": v for n, state in enumerate(states) for k, v in state.items()})
    for start in starts[:-1]:
        for name, value in starts[-1].items():
            assert torch.equal(value, start[name]), name

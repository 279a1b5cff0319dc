"""The spectrum's learned view: taught in the run, part of the embedding, or not there at all."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.animator_archive import write_animator_archive
from tests.training.small_run import SMALL_RUN
from training.bodies import Bodies
from training.config import BadConfig, Config, load_config
from training.encoder import Embedder, Encoder, Spectrum
from training.train import Run

SMALL = (
    *SMALL_RUN,
    "optimiser.epochs=6",
    "optimiser.batch=8",
    "spectrum.learned.share=0.4",
    "spectrum.learned.hidden=24",
    "spectrum.learned.width=8",
    "guidance=null",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_animator_archive(
        folder / "moves.npz", ("wave", "squat", "kick"), subjects=3, repetitions=4
    )
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))
    return Run(config(), torch.device("cpu"))


def config(*more: str) -> Config:
    return load_config(None, (*SMALL, *more))


def body(run: Run) -> tuple[Tensor, Tensor, Tensor]:
    joints, seen = run.served.batch(torch.arange(4))
    return run.learner.encoder.in_body_frame(joints, seen)


def test_the_learned_view_learns_beside_the_encoder(run: Run) -> None:
    reports = list(run.epochs())
    assert reports[-1]["loss_spectrum"] < 0.9 * reports[0]["loss_spectrum"]
    assert reports[-1]["right_spectrum"] > 0.5


def test_it_has_its_share_of_the_spectrums_cosine(run: Run) -> None:
    next(run.epochs())
    branch = run.trained().branch()
    joints, seen = run.served.batch(torch.arange(4))
    spectrum = branch.embedder.spectrum
    with torch.no_grad():
        whole = spectrum(*branch.encoder.in_body_frame(joints, seen))
        net = spectrum.net
    assert net is not None
    learned, views = whole[:, -net.width :], whole[:, : -net.width]
    assert torch.allclose((learned * learned).sum(1), torch.full((4,), 0.4), atol=1e-4)
    assert torch.allclose((views * views).sum(1), torch.full((4,), 0.6), atol=1e-4)


def test_without_a_share_it_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))
    run = Run(config("spectrum.learned.share=0", "spectrum.completion=null"), torch.device("cpu"))
    report = next(run.epochs())
    assert "loss_spectrum" not in report
    assert not list(run.learner.spectrum.parameters())


def test_the_encoder_starts_the_same_with_it_and_without() -> None:
    states = []
    for share in (0.0, 0.4):
        torch.manual_seed(3)
        settings = config(f"spectrum.learned.share={share}")
        spectrum = Spectrum(settings.spectrum, settings.encoder)
        states.append(Embedder(Encoder(settings.encoder), spectrum, 1.0).encoder.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_joint_that_was_never_seen_is_as_usual_to_it(run: Run) -> None:
    """Where nothing is completed."""
    next(run.epochs())
    spectrum = run.average.module[1].eval()
    spectrum.completion = None
    local, path, weight = body(run)
    weight = weight.clone()
    weight[:, :, 5] = 0
    garbage = local.clone()
    garbage[:, :, 5] = 7.0
    assert spectrum.net is not None
    with torch.no_grad():
        said = spectrum.net(*spectrum.side_by_side(local, path, weight))
        other = spectrum.net(*spectrum.side_by_side(garbage, path, weight))
        described, known = spectrum.side_by_side(local, path, weight)
        far = spectrum.net.compared(described, known)
    assert torch.allclose(other, said, atol=1e-5)
    assert (known == 0).any()
    assert (far[known == 0] == 0).all()


def test_mixed_clips_teach_it_too_and_only_clips_of_one_person(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))
    losses = {}
    for mixed in ("false", "true"):
        run = Run(config(f"spectrum.learned.mixed={mixed}"), torch.device("cpu"))
        reports = list(run.epochs())
        assert reports[-1]["loss_spectrum"] < 0.95 * reports[0]["loss_spectrum"]
        losses[mixed] = reports[-1]["loss_spectrum"]
    assert losses["true"] > losses["false"]  # of two at once nobody is sure
    with pytest.raises(BadConfig, match=r"spectrum\.learned\.mixed is for clips of one person"):
        config("spectrum.learned.mixed=true", "encoder.persons=2")


def test_what_is_usual_is_so_of_whole_clips_and_not_of_mixed_ones(run: Run) -> None:
    learner, usual = run.learner, []
    bodies = Bodies.of(run.served.joints[:4], run.served.seen[:4])
    for mixed in (False, True):
        learner.mixed = mixed
        spectrum = learner.spectrum
        assert spectrum.net is not None
        spectrum.net.usual.reset_running_stats()
        learner.modules().train()
        learner.spectrum_loss(body(run), torch.tensor([0, 1, 2, 0]), bodies)
        usual.append(spectrum.net.usual.running_var.clone())
    assert torch.equal(*usual)


@pytest.mark.parametrize("decay", [0.9, 0.95, 0.992, 0.9999])
def test_averaging_leaves_counts_and_indices_as_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch, decay: float
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))
    run = Run(config(f"optimiser.average={decay}"), torch.device("cpu"))
    next(run.epochs())
    learned = {
        f"{number}.{name}": value
        for number, part in enumerate((run.learner.encoder, run.learner.spectrum))
        for name, value in part.named_buffers()
    }
    whole = {n: v for n, v in run.average.module.named_buffers() if not v.is_floating_point()}
    assert whole
    for name, value in whole.items():
        assert torch.equal(value, learned[name]), name

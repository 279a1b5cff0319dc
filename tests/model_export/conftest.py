"""A small encoder as it starts, with the statistics of the animator's clips, and its export."""

from pathlib import Path

import onnx
import pytest
import torch

from model_export.command_line import main
from model_export.session import Session
from skeleton import resolve_layout
from tests.animator_archive import write_animator_archive
from training import checkpoint
from training.checkpoint import Trained
from training.cohort import base_statistics
from training.config import load_config
from training.dataset import SkeletonDataset
from training.encoder import Encoder, SkeletonBranch, Spectrum

BASE = ("wave", "squat", "kick", "clap", "push")
NOVEL = ("punch", "bow", "raise_arms", "walk", "side_bend")


def bare(model: Path) -> bytes:
    """The graph of a model file, as it is before the file says anything about itself."""
    graph = onnx.load(model)
    del graph.metadata_props[:]
    return bytes(graph.SerializeToString())


def export(checkpoint_file: Path, output: Path, data_folder: Path) -> Path:
    """Write the model file of a checkpoint, by the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(data_folder))
        assert main([str(checkpoint_file), "-o", str(output)]) == 0
    return output


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    for seed, name in enumerate(("indoors", "outdoors")):
        write_animator_archive(
            folder / f"{name}.npz", BASE + NOVEL, subjects=3, repetitions=2, seed=seed
        )
    return folder


@pytest.fixture(autouse=True)
def _these_data_sets(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, and in no other folder's tests, the data sets are the animator's."""
    monkeypatch.setenv("ONESHOT_DATA", str(data_folder))


@pytest.fixture(scope="session")
def trained(data_folder: Path) -> Trained:
    novel = ", ".join(NOVEL)
    config = load_config(
        overrides=(
            "data.sets=[{archive: indoors}, {archive: outdoors}]",
            f"data.pseudo_novel={{indoors: [{novel}], outdoors: [{novel}]}}",
            "data.stored_frames=40",
            "encoder.channels=[16, 16]",
            "encoder.strides=[2, 2]",
            "encoder.segment_width=8",
            "spectrum.frequencies=0",
            "spectrum.width=48",
            "spectrum.learned.hidden=256",
            "spectrum.quantiles={position: [0.1, 0.9], velocity: [0.1, 0.9], distance: [0.5], "
            "between: [pelvis, left_wrist, right_wrist], angle: [0.5]}",
            "spectrum.turning=[left_wrist, right_wrist]",
            "cohort.nearest=4",
            "gallery={centre: 2.0, worth: 0.5, spread_worth: 2.0}",
            "guidance=null",
        )
    )
    torch.manual_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(data_folder))
        layout = resolve_layout(config.encoder.layout)
        data = SkeletonDataset.load(config.data, layout, frames=config.encoder.input_frames)
    spectrum = Spectrum(config.spectrum, config.encoder)
    assert spectrum.completion is not None
    for weight in spectrum.completion.parameters():  # untaught it corrects nothing
        torch.nn.init.normal_(weight, std=0.05)
    embedder, cohort = base_statistics(Encoder(config.encoder), config, data, 8, spectrum)
    return Trained(
        config=config,
        classes=tuple(known.name for known in data.classes),
        state=embedder.state_dict(),
        cohort=cohort,
        epoch=0,
        commit="0123456789ab",
    )


@pytest.fixture(scope="session")
def saved(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "last.pt"
    checkpoint.save(path, trained)
    return path


@pytest.fixture(scope="session")
def branch(trained: Trained) -> SkeletonBranch:
    return trained.branch()


@pytest.fixture(scope="session")
def exported(model: Path) -> bytes:
    return bare(model)


@pytest.fixture
def graph(exported: bytes) -> onnx.ModelProto:
    """A copy of the exported graph that a test may spoil."""
    return onnx.load_from_string(exported)


@pytest.fixture(scope="session")
def session(exported: bytes) -> Session:
    return Session(exported)


@pytest.fixture(scope="session")
def model(saved: Path, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the checkpoint, as the command writes it."""
    return export(saved, tmp_path_factory.mktemp("export") / "models" / "small.onnx", data_folder)

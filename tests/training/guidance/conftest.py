"""A guided run on clips of the animator, long enough to learn them."""

from pathlib import Path

import pytest
import torch

from tests.animator_archive import write_animator_archive
from tests.animator_texts import DESCRIBED, write_animator_texts
from training.config import Config, load_config
from training.train import Run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moves")
    write_animator_archive(folder / "moves.npz", DESCRIBED, subjects=4, repetitions=4)
    write_animator_texts(folder)
    return folder


@pytest.fixture(autouse=True)
def _these_data_sets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(folder))


def toy_config(folder: Path, *more: str) -> Config:
    """The default's guidance over a small encoder; its importance learns by the divergence,
    because by the paper's mean square it learns little in so few steps."""
    return load_config(
        None,
        (
            "data.sets=[{archive: moves}]",
            "data.pseudo_novel={}",
            "data.stored_frames=40",
            f"guidance.descriptions=[{folder / 'texts.yaml'}]",
            f"guidance.embeddings=[{folder / 'texts.npz'}]",
            "guidance.cross_modal.width=32",
            "guidance.importance.loss=kl",
            "encoder.channels=[24, 24]",
            "encoder.strides=[2, 2]",
            "encoder.segment_width=16",
            "encoder.dropout=0",
            "spectrum.windows=1",
            "spectrum.crossed=[left_wrist, head]",
            "spectrum.learned.hidden=32",
            "spectrum.learned.copies=1",
            "optimiser.epochs=12",
            "optimiser.batch=32",
            "optimiser.learning_rate=0.01",
            "optimiser.average=0.9",
            *more,
        ),
    )


@pytest.fixture(scope="session")
def learned(folder: Path) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(folder))
        run = Run(toy_config(folder), torch.device("cpu"))
        for _ in run.epochs():
            pass
    return run

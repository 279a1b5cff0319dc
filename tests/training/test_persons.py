"""Two persons: one run of the encoder for each who is there, averaged, in any order."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from model_export.graph import graph_of
from model_export.graph_rules import check_graph
from model_export.parity import check_parity
from model_export.session import Session
from skeleton import LAYOUTS, prepare_persons
from skeleton.animator import animate
from tests.training.importing.ntu_folder import beside, write_ntu_folder
from training import checkpoint
from training.bodies import Bodies
from training.cohort import base_statistics
from training.config import load_config
from training.dataset import SkeletonDataset
from training.encoder import Embedder, Encoder, SkeletonBranch, Spectrum
from training.importing.conversion import DATA_SETS
from training.importing.work import import_folder
from training.targets import targets
from training.train import Run

BODY = LAYOUTS["body16"]
TINY = (
    "encoder.channels=[16, 24]", "encoder.strides=[2, 2]", "encoder.segment_width=8",
    "spectrum.width=20", "spectrum.learned.mixed=false",
)  # fmt: skip
CONFIG = load_config(None, (*TINY, "encoder.persons=2"))


@pytest.fixture(scope="module")
def branch() -> SkeletonBranch:
    torch.manual_seed(0)
    encoder = Encoder(CONFIG.encoder)
    spectrum = Spectrum(CONFIG.spectrum, CONFIG.encoder)
    for name, buffer in spectrum.named_buffers():
        if name.startswith("whitenings"):  # mean and basis, as of no class
            buffer.copy_(torch.randn_like(buffer))
    assert spectrum.completion is not None
    for weight in spectrum.completion.parameters():  # untaught it corrects nothing
        torch.nn.init.normal_(weight, std=0.05)
    cohort = torch.nn.functional.normalize(torch.randn(9, encoder.width + spectrum.width), dim=1)
    return SkeletonBranch(Embedder(encoder, spectrum, 0.8), cohort, 5).eval()


def clip(*actions: str) -> tuple[Tensor, Tensor]:
    performed = beside(*(animate(action, seed=i) for i, action in enumerate(actions)))
    prepared = prepare_persons(performed, BODY, CONFIG.encoder.input_frames, 2)
    return torch.from_numpy(prepared.joints)[None], torch.from_numpy(prepared.seen)[None]


@torch.no_grad()
def test_the_order_of_the_persons_does_not_matter(branch: SkeletonBranch) -> None:
    joints, seen = clip("wave", "kick")
    for ours, turned in zip(
        branch(joints, seen), branch(joints.flip(2), seen.flip(2)), strict=True
    ):
        assert torch.allclose(ours, turned, rtol=0, atol=1e-6)
    alone = branch(*clip("wave"))
    assert not torch.allclose(branch(joints, seen).embedding, alone.embedding, atol=1e-2)


@torch.no_grad()
@pytest.mark.parametrize("value", [0.0, 1e4, math.nan])
def test_a_person_who_is_not_there_has_no_weight(branch: SkeletonBranch, value: float) -> None:
    joints, seen = clip("wave")
    assert float(seen[:, :, 1].sum()) == 0
    joints[:, :, 1] = value
    single = SkeletonBranch(branch.embedder, branch.cohort, 5).eval()
    expected = single(joints, seen)
    twice, both = joints.clone(), seen.clone()
    twice[:, :, 1], both[:, :, 1] = joints[:, :, 0], seen[:, :, 0]
    for ours, theirs in zip(expected, single(twice, both), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)
    nobody = branch(joints, torch.zeros_like(seen))
    assert all(bool(torch.isfinite(output).all()) for output in nobody)


@torch.no_grad()
def test_alone_a_person_embeds_as_in_a_model_of_one(branch: SkeletonBranch) -> None:
    one = Encoder(CONFIG.encoder.model_copy(update={"persons": 1})).eval()
    one.load_state_dict(branch.encoder.state_dict())
    joints, seen = clip("kick")
    expected = one(joints[:, :, :1], seen[:, :, :1])
    assert torch.allclose(branch.encoder(joints, seen), expected, atol=1e-5)


def test_in_the_model_file_too(branch: SkeletonBranch) -> None:
    graph = graph_of(branch)
    encoder = branch.encoder
    check_graph(graph, encoder.layout, encoder.frames, 2)
    session = Session(graph.SerializeToString())
    check_parity(session, branch)
    joints, seen = (part.numpy() for part in clip("wave", "kick"))
    flipped = session.run(joints[:, :, ::-1].copy(), seen[:, :, ::-1].copy())
    for name, values in session.run(joints, seen).items():
        np.testing.assert_allclose(flipped[name], values, atol=1e-6)


def test_only_those_who_are_there_are_trained_on_and_a_clip_is_their_mean() -> None:
    two, one = clip("wave", "kick"), clip("squat")
    joints, seen = torch.cat([two[0], one[0]]), torch.cat([two[1], one[1]])
    bodies = Bodies.of(joints, seen)
    assert bodies.owner.tolist() == [0, 0, 1]
    assert torch.equal(bodies.joints[1], joints[0, :, 1])
    values = torch.arange(6.0).reshape(3, 2)
    assert bodies.mean(values).tolist() == [[1, 2], [4, 5]]
    nobody = Bodies.of(joints, torch.zeros_like(seen))
    assert nobody.owner.tolist() == [0, 1]


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    write_ntu_folder(folder / "in", (3, 9, 51, 57), more=3)
    import_folder(DATA_SETS["ntu"], folder / "in", folder / "ntu120.npz", workers=1)
    return folder


@pytest.fixture
def run(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ONESHOT_DATA", str(data_folder))
    changes = (
        "encoder.persons=2", "data.pseudo_novel={}", "data.stored_frames=40", "optimiser.batch=8",
        "data.sets=[{archive: ntu120, only: [A003, A051, A057]}]", "optimiser.epochs=1",
        "cohort.nearest=3",
    )  # fmt: skip
    return Run(load_config(None, (*TINY, *changes)), torch.device("cpu"))


def test_clips_of_one_and_of_two_are_trained_on_together(run: Run, tmp_path: Path) -> None:
    assert run.data.joints.shape[1:] == (40, 2, 16, 3)
    there = run.data.seen.amax(dim=(1, 3))  # (n, M)
    mutual = torch.from_numpy(np.isin(run.data.labels, [1, 2]))
    assert torch.equal(there[:, 1] > 0, mutual)
    (report,) = list(run.epochs())
    assert math.isfinite(report["loss"])
    checkpoint.save(tmp_path / "last.pt", run.trained())
    branch = checkpoint.load(tmp_path / "last.pt")[0].branch()
    joints, seen = run.served.batch(np.arange(4))
    with torch.no_grad():
        ours, turned = branch(joints, seen), branch(joints.flip(2), seen.flip(2))
    assert torch.allclose(ours.embedding, turned.embedding, atol=1e-6)


def test_the_statistics_are_of_those_who_are_there(run: Run) -> None:
    """Absent persons added to a set of single ones change nothing."""
    config = run.config
    alone = SkeletonDataset.load(
        config.data.model_copy(
            update={"sets": (config.data.sets[0].model_copy(update={"only": ("A003", "A009")}),)}
        ),
        BODY,
        frames=config.encoder.input_frames,
    )
    doubled = SkeletonDataset(
        torch.stack([alone.joints, torch.zeros_like(alone.joints)], dim=2),
        torch.stack([alone.seen, torch.zeros_like(alone.seen)], dim=2),
        alone.labels, alone.subjects, alone.classes,
    )  # fmt: skip
    one = Encoder(config.encoder.model_copy(update={"persons": 1})).eval()
    two = Encoder(config.encoder).eval()
    two.load_state_dict(one.state_dict())
    expected, cohort = base_statistics(one, config, alone, 9)
    found, same_cohort = base_statistics(two, config, doubled, 9)
    for name, value in expected.state_dict().items():
        assert torch.allclose(value, found.state_dict()[name], atol=1e-4), name
    assert torch.allclose(cohort, same_cohort, atol=1e-4)
    sides = [targets(data, BODY, 0.25).number for data in (alone, doubled)]
    assert torch.equal(*sides)

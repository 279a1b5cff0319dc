"""A model with joint importance: a fourth output, checked like the others."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from model_export.errors import BadGraph, SelfTestFailed
from model_export.graph_rules import check_graph
from model_export.parity import check_parity
from model_export.self_test import SelfTest
from model_export.session import Session
from skeleton import resolve_layout
from tests.model_export.conftest import bare, export
from training import checkpoint
from training.checkpoint import Trained
from training.cohort import base_statistics
from training.config import load_config
from training.dataset import SkeletonDataset
from training.encoder import Encoder, SkeletonBranch
from training.evaluation.encoders import encoder_from_checkpoint, encoder_from_model

OUTPUTS = ("embedding", "cohort_mean", "cohort_std", "joint_importance")


@pytest.fixture(scope="module")
def important(trained: Trained, data_folder: Path) -> Trained:
    """The small model, with an importance that is not all alike."""
    config = trained.config.model_copy(update={"guidance": load_config().guidance})
    torch.manual_seed(0)
    encoder = Encoder(config.encoder, config.importance)
    assert encoder.jid is not None
    nn.init.normal_(encoder.jid.after.weight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(data_folder))
        layout = resolve_layout(config.encoder.layout)
        data = SkeletonDataset.load(config.data, layout, frames=config.encoder.input_frames)
    embedder, cohort = base_statistics(encoder, config, data, 8)
    return replace(trained, config=config, state=embedder.state_dict(), cohort=cohort)


@pytest.fixture(scope="module")
def with_it(important: Trained) -> SkeletonBranch:
    return important.branch()


@pytest.fixture(scope="module")
def saved_with_it(important: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("important") / "last.pt"
    checkpoint.save(path, important)
    return path


@pytest.fixture(scope="module")
def file_with_it(saved_with_it: Path, data_folder: Path) -> Path:
    return export(saved_with_it, saved_with_it.with_name("model.onnx"), data_folder)


@pytest.fixture(scope="module")
def graph_with_it(file_with_it: Path) -> bytes:
    return bare(file_with_it)


def test_the_skeleton_branch_alone_is_what_is_exported(
    with_it: SkeletonBranch, graph_with_it: bytes
) -> None:
    model = onnx.load_from_string(graph_with_it)
    check_graph(model, with_it.encoder.layout, with_it.encoder.frames, 1)
    session = Session(graph_with_it)
    assert session.outputs == OUTPUTS
    assert max(check_parity(session, with_it).differences.values()) <= 1e-4
    rng = np.random.default_rng(0)
    joints = rng.standard_normal((5, 64, 1, 16, 3)).astype(np.float32)
    seen = np.ones((5, 64, 1, 16), dtype=np.float32)
    seen[1, ..., 4], seen[2] = 0, 0
    importance = session.run(joints, seen)["joint_importance"]
    assert importance.shape == (5, 16)
    assert np.allclose(importance.sum(1), 1, atol=1e-5)
    assert importance[1, 4] == 0
    assert np.ptp(importance[0]) > 0.01


def test_a_model_without_it_has_three_outputs(session: Session) -> None:
    assert session.outputs == OUTPUTS[:3]


def test_an_importance_of_another_name_breaks_the_rules(
    with_it: SkeletonBranch, graph_with_it: bytes
) -> None:
    model = onnx.load_from_string(graph_with_it)
    for node in model.graph.node:
        for position, name in enumerate(node.output):
            if name == "joint_importance":
                node.output[position] = "weights"
        for position, name in enumerate(node.input):
            if name == "joint_importance":
                node.input[position] = "weights"
    model.graph.output[3].name = "weights"
    with pytest.raises(BadGraph, match="joint_importance"):
        check_graph(model, with_it.encoder.layout, with_it.encoder.frames, 1)


def test_the_file_carries_the_importance_it_must_answer(
    with_it: SkeletonBranch, graph_with_it: bytes
) -> None:
    session, layout = Session(graph_with_it), with_it.encoder.layout
    test = SelfTest.read(SelfTest.of(session, layout, 64).written())
    assert test.joint_importance is not None
    assert test.check(session, layout, 64) <= 1e-5
    wrong = replace(test, joint_importance=test.joint_importance[::-1].copy())
    with pytest.raises(SelfTestFailed):
        wrong.check(session, layout, 64)


def test_a_checkpoint_with_it_becomes_a_file_that_every_reader_gets_it_from(
    saved_with_it: Path, file_with_it: Path
) -> None:
    session = Session(file_with_it.read_bytes())
    told = json.loads(session.metadata["oneshot.self_test"])
    assert len(told["joint_importance"]) == 16
    joints = np.random.default_rng(1).standard_normal((3, 64, 1, 16, 3)).astype(np.float32)
    seen = np.ones(joints.shape[:-1], dtype=np.float32)
    answers = [
        read.embed(joints, seen)
        for read in (encoder_from_checkpoint(saved_with_it), encoder_from_model(file_with_it))
    ]
    assert set(answers[0]) == set(answers[1]) == set(OUTPUTS)
    for name in OUTPUTS:
        assert np.abs(answers[0][name] - answers[1][name]).max() < 1e-4

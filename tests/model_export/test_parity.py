import numpy as np
import onnx
import pytest

from model_export.errors import ParityFailed
from model_export.parity import BATCHES, check_parity
from model_export.session import Session
from model_export.trials import novel_data
from tests.model_export.spoiled import nudge_a_weight
from training.checkpoint import Trained
from training.encoder import SkeletonBranch

NAN = np.float32(np.nan)


@pytest.fixture
def clips() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    joints = rng.standard_normal((32, 64, 1, 16, 3)).astype(np.float32)
    seen = (rng.random((32, 64, 1, 16)) > 0.4).astype(np.float32)
    return joints, seen


def test_the_file_computes_what_the_branch_computes(
    session: Session, branch: SkeletonBranch, trained: Trained
) -> None:
    parity = check_parity(session, branch, novel_data(trained.config))
    assert set(parity.differences) == {"random", "animated", "real"}
    assert max(parity.differences.values()) <= 1e-4


def test_a_changed_weight_is_noticed(graph: onnx.ModelProto, branch: SkeletonBranch) -> None:
    nudge_a_weight(graph)
    with pytest.raises(ParityFailed, match="differs from the trained branch"):
        check_parity(Session(graph.SerializeToString()), branch)


def test_a_graph_that_looks_at_unseen_joints_is_noticed(
    graph: onnx.ModelProto, branch: SkeletonBranch
) -> None:
    # The first Where blanks what was not seen; without it NaN and rubbish pass.
    blank = next(node for node in graph.graph.node if node.op_type == "Where")
    shown = blank.input[1]
    for node in graph.graph.node:
        for position, name in enumerate(node.input):
            if name == blank.output[0]:
                node.input[position] = shown
    with pytest.raises(ParityFailed):
        check_parity(Session(graph.SerializeToString()), branch)


def test_every_batch_size_gives_the_answer_of_one_clip_alone(
    session: Session, clips: tuple[np.ndarray, np.ndarray]
) -> None:
    joints, seen = clips
    alone = [session.run(joints[i : i + 1], seen[i : i + 1]) for i in range(len(joints))]
    for size in BATCHES:
        together = session.run(joints[:size], seen[:size])
        for name, values in together.items():
            wanted = np.concatenate([one[name] for one in alone[:size]])
            assert values.shape == wanted.shape
            assert np.abs(values - wanted).max() < 1e-5


def test_what_was_not_seen_changes_nothing(
    session: Session, clips: tuple[np.ndarray, np.ndarray]
) -> None:
    joints, seen = clips
    plain = session.run(joints, seen)
    for rubbish in (NAN, np.float32(np.inf), np.float32(1e30), np.float32(0)):
        given = session.run(np.where(seen[..., None] > 0, joints, rubbish), seen)
        for name, values in plain.items():
            assert np.array_equal(given[name], values)


def test_no_mask_gives_nan(session: Session) -> None:
    rng = np.random.default_rng(2)
    joints = rng.standard_normal((20, 64, 1, 16, 3)).astype(np.float32)
    seen = np.zeros((20, 64, 1, 16), dtype=np.float32)  # the first: nothing at all
    seen[1, 5, 0, 3] = 1  # one joint once
    seen[2, :, 0, 10] = 1  # one joint always
    seen[3, 0] = 1  # one frame
    for number in range(4, 20):
        seen[number] = rng.random((64, 1, 16)) < number / 40
    given = session.run(np.where(seen[..., None] > 0, joints, NAN), seen)
    for values in given.values():
        assert np.isfinite(values).all()
    assert np.linalg.norm(given["embedding"], axis=1).max() < 1 + 1e-5

"""The graph is exported for one number of clips and is then one of any number."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from model_export.batch_axis import clips_beside, set_free
from model_export.errors import BadGraph
from model_export.session import Session

CLIPS = 1009


def test_the_number_of_clips_divides_no_size_of_the_branch() -> None:
    assert clips_beside({0, 16, 48, 1260}) == 1009  # and an axis may be empty
    assert clips_beside({16, 1009, 2 * 1013}) == 1019  # the primes are 1009, 1013, 1019


def model(
    nodes: list[onnx.NodeProto], clips: int = CLIPS, **constants: np.ndarray
) -> onnx.ModelProto:
    """From `joints` `(clips, 4, 6)` to `embedding`, `(clips, 24)`."""
    return helper.make_model(
        helper.make_graph(
            nodes,
            "graph",
            [helper.make_tensor_value_info("joints", TensorProto.FLOAT, [clips, 4, 6])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [clips, 24])],
            [numpy_helper.from_array(values, name) for name, values in constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=10,
    )


def reshape(value: str, shape: str, to: str) -> onnx.NodeProto:
    return helper.make_node("Reshape", [value, shape], [to])


def sizes(*of: int) -> np.ndarray:
    return np.array(of, dtype=np.int64)


def test_clips_counted_with_frames_in_one_axis_are_counted_for_any_number() -> None:
    graph = model(
        [reshape("joints", "frames", "each"), reshape("each", "whole", "embedding")],
        frames=sizes(4 * CLIPS, 6),
        whole=sizes(CLIPS, 24),
    )
    set_free(graph, CLIPS)
    onnx.checker.check_model(graph, full_check=True)
    (axis, *_) = graph.graph.input[0].type.tensor_type.shape.dim
    assert axis.dim_param == "N"
    session = ReferenceEvaluator(graph)
    for clips in (1, 2, 5, CLIPS):
        joints = np.random.default_rng(clips).standard_normal((clips, 4, 6)).astype(np.float32)
        (embedding,) = session.run(None, {"joints": joints})
        assert np.array_equal(embedding, joints.reshape(clips, 24))


@pytest.mark.parametrize("shape", [(CLIPS, -1), (CLIPS, 0), (CLIPS, 24, CLIPS)])
def test_a_shape_that_leaves_another_axis_open_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadGraph, match="the shape whole has other free axes"):
        set_free(model([reshape("joints", "whole", "embedding")], whole=sizes(*shape)), CLIPS)


def test_a_constant_that_depends_on_the_number_of_clips_is_refused() -> None:
    shift = np.zeros((CLIPS, 24), np.float32)
    nodes = [
        reshape("joints", "whole", "flat"),
        helper.make_node("Add", ["flat", "shift"], ["embedding"]),
    ]
    with pytest.raises(BadGraph, match="the constant shift depends on the number of clips"):
        set_free(model(nodes, whole=sizes(CLIPS, 24), shift=shift), CLIPS)


def test_a_number_of_clips_that_more_than_a_shape_reads_is_refused() -> None:
    nodes = [
        reshape("joints", "whole", "flat"),
        helper.make_node("Expand", ["flat", "whole"], ["embedding"]),
    ]
    with pytest.raises(BadGraph, match="the constant whole depends on the number of clips"):
        set_free(model(nodes, whole=sizes(CLIPS, 24)), CLIPS)


def test_a_graph_of_another_number_of_clips_is_refused() -> None:
    graph = model([reshape("joints", "whole", "embedding")], clips=3, whole=sizes(3, 24))
    with pytest.raises(BadGraph, match="the first axis of joints is not that of the clips"):
        set_free(graph, CLIPS)


def test_what_is_exported_for_one_number_runs_for_another(session: Session) -> None:
    rng = np.random.default_rng(0)
    joints = rng.standard_normal((CLIPS + 1, 64, 1, 16, 3)).astype(np.float32)
    seen = np.ones(joints.shape[:-1], np.float32)
    many = session.run(joints, seen)
    one = session.run(joints[-1:], seen[-1:])
    for name, values in many.items():
        assert len(values) == CLIPS + 1
        np.testing.assert_allclose(values[-1:], one[name], atol=1e-5)

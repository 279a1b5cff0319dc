import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from model_export.errors import BadGraph
from model_export.graph_rules import check_graph, check_size
from skeleton import LAYOUTS

BODY = LAYOUTS["body16"]


def refused(graph: onnx.ModelProto, why: str) -> None:
    with pytest.raises(BadGraph, match=why):
        check_graph(graph, BODY, 64, 1)


def test_an_exported_branch_keeps_the_rules(graph: onnx.ModelProto) -> None:
    check_graph(graph, BODY, 64, 1)


def test_a_shape_node_is_refused(graph: onnx.ModelProto) -> None:
    graph.graph.node.append(helper.make_node("Shape", ["joints"], ["how_many"], name="asks"))
    refused(graph, "asks is a Shape node")


def test_an_einsum_is_refused(graph: onnx.ModelProto) -> None:
    node = helper.make_node(
        "Einsum", ["embedding", "embedding"], ["gram"], name="gram", equation="nd,md->nm"
    )
    graph.graph.node.append(node)
    refused(graph, "gram is a Einsum node")


def test_a_computed_shape_is_refused(graph: onnx.ModelProto) -> None:
    reshape = next(node for node in graph.graph.node if node.op_type == "Reshape")
    at = list(graph.graph.node).index(reshape)
    constant = helper.make_node("Identity", [reshape.input[1]], ["computed"])
    reshape.input[1] = "computed"
    graph.graph.node.insert(at, constant)
    refused(graph, "is computed and not a constant")


def test_float64_is_refused(graph: onnx.ModelProto) -> None:
    graph.graph.node.append(
        helper.make_node("Cast", ["embedding"], ["wide"], to=TensorProto.DOUBLE)
    )
    refused(graph, "wide is float64")


def test_a_fixed_batch_is_refused(graph: onnx.ModelProto) -> None:
    for value in (*graph.graph.input, *graph.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 3
    refused(graph, "the first axis of joints is not the dynamic N")


def test_a_model_for_another_layout_is_refused(graph: onnx.ModelProto) -> None:
    with pytest.raises(BadGraph, match=r"joints is \(N, 64, 1, 16, 3\), not"):
        check_graph(graph, LAYOUTS["kinect_v2"], 64, 1)


def test_a_missing_output_is_refused(graph: onnx.ModelProto) -> None:
    del graph.graph.output[-1]
    refused(graph, "its outputs are embedding, cohort_mean, not")


def test_weights_outside_the_file_are_refused(graph: onnx.ModelProto) -> None:
    graph.graph.initializer[0].data_location = TensorProto.EXTERNAL
    refused(graph, "lie outside the file")


def test_what_onnx_itself_refuses_is_refused(graph: onnx.ModelProto) -> None:
    graph.graph.initializer.append(numpy_helper.from_array(np.zeros(1, np.float32), ""))
    refused(graph, "onnx's own checker")


def test_a_file_of_more_than_ten_megabytes_is_refused() -> None:
    check_size(10_000_000)
    with pytest.raises(BadGraph, match="at most 10 MB"):
        check_size(10_000_001)


def test_no_path_of_this_machine_is_in_the_file(exported: bytes) -> None:
    for trace in (b".py", b"/home", b"/usr", b"site-packages", b'File "'):
        assert trace not in exported

import numpy as np
import onnx
from onnx import helper, numpy_helper

from model_export.metadata import write_metadata
from model_export.space import space_of
from skeleton import PREPARATION
from tests.model_export.spoiled import nudge_a_weight


def test_another_weight_is_another_space(graph: onnx.ModelProto) -> None:
    before = space_of(graph)
    nudge_a_weight(graph)
    assert space_of(graph) != before


def test_another_preparation_is_another_space(graph: onnx.ModelProto) -> None:
    assert space_of(graph) == space_of(graph, PREPARATION)
    assert space_of(graph, PREPARATION + 1) != space_of(graph)


def test_another_operator_or_attribute_is_another_space(graph: onnx.ModelProto) -> None:
    before = space_of(graph)
    relu = next(node for node in graph.graph.node if node.op_type == "Relu")
    relu.op_type = "Elu"
    elu = space_of(graph)
    relu.attribute.append(helper.make_attribute("alpha", 0.5))
    assert len({before, elu, space_of(graph)}) == 3


def test_calibration_is_no_part_of_the_space(graph: onnx.ModelProto) -> None:
    before = space_of(graph)
    write_metadata(graph, {"oneshot.model": '{"calibration": {"threshold": 3}}'})
    assert space_of(graph) == before


def test_names_order_and_what_is_not_used_are_no_part_of_the_space(
    graph: onnx.ModelProto,
) -> None:
    before = space_of(graph)
    for entry in graph.graph.initializer:
        for node in graph.graph.node:
            for position, name in enumerate(node.input):
                if name == entry.name:
                    node.input[position] = f"renamed_{name}"
        entry.name = f"renamed_{entry.name}"
    for number, node in enumerate(graph.graph.node):
        node.name = f"other_{number}"
    entries = list(graph.graph.initializer)[::-1]
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(entries)
    graph.graph.initializer.append(numpy_helper.from_array(np.ones(3, np.float32), "spare"))
    assert space_of(graph) == before

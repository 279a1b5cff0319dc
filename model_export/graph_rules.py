"""The rules of contract 2 for a graph: what every provider can run, and nothing beside the file."""

from collections.abc import Iterator

import onnx
from onnx import TensorProto

from model_export.errors import BadGraph
from model_export.graph import INPUTS
from model_export.session import IMPORTANCE, OUTPUTS
from skeleton import Layout

LARGEST_FILE = 10_000_000  # bytes
_LOWEST_OPSET = 18
#: They ask for shapes at run time (and would run on the CPU of a GPU session), branch, or hold
#: what no tensor is.
_FORBIDDEN = frozenset(
    {
        *("Shape", "Size", "NonZero", "Einsum", "If", "Loop", "Scan"),
        *("SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase"),
        *("SequenceLength", "SequenceMap", "SplitToSequence", "ConcatFromSequence"),
        *("Optional", "OptionalGetElement", "OptionalHasElement"),
        *("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike"),
        *("Bernoulli", "Multinomial"),
    }
)
_FORBIDDEN_TYPES = {TensorProto.DOUBLE: "float64", TensorProto.STRING: "string"}
#: Operators whose second input is a shape: it must lie in the file.
_SHAPED = frozenset({"Reshape", "Expand"})


def check_graph(model: onnx.ModelProto, layout: Layout, frames: int, persons: int) -> None:
    """Raise `BadGraph`, naming every rule that the model breaks."""
    broken = [
        *_operators(model),
        *_types(model),
        *_borders(model, layout, frames, persons),
        *_weights(model),
    ]
    if broken:
        raise BadGraph("the graph breaks the model file's rules: " + "; ".join(broken))
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise BadGraph(f"onnx's own checker refuses the graph: {error}") from error


def check_size(size: int, largest: int = LARGEST_FILE) -> None:
    """Raise `BadGraph` for a file of more than so many bytes, by default what is shipped."""
    if size > largest:
        raise BadGraph(
            f"the file has {size / 1e6:.1f} MB, and at most {largest / 1e6:g} MB are shipped: use "
            f"fewer or narrower blocks, or take it all the same: --largest {size // 10**6 + 2}"
        )


def _operators(model: onnx.ModelProto) -> Iterator[str]:
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    if opsets.get("", 0) < _LOWEST_OPSET:
        yield f"opset {opsets.get('', 0)} is below {_LOWEST_OPSET}"
    if model.functions:
        yield "it has functions of its own"
    constants = {entry.name for entry in model.graph.initializer}
    for node in model.graph.node:
        if node.domain not in ("", "ai.onnx"):
            yield f"{node.name} is of the domain {node.domain!r}"
        if node.op_type in _FORBIDDEN:
            yield f"{node.name} is a {node.op_type} node"
        if node.op_type in _SHAPED and node.input[1] not in constants:
            yield f"the shape of {node.name} is computed and not a constant"


def _types(model: onnx.ModelProto) -> Iterator[str]:
    try:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    except onnx.shape_inference.InferenceError as error:
        yield f"its shapes do not follow: {error}"
        return
    values = (*inferred.value_info, *inferred.input, *inferred.output)
    types = [(value.name, value.type.tensor_type.elem_type) for value in values]
    types += [(entry.name, entry.data_type) for entry in model.graph.initializer]
    for name, kind in types:
        if kind in _FORBIDDEN_TYPES:
            yield f"{name} is {_FORBIDDEN_TYPES[kind]}"


def _borders(model: onnx.ModelProto, layout: Layout, frames: int, persons: int) -> Iterator[str]:
    fixed = [frames, persons, len(layout)]
    inputs = {value.name: value for value in model.graph.input}
    outputs = {value.name: value for value in model.graph.output}
    if tuple(inputs) != INPUTS:
        yield f"its inputs are {', '.join(inputs)}, not {', '.join(INPUTS)}"
    if tuple(outputs) not in (OUTPUTS, (*OUTPUTS, IMPORTANCE)):
        yield (
            f"its outputs are {', '.join(outputs)}, not {', '.join(OUTPUTS)} and, with joint "
            f"importance, {IMPORTANCE}"
        )
    wanted = {"joints": [*fixed, 3], "seen": fixed, "cohort_mean": [], "cohort_std": []}
    wanted[IMPORTANCE] = [len(layout)]
    for name, value in (inputs | outputs).items():
        tensor = value.type.tensor_type
        if tensor.elem_type != TensorProto.FLOAT:
            yield f"{name} is not float32"
        batch, *rest = tensor.shape.dim
        if batch.dim_param != "N":
            yield f"the first axis of {name} is not the dynamic N"
        sizes = [axis.dim_value for axis in rest]
        if name in wanted and sizes != wanted[name]:
            yield f"{name} is (N, {', '.join(map(str, sizes))}), not (N, {wanted[name]})"
        if 0 in sizes:
            yield f"{name} has another dynamic axis beside N"


def _weights(model: onnx.ModelProto) -> Iterator[str]:
    for entry in model.graph.initializer:
        if entry.data_location == TensorProto.EXTERNAL:
            yield f"the weights {entry.name} lie outside the file"

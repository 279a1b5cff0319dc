"""Ways to spoil a graph."""

import numpy as np
import onnx
from onnx import numpy_helper


def nudge_a_weight(model: onnx.ModelProto) -> None:
    """Change one number of the largest convolution."""
    kernels = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    largest = max(
        (entry for entry in model.graph.initializer if entry.name in kernels),
        key=lambda entry: len(entry.raw_data),
    )
    values = numpy_helper.to_array(largest).copy()
    values.flat[np.abs(values).argmax()] *= 3
    largest.CopyFrom(numpy_helper.from_array(values, largest.name))

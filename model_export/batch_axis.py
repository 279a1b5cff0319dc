"""The batch axis: from a graph of one number of clips to a graph of any number (ours).

The exporter can keep a symbol in the place of N. It then asks of every size and stride of every
tensor what is true for any N, which takes twice as long, and what it writes is the same.
"""

import numpy as np
import onnx
from onnx import numpy_helper

from model_export.errors import BadGraph

#: N while exporting. A prime above every size of an encoder, so that its multiples count clips.
CLIPS = 1009


def set_free(model: onnx.ModelProto) -> None:
    """Make the graph, exported for `CLIPS` clips, one of N clips, in place.

    Raises `BadGraph` where the number stands in it otherwise than as one axis of an input, an
    output or of what something is reshaped to.
    """
    for value in (*model.graph.input, *model.graph.output):
        axis = value.type.tensor_type.shape.dim[0]
        if axis.dim_value != CLIPS:
            raise BadGraph(f"the first axis of {value.name} is not that of the clips")
        axis.dim_param = "N"
    readers = [(name, node) for node in model.graph.node for name in node.input]
    for constant in model.graph.initializer:
        values = numpy_helper.to_array(constant)
        if not _counts_clips(values):
            continue
        if not all(
            node.op_type == "Reshape" and name == node.input[1]
            for name, node in readers
            if name == constant.name
        ):
            raise BadGraph(f"the constant {constant.name} depends on the number of clips")
        shape = np.where(values % CLIPS == 0, -1, values)
        if (shape == -1).sum() > 1 or 0 in values:
            raise BadGraph(f"the shape {constant.name} has other free axes beside the clips'")
        constant.CopyFrom(numpy_helper.from_array(shape, constant.name))


def _counts_clips(values: np.ndarray) -> bool:
    if any(size and size % CLIPS == 0 for size in values.shape):
        return True
    whole = np.issubdtype(values.dtype, np.integer)
    return whole and bool(((values % CLIPS == 0) & (values != 0)).any())

"""The batch axis: from a graph of one number of clips to a graph of any number (ours).

The exporter can keep a symbol in the place of N. It then asks of every size and stride of every
tensor what is true for any N, which takes twice as long, and what it writes is the same.
"""

from collections.abc import Collection
from itertools import count

import numpy as np
import onnx
from onnx import numpy_helper

from model_export.errors import BadGraph

_LEAST = 1009


def clips_beside(sizes: Collection[int]) -> int:
    """A number of clips to export for: a prime that divides none of the branch's sizes, so that
    whatever is a multiple of it counts clips."""
    primes = (n for n in count(_LEAST, 2) if all(n % k for k in range(3, 1 + int(n**0.5), 2)))
    return next(prime for prime in primes if all(size % prime for size in sizes if size))


def set_free(model: onnx.ModelProto, clips: int) -> None:
    """Make the graph, exported for so many clips, one of N clips, in place.

    Raises `BadGraph` where a constant has the number in it otherwise than as one axis of what
    something is reshaped to. What else would depend on it, parity in other batches finds.
    """
    for value in (*model.graph.input, *model.graph.output):
        axis = value.type.tensor_type.shape.dim[0]
        if axis.dim_value != clips:
            raise BadGraph(f"the first axis of {value.name} is not that of the clips")
        axis.dim_param = "N"
    readers = [(name, node) for node in model.graph.node for name in node.input]
    for constant in model.graph.initializer:
        values = numpy_helper.to_array(constant)
        if not _has_multiple(values, clips):
            continue
        if not all(
            node.op_type == "Reshape" and name == node.input[1]
            for name, node in readers
            if name == constant.name
        ):
            raise BadGraph(f"the constant {constant.name} depends on the number of clips")
        shape = np.where(values % clips == 0, -1, values)
        if (shape == -1).sum() > 1 or 0 in values:
            raise BadGraph(f"the shape {constant.name} has other free axes beside the clips'")
        constant.CopyFrom(numpy_helper.from_array(shape, constant.name))


def _has_multiple(values: np.ndarray, clips: int) -> bool:
    """Whether an axis, or a whole number in it, is a multiple of the clips."""
    if any(size and size % clips == 0 for size in values.shape):
        return True
    whole = np.issubdtype(values.dtype, np.integer)
    return whole and bool(((values % clips == 0) & (values != 0)).any())

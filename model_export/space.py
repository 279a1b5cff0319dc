"""`space`: the identity of what a model computes (ours).

A hash over the weights, the graph and the version of the code that prepares clips. Embeddings of
one space can be compared; those of two cannot. Names, the order of nodes, metadata and
calibration are no part of it.
"""

import hashlib

import onnx
from onnx import numpy_helper

from skeleton import PREPARATION

_DIGITS = 32


def space_of(model: onnx.ModelProto, preparation: int = PREPARATION) -> str:
    """Return the space of a float32 model: 32 hexadecimal digits.

    Every value is known by how it comes about: an input by its name, type and shape, weights by
    their content, the output of a node by operator, attributes and the values that go in. The
    space is the hash of the outputs, so only what bears on them counts.
    """
    graph = model.graph
    known: dict[str, bytes] = {"": b""}  # an optional input that is left out
    for value in graph.input:
        known[value.name] = _digest(b"input", value.SerializeToString(deterministic=True))
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        about = f"{array.dtype.str}{array.shape}".encode()
        known[tensor.name] = _digest(b"weights", about, array.tobytes())
    for node in graph.node:
        attributes = sorted(a.SerializeToString(deterministic=True) for a in node.attribute)
        operator = _digest(b"node", node.domain.encode(), node.op_type.encode(), *attributes)
        made = _digest(operator, *(known[name] for name in node.input))
        for position, name in enumerate(node.output):
            known[name] = _digest(made, str(position).encode())
    opsets = sorted(f"{entry.domain}:{entry.version}" for entry in model.opset_import)
    outputs = [part for out in graph.output for part in (out.name.encode(), known[out.name])]
    whole = _digest(str(preparation).encode(), ",".join(opsets).encode(), *outputs)
    return whole.hex()[:_DIGITS]


def _digest(*parts: bytes) -> bytes:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "little"))
        hashed.update(part)
    return hashed.digest()

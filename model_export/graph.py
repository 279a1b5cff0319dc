"""The graph: a trained skeleton branch as plain ONNX operators (ours)."""

import gc
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import onnx
import torch

from model_export.batch_axis import clips_beside, set_free
from training.encoder import SkeletonBranch

OPSET = 20
INPUTS = ("joints", "seen")
PRODUCER = "oneshot-actions"


def graph_of(branch: SkeletonBranch) -> onnx.ModelProto:
    """Export a branch in evaluation mode: inputs `joints` `(N, T, M, V, 3)` and `seen`
    `(N, T, M, V)` float32, N dynamic; outputs as the branch names them.

    BatchNorm goes into the convolutions and constants are folded on the way. Raises `BadGraph` for
    a branch whose graph is not one of any number of clips.
    """
    encoder = branch.encoder
    sizes = {size for tensor in branch.state_dict().values() for size in tensor.shape}
    clips = clips_beside(sizes)
    shape = (clips, encoder.frames, encoder.persons, len(encoder.layout))
    example = (torch.zeros(*shape, 3), torch.ones(*shape))
    with _quiet(), _without_collecting():
        program = torch.onnx.export(
            branch,
            example,
            input_names=list(INPUTS),
            output_names=list(branch.outputs),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            optimize=True,
            verbose=False,
        )
    if program is None:  # only of the older exporter, but its type says so
        raise RuntimeError("the exporter returned nothing")
    model = program.model_proto
    set_free(model, clips)
    return _bare(model)


def _bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop what the exporter notes for its own use: stack traces (they hold the paths of the
    machine and are a fifth of the file), its version, the shapes in between."""
    model.producer_name = PRODUCER
    model.producer_version = ""
    model.graph.name = "skeleton_branch"
    model.graph.doc_string = ""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    del model.functions[:]
    for number, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{number}"
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    return model


@contextmanager
def _without_collecting() -> Iterator[None]:
    """The exporter makes millions of objects that it keeps to its end: going through them again
    and again takes a tenth of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's remarks on its own workings are no business of the caller's."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

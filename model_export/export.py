"""The export: checkpoint in, checked model file out, or nothing."""

from dataclasses import dataclass
from pathlib import Path

import onnx

from model_export.calibration import Calibration, calibrate
from model_export.graph import graph_of
from model_export.graph_rules import LARGEST_FILE, check_graph, check_size
from model_export.interleaved import median_milliseconds, noise
from model_export.metadata import metadata_of, write_metadata
from model_export.parity import Parity, check_parity
from model_export.self_test import SelfTest
from model_export.session import Session
from model_export.space import space_of
from model_export.trials import asked_classes, filler_data, novel_data, trials
from skeleton.whole_file import write_whole
from training.checkpoint import Trained, load

_TIMED_RUNS = 60


@dataclass(frozen=True)
class Export:
    """What was written, and what was found on the way. `milliseconds` is the median of one clip
    on one thread; `size` is in bytes."""

    space: str
    nodes: int
    size: int
    parity: Parity
    self_test: float
    calibration: Calibration
    milliseconds: float


def export(checkpoint: Path, output: Path, largest: int = LARGEST_FILE) -> Export:
    """Write the model file of a checkpoint, of at most `largest` bytes, atomically and only when
    every check passes.

    Raises `ExportRefused`, `BadCheckpoint`, `DataMissing` (the calibration needs the data sets
    that kept classes out of training); an earlier file at `output` is then as it was.
    """
    trained, _ = load(checkpoint)
    model, found = _model(trained, largest)
    write(output, model)
    return found


def _model(trained: Trained, largest: int) -> tuple[bytes, Export]:
    # First, because it is what most often is absent.
    data = novel_data(trained.config)
    branch = trained.branch()
    encoder = branch.encoder
    graph = graph_of(branch)
    check_graph(graph, encoder.layout, encoder.frames, encoder.persons)
    check_size(graph.ByteSize(), largest)  # before the calibration, which takes longer
    session = Session(graph.SerializeToString())
    parity = check_parity(session, branch, data)
    gallery = trained.config.gallery
    asked = trials(session, data, filler_data(trained.config), gallery.centre)
    calibration = calibrate(asked, gallery)
    space = space_of(graph)
    metadata = metadata_of(
        trained,
        encoder.layout,
        space=space,
        width=trained.cohort.shape[1],
        calibration=calibration,
        pseudo_novel=asked_classes(data, calibration.set_figures),
        self_test=SelfTest.of(session, encoder.layout, encoder.frames, encoder.persons),
    )
    write_metadata(graph, metadata)
    onnx.checker.check_model(graph, full_check=True)
    model = graph.SerializeToString(deterministic=True)
    check_size(len(model), largest)
    # What counts is the file as a service reads it.
    served = Session(model)
    test = SelfTest.read(served.metadata["oneshot.self_test"])
    difference = test.check(served, encoder.layout, encoder.frames, encoder.persons)
    found = Export(
        space=space,
        nodes=len(graph.graph.node),
        size=len(model),
        parity=parity,
        self_test=difference,
        calibration=calibration,
        milliseconds=median_milliseconds(
            served,
            *noise(encoder.frames, encoder.persons, len(encoder.layout)),
            runs=_TIMED_RUNS,
        ),
    )
    return model, found


def write(output: Path, model: bytes) -> None:
    """Write a model file; a kill leaves the earlier one or the new."""
    output.parent.mkdir(parents=True, exist_ok=True)
    write_whole(output, model)

"""`python -m model_export.recalibrate MODEL.onnx -o NEW.onnx [gallery.FIELD=VALUE …]`: a model file
calibrated anew.

For a file whose checkpoint is gone, when the calibration or the data sets have changed, or to let
galleries tell its scores otherwise (`gallery.centre=6`); the data sets, with the classes that the
training kept out, are read from $ONESHOT_DATA. Weights, graph and so the space stay as they are:
whoever was enrolled need not be embedded again.
"""

import argparse
import json
import sys
from pathlib import Path

import onnx

from model_export.calibration import Calibration, calibrate
from model_export.errors import BadGraph, ExportRefused
from model_export.export import write
from model_export.metadata import EARLIER, FORMAT, MODEL, recalibrated, write_metadata
from model_export.report import calibration_report
from model_export.self_test import SelfTest
from model_export.session import Session
from model_export.trials import asked_classes, filler_data, novel_data, trials
from skeleton import PREPARATION, resolve_layout
from training.arguments import file
from training.config import BadConfig, Config, config_from, overridden


def main(arguments: list[str] | None = None) -> int:
    """Calibrate and report; a refusal is one line and status 2, an interrupt one and 130."""
    parser = argparse.ArgumentParser(prog="python -m model_export.recalibrate", description=__doc__)
    parser.add_argument("model", type=Path, help="the .onnx")
    parser.add_argument("-o", "--output", type=file, required=True, help="the .onnx to write")
    parser.add_argument(
        "overrides",
        nargs="*",
        default=[],
        metavar="gallery.FIELD=VALUE",
        help="of the file's configuration",
    )
    given = parser.parse_intermixed_args(arguments)
    try:
        found = recalibrate(given.model, given.output, tuple(given.overrides))
    except (ExportRefused, BadConfig, OSError) as error:
        print(f"error: {error}; {given.output} was not written", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted; {given.output} was not written", file=sys.stderr)
        return 130
    print(f"{given.output}: as {given.model}, calibrated anew")
    print(calibration_report(found))
    return 0


def recalibrate(model: Path, output: Path, overrides: tuple[str, ...] = ()) -> Calibration:
    """Write `model` to `output`, which may be the same, with a calibration of today's on the
    classes that its training kept out; `overrides` change the section `gallery` of its
    configuration.

    Raises `ExportRefused`, `BadConfig`, `DataMissing`; an earlier file at `output` is then as it
    was.
    """
    content = model.read_bytes()
    try:
        session = Session(content)
    except BadGraph as error:
        raise BadGraph(f"{model}: {error}") from error
    config = _with(_config_of(model, session), overrides)
    data = novel_data(config)
    asked = trials(session, data, filler_data(config), config.gallery.centre)
    found = calibrate(asked, config.gallery)
    graph = onnx.load_from_string(content)
    metadata = {entry.key: entry.value for entry in graph.metadata_props}
    classes = asked_classes(data, found.set_figures)
    write_metadata(graph, recalibrated(metadata, found, config, classes))
    write(output, graph.SerializeToString(deterministic=True))
    return found


def _with(config: Config, overrides: tuple[str, ...]) -> Config:
    for override in overrides:
        if not override.startswith("gallery."):
            raise BadConfig(f"{override!r}: only gallery.FIELD=VALUE can be changed in a file")
    return config_from(overridden(config.model_dump(mode="json", by_alias=True), overrides))


def _config_of(model: Path, session: Session) -> Config:
    """The configuration in a file that computes here what it did when it was exported."""
    version = session.metadata.get("oneshot.format")
    if version is None:
        raise BadGraph(f"{model} is not a model file of this project")
    if version not in (EARLIER, FORMAT):
        raise BadGraph(f"{model} has format {version}, this reads {EARLIER} and {FORMAT}")
    try:
        told = json.loads(session.metadata[MODEL])
        preparation = told["preparation"]
        config = config_from(told["config"])
        test = SelfTest.read(session.metadata["oneshot.self_test"])
    except BadConfig as error:
        raise BadGraph(f"the configuration in {model} is not one of today's: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise BadGraph(f"what {model} says about itself cannot be read: {error!r}") from error
    if preparation != PREPARATION:
        raise BadGraph(
            f"{model} takes clips of preparation {preparation}, this is {PREPARATION}: export its "
            "checkpoint again"
        )
    encoder = config.encoder
    test.check(session, resolve_layout(encoder.layout), encoder.input_frames, encoder.persons)
    return config


if __name__ == "__main__":
    sys.exit(main())

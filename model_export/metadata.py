"""The metadata: what a model file says about itself, in three string properties of the `.onnx`.

A reader needs onnxruntime only: `session.get_modelmeta().custom_metadata_map`. It refuses a
format that it does not know.

`oneshot.format`: "2". ("1" stated probabilities and the gallery's part in scores otherwise;
`recalibrate.py` makes the one of the other.)

`oneshot.model`: one JSON object.

- `space`: 32 hexadecimal digits, the model's identity (`space.py`);
- `preparation`: the `skeleton.PREPARATION` it was exported with; code of another version must not
  serve it;
- `layout`: `{"name", "joints": [V names], "parents": [V numbers, -1 = root], "axes"}`;
- `frames` T, `persons` M, `width` D of `embedding`;
- `score`: the formula's name, "gallery-scale": `GalleryScores` in
  `training/evaluation/gallery_scale.py`;
- `calibration`: `probability`, the `slope` and `intercept` of a score and the `temperature` of
  cosines, as `training/evaluation/probability.py` reads them; `threshold` (a best score below it is
  `unknown`) and the share of unknown clips that it lets pass, `false_accept`; `margin` (a best
  score that leads the second by less, in cosines, is `ambiguous`); `thresholds` by share,
  `{"0.01", "0.05", "0.1"}`; `gallery`: `prior`, `prior_spread`, `spread`, `worth` and
  `spread_worth` of its scale, and `centre`, or null;
  `figures`, means over `set_figures`, and `set_figures` by set: `classes`, `subjects`, `clips`,
  `episodes`, `enrolled` (mean size of the galleries) and `fillers` among them, `queries`, `known`,
  `accuracy`, `auroc`,
  `expected_calibration_error` where every second clip is a stranger's (and `…_without_this_set`,
  by a fit on the other sets; `…_without_strangers`, among the known),
  `false_accepts` and `right_when_accepting` by share;
- `training`: `sets`, the archives trained on, `classes` as `set/label`, `pseudo_novel`: the classes
  calibrated on;
- `config`: the training's complete configuration; `commit` ("" outside a checkout); `epoch`.

`oneshot.self_test`: one JSON object: `joints`, base64 of a `.npy`, float32 `(T, M, V, 3)` as
received, NaN = unseen; `layout`, the V joint names in order; `axes`; `fps`; the expected
`embedding` `[D]`, `cohort_mean`, `cohort_std`, and `joint_importance` `[V]` where the model has
that output; `tolerance`, the largest absolute difference of any number.

There is no date: the same checkpoint gives the same file. Terms and limits are the model card's.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import onnx

from model_export.calibration import DEFAULT_FALSE_ACCEPT, Calibration
from model_export.self_test import SelfTest
from skeleton import PREPARATION, Layout
from training.checkpoint import Trained
from training.config import Config

FORMAT = "2"
#: An earlier one, of which a recalibration makes today's.
EARLIER = "1"
SCORE = "gallery-scale"
#: The property that holds all but the self-test.
MODEL = "oneshot.model"


def metadata_of(
    trained: Trained,
    layout: Layout,
    *,
    space: str,
    width: int,
    calibration: Calibration,
    pseudo_novel: tuple[str, ...],
    self_test: SelfTest,
) -> dict[str, str]:
    """Return the three properties."""
    encoder = trained.config.encoder
    model = {
        "space": space,
        "preparation": PREPARATION,
        "layout": {
            "name": layout.name,
            "joints": layout.joints,
            "parents": layout.parents,
            "axes": layout.axes,
        },
        "frames": encoder.input_frames,
        "persons": encoder.persons,
        "width": width,
        "score": SCORE,
        "calibration": _calibration(calibration, trained.config),
        "training": {
            "sets": trained_on(trained),
            "classes": trained.classes,
            "pseudo_novel": pseudo_novel,
        },
        "config": trained.config.model_dump(mode="json", by_alias=True),
        "commit": trained.commit,
        "epoch": trained.epoch,
    }
    return {
        "oneshot.format": FORMAT,
        MODEL: json.dumps(model, allow_nan=False, ensure_ascii=False),
        "oneshot.self_test": self_test.written(),
    }


def trained_on(trained: Trained) -> list[str]:
    """Return the archives that training saw clips of: all but those kept out whole."""
    seen = {name.partition("/")[0] for name in trained.classes}
    return [entry.archive for entry in trained.config.data.sets if entry.name in seen]


def recalibrated(
    metadata: Mapping[str, str],
    calibration: Calibration,
    config: Config,
    pseudo_novel: tuple[str, ...],
) -> dict[str, str]:
    """Return a file's properties with another calibration, on these classes and by this
    configuration; all else stays."""
    model = json.loads(metadata[MODEL])
    model |= {
        "score": SCORE,
        "calibration": _calibration(calibration, config),
        "config": config.model_dump(mode="json", by_alias=True),
    }
    model["training"]["pseudo_novel"] = pseudo_novel
    told = json.dumps(model, allow_nan=False, ensure_ascii=False)
    return {**metadata, "oneshot.format": FORMAT, MODEL: told}


def write_metadata(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Replace a model's properties by these."""
    onnx.helper.set_model_props(model, dict(metadata))


def _calibration(calibration: Calibration, config: Config) -> dict[str, Any]:
    return {
        "probability": asdict(calibration.probability),
        "threshold": calibration.threshold,
        "false_accept": DEFAULT_FALSE_ACCEPT,
        "margin": calibration.margin,
        "thresholds": {f"{share:g}": value for share, value in calibration.thresholds.items()},
        "gallery": {**asdict(calibration.gallery), "centre": config.gallery.centre},
        "figures": calibration.figures,
        "set_figures": calibration.set_figures,
    }

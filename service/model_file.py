"""Contract 2 as the service reads it: what a model file says about itself.

The schema is that of `model_export.metadata`; a test holds the two together.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import PREPARATION, Layout, Recording, record, resolve_layout
from skeleton.readers import read_npy

FORMAT = "2"
#: An earlier one, whose scores and probabilities are told otherwise.
EARLIER = "1"
#: The formulas of a score: against the base classes, and told by the gallery besides.
GALLERY_SCALE = "gallery-scale"
_SCORES = ("mean-norm", GALLERY_SCALE)


class BadModel(ValueError):
    """The file is no model this service can serve; the message says why."""


@dataclass(frozen=True)
class GalleryNorm:
    """How what is enrolled tells scores: from how near the enrolled actions come to each other, in
    units of how much they differ in it. `prior` and `spread` are both for galleries that tell
    nothing, and count as `worth` and `spread_worth` actions; `prior_spread` is how much the prior
    differs from set to set. With `centre` the mean of what is enrolled is taken off first, as far
    as it is worth beside so many actions."""

    prior: float
    prior_spread: float
    spread: float
    worth: float
    spread_worth: float
    centre: float | None


@dataclass(frozen=True)
class Probability:
    """From scores to probabilities (`probabilities` in `service/matching.py`).

    `slope · score + intercept` is the logarithm of the odds of a right match against a stranger's
    clip, where as many clips are of enrolled actions as are not; two actions whose cosines differ
    by `temperature` have odds of e.
    """

    slope: float
    intercept: float
    temperature: float


@dataclass(frozen=True)
class Calibration:
    """From scores to decisions.

    Below `threshold` a best match is `unknown`; nearer to the second than `margin`, a difference of
    cosines, `ambiguous`. `thresholds` are by the share of unknown clips that they accept. Without
    `gallery` a score is measured against the base classes alone.
    """

    probability: Probability
    threshold: float
    margin: float
    thresholds: Mapping[str, float]
    gallery: GalleryNorm | None = None


@dataclass(frozen=True)
class LocalMatching:
    """How the output `local` `(N, S, D')` takes part in matching: `"local": {"weight", "band"}` of
    `oneshot.model`, optional.

    `weight`, above 0 and at most 1, is the share of the alignment in the similarity that ranks;
    `band` the steps by which an alignment may leave the diagonal. Without it the output is stored,
    and matching goes by the embedding alone.
    """

    weight: float
    band: int


@dataclass(frozen=True, eq=False)
class SelfTest:
    """A clip that the file carries, and the outputs by name it must give to within `tolerance`:
    the embedding, and the joint importance where the file tells it."""

    recording: Recording
    expected: Mapping[str, NDArray[np.float32]]
    tolerance: float


@dataclass(frozen=True, eq=False)
class ModelInfo:
    """What the file says about itself. `space` is the identity of its embeddings; without `local`
    the best are not compared a second time."""

    space: str
    layout: Layout
    frames: int
    width: int
    calibration: Calibration
    self_test: SelfTest
    training: Mapping[str, Any]
    commit: str
    local: LocalMatching | None = None


def read_metadata(metadata: Mapping[str, str]) -> ModelInfo:
    """Read the metadata of an ONNX file. Raises `BadModel`."""
    version = metadata.get("oneshot.format")
    if version is None:
        raise BadModel("the file has no oneshot metadata; make it with python -m model_export")
    if version == EARLIER:
        raise BadModel(
            f"the file has format {version}, which tells scores and probabilities as earlier files "
            f"did, and this service reads {FORMAT}; write it anew with python -m "
            "model_export.recalibrate FILE -o NEW, with its data sets in $ONESHOT_DATA, and what "
            "is enrolled stays as it is; the files that ship are new already"
        )
    if version != FORMAT:
        raise BadModel(f"the file has format {version}, this service reads {FORMAT}")
    try:
        model = json.loads(metadata["oneshot.model"])
        test = json.loads(metadata["oneshot.self_test"])
        if model["preparation"] != PREPARATION:
            raise BadModel(
                f"the model was made for preparation {model['preparation']} of clips, this service "
                f"has {PREPARATION}: export it again from its checkpoint"
            )
        if model["persons"] != 1 or model["score"] not in _SCORES:
            raise BadModel(
                f"the model wants several persons or another score than {' or '.join(_SCORES)}"
            )
        if model["score"] == GALLERY_SCALE and model.get("local") is not None:
            raise BadModel(
                "the gallery tells the model's scores, and it matches by local features; this "
                "service knows the scale of plain cosines alone"
            )
        if model["calibration"] is None:
            raise BadModel("the model was exported without calibration; it cannot decide")
        return ModelInfo(
            space=model["space"],
            layout=Layout(
                model["layout"]["name"],
                tuple(model["layout"]["joints"]),
                tuple(model["layout"]["parents"]),
                model["layout"]["axes"],
            ),
            frames=int(model["frames"]),
            width=int(model["width"]),
            calibration=_calibration(model["calibration"], model["score"]),
            self_test=_self_test(test),
            training=model.get("training", {}),
            commit=model.get("commit", ""),
            local=None if model.get("local") is None else _local(model["local"]),
        )
    except BadModel:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadModel(f"the file's metadata is damaged: {error!r}") from error


def _calibration(stated: Mapping[str, Any], score: str) -> Calibration:
    gallery = None if score != GALLERY_SCALE else _gallery(stated["gallery"])
    return Calibration(
        probability=_probability(stated["probability"]),
        threshold=float(stated["threshold"]),
        margin=float(stated["margin"]),
        thresholds={share: float(value) for share, value in stated["thresholds"].items()},
        gallery=gallery,
    )


def _probability(stated: Mapping[str, Any]) -> Probability:
    found = Probability(*(float(stated[name]) for name in ("slope", "intercept", "temperature")))
    positive = (found.slope, found.temperature)
    if not (isfinite(found.intercept) and all(0 < value < inf for value in positive)):
        raise BadModel(
            f"probabilities come from {dict(stated)}: all must be numbers, slope and temperature "
            "more than 0"
        )
    return found


def _gallery(stated: Mapping[str, Any]) -> GalleryNorm:
    centre = stated["centre"]
    found = GalleryNorm(
        prior=float(stated["prior"]),
        prior_spread=float(stated["prior_spread"]),
        spread=float(stated["spread"]),
        worth=float(stated["worth"]),
        spread_worth=float(stated["spread_worth"]),
        centre=None if centre is None else float(centre),
    )
    positive = (found.spread, found.worth, found.spread_worth)
    others = isfinite(found.prior) and 0 <= found.prior_spread < inf
    centred = found.centre is None or 1 <= found.centre < inf
    if not (others and centred and all(0 < value < inf for value in positive)):
        raise BadModel(
            f"a gallery's scale comes from {dict(stated)}: all must be numbers, all but the prior "
            "and its spread more than 0, and the centre null or 1 at least"
        )
    return found


def _local(stated: Mapping[str, Any]) -> LocalMatching:
    found = LocalMatching(weight=float(stated["weight"]), band=int(stated["band"]))
    if not 0 < found.weight <= 1 or found.band < 0 or found.band != stated["band"]:
        raise BadModel(
            f"the model matches local features with a weight of {stated['weight']!r} and a band of "
            f"{stated['band']!r}; the one is above 0 and at most 1, the other a number of steps"
        )
    return found


def _self_test(stated: Mapping[str, Any]) -> SelfTest:
    return SelfTest(
        recording=record(
            read_npy(base64.b64decode(stated["joints"])),
            resolve_layout(stated["layout"]),
            fps=stated["fps"],
            axes=stated["axes"],
        ),
        expected={
            name: np.asarray(stated[name], dtype=np.float32)
            for name in ("embedding", "cohort_mean", "cohort_std", "joint_importance")
            if name == "embedding" or name in stated
        },
        tolerance=float(stated["tolerance"]),
    )

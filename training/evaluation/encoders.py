"""Encoders to be measured: from a training run's checkpoint or from a model file."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import Clip, Layout, Prepared, prepare_persons, resolve_layout
from training.evaluation.gallery_scale import GalleryNorm, GalleryScores, Matrix
from training.evaluation.probability import Probability, StatesProbability

Floats = NDArray[np.float32]
Outputs = dict[str, Floats]

_BATCH = 64
#: The format of earlier files.
_EARLIER = "1"


class BadModelFile(ValueError):
    """A file that is no exported model of this project."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """A model reduced to what the protocol needs.

    `embed` takes `joints` `(N, T, M, V, 3)` and `seen` `(N, T, M, V)` and returns `embedding`
    `(N, D)` and, where the model has them, `cohort_mean` and `cohort_std` `(N,)`. `trained` names
    its training classes, `dataset/label name` (None: not known). `facts` go into the report.
    `probability` turns scores into probabilities, where the model states any; `thresholds` are
    by the share of strangers that they state to let pass, "0.1" for instance, and `threshold` is
    the one that decides. By `gallery` what is enrolled tells the scores, where the file says how;
    `centre` is what the mean of the base classes counts as where a gallery's is taken off. `parts`
    name the columns of the embedding that could match alone. `persons` is M.
    """

    layout: Layout
    frames: int
    embed: Callable[[Floats, Floats], Outputs]
    trained: tuple[str, ...] | None
    facts: Mapping[str, str]
    probability: StatesProbability | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    threshold: float | None = None
    gallery: GalleryNorm | None = None
    centre: float | None = None
    parts: Mapping[str, slice] = field(default_factory=dict)
    persons: int = 1

    def encode(self, clips: Iterable[Clip]) -> Outputs:
        """Return every output for n clips (an archive is such), in their order: float32 `(n, …)`.

        Raises `NothingToSee` for a clip without a joint that the model knows.
        """
        return self.encode_prepared(
            [prepare_persons(clip, self.layout, self.frames, self.persons) for clip in clips]
        )

    def encode_prepared(self, prepared: Sequence[Prepared]) -> Outputs:
        """Return every output for n clips that were prepared for this model."""
        parts: dict[str, list[Floats]] = {}
        for start in range(0, len(prepared), _BATCH):
            batch = prepared[start : start + _BATCH]
            joints = np.stack([one.joints for one in batch])
            seen = np.stack([one.seen for one in batch])
            for name, values in self.embed(joints, seen).items():
                parts.setdefault(name, []).append(values)
        return {name: np.concatenate(values) for name, values in parts.items()}

    def scores(
        self, queries: Mapping[str, Matrix], exemplars: Mapping[str, Matrix]
    ) -> GalleryScores:
        """Return the scores of all queries with all exemplars by these outputs, as the service
        computes them; a model without `cohort_mean` takes nothing off the cosine."""
        enrolled = exemplars["embedding"]
        between = enrolled @ enrolled.T
        return GalleryScores(
            cosine=between if queries is exemplars else queries["embedding"] @ enrolled.T,
            between=between,
            asked=queries.get("cohort_mean", np.zeros(len(queries["embedding"]))),
            enrolled=exemplars.get("cohort_mean", np.zeros(len(enrolled))),
            centre=self.centre,
            norm=self.gallery,
        )


def encoder_from_checkpoint(path: Path, device: str = "cpu") -> Encoder:
    """Load the skeleton branch of a run's checkpoint. Raises `BadCheckpoint`."""
    import torch

    from training.checkpoint import load

    trained, _ = load(path)
    branch = trained.branch().to(device)

    def embed(joints: Floats, seen: Floats) -> Outputs:
        with torch.no_grad():
            given = branch(torch.from_numpy(joints).to(device), torch.from_numpy(seen).to(device))
        return {name: tensor.float().cpu().numpy() for name, tensor in given._asdict().items()}

    return Encoder(
        layout=resolve_layout(trained.config.encoder.layout),
        frames=trained.config.encoder.input_frames,
        embed=embed,
        trained=trained.classes,
        facts={
            "checkpoint": str(path),
            "sha256": _sha256(path),
            "epoch": str(trained.epoch),
            "commit": trained.commit,
        },
        centre=trained.config.gallery.centre,
        parts=_parts(trained.config.model_dump()),
        persons=trained.config.encoder.persons,
    )


def encoder_from_model(path: Path) -> Encoder:
    """Load an exported model file; runs on the CPU by onnxruntime. Raises `BadModelFile`."""
    # onnxruntime reports its first event while it is imported.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    if not path.is_file():
        raise BadModelFile(f"{path} is not a file")
    options = onnxruntime.SessionOptions()
    options.enable_mem_reuse = False  # as in service/encoder.py, for a quick start
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        metadata = session.get_modelmeta().custom_metadata_map
        if metadata.get("oneshot.format") == _EARLIER:
            raise BadModelFile(
                f"{path} has format {_EARLIER}, which tells scores and probabilities as earlier "
                f"files did; write it anew with python -m model_export.recalibrate {path} -o NEW"
            )
        told = json.loads(metadata["oneshot.model"])
        layout = resolve_layout(told["layout"]["joints"])
        frames, persons = int(told["frames"]), int(told.get("persons", 1))
        classes = told.get("training", {}).get("classes")
        calibration = told["calibration"]
        stated = calibration["probability"]
        probability = Probability(**{name: float(value) for name, value in stated.items()})
        thresholds = {share: float(at) for share, at in calibration.get("thresholds", {}).items()}
        decides = calibration.get("threshold")
        gallery, centre = _gallery(told)
    except BadModelFile:
        raise
    except Exception as error:  # onnxruntime's own errors share no base
        raise BadModelFile(f"{path} is not a model file of this project: {error!r}") from error
    names = [output.name for output in session.get_outputs()]

    def embed(joints: Floats, seen: Floats) -> Outputs:
        given = session.run(names, {"joints": joints, "seen": seen})
        return {
            name: np.asarray(values, dtype=np.float32)
            for name, values in zip(names, given, strict=True)
        }

    return Encoder(
        layout=layout,
        frames=frames,
        embed=embed,
        trained=tuple(classes) if classes else None,
        facts={
            "model": str(path),
            "sha256": _sha256(path),
            "space": str(told.get("space", "")),
            "commit": str(told.get("commit", "")),
        },
        probability=probability.of_best,
        thresholds=thresholds,
        threshold=None if decides is None else float(decides),
        gallery=gallery,
        centre=centre,
        parts=_parts(told.get("config", {})),
        persons=persons,
    )


def _gallery(told: Mapping[str, Any]) -> tuple[GalleryNorm | None, float | None]:
    """How what is enrolled tells a file's scores; unknown formulas are refused."""
    formula = told.get("score", "mean-norm")
    if formula not in ("mean-norm", "gallery-scale"):
        raise ValueError(f"unknown score {formula!r}")
    if formula == "mean-norm":
        return None, None
    stated = dict(told["calibration"]["gallery"])
    centre = stated.pop("centre")
    norm = GalleryNorm(**{name: float(value) for name, value in stated.items()})
    return norm, None if centre is None else float(centre)


def _parts(config: Mapping[str, Any]) -> dict[str, slice]:
    """The encoder's features and the spectrum, where a configuration has both."""
    if not config.get("spectrum", {}).get("weight"):
        return {}
    width = config["encoder"]["segments"] * config["encoder"]["segment_width"]
    return {"graph features": slice(width), "spectrum": slice(width, None)}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

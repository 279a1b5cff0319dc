"""What a finished run is worth: its checkpoint on every set, episode by episode (ours)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton.whole_file import write_whole
from training import checkpoint
from training.ablation.evaluation_sets import EvaluationSet
from training.encoder import SkeletonBranch
from training.evaluation.encoders import encoder_from_checkpoint
from training.evaluation.evaluate import by_matrix, marked_clips
from training.evaluation.logistic import logistic, logistic_fit
from training.evaluation.methods import ENCODER, Method, alone, encoder_methods
from training.evaluation.metrics import answers
from training.evaluation.novelty import truly_novel
from training.evaluation.probability import StatesProbability
from training.evaluation.report import measured_from, plain
from training.evaluation.results import Measured

#: The whole embedding, by its score; the other parts match by their plain cosine.
WHOLE = "whole"
#: The same for every variant where no view of it is learned: it says nothing about one then.
_SPECTRUM = "spectrum"

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SetMeasurement:
    """One run on one set: `digest` of the episodes, truly novel classes (None: not known), figures
    by part."""

    digest: str
    novel: tuple[str, ...] | None
    parts: Mapping[str, Measured]


@dataclass(frozen=True)
class Measurement:
    """One run on all sets. `parameters` are those of the skeleton branch that is served;
    `checkpoint` is the SHA-256 of the file that was measured."""

    checkpoint: str
    commit: str
    parameters: int
    sets: Mapping[str, SetMeasurement]


def measure(path: Path, sets: Sequence[EvaluationSet]) -> Measurement:
    """Measure a checkpoint, whole and by its parts.

    A checkpoint states no probabilities. For its calibration error a logistic fit on the open-set
    answers of the classes kept out of training states them; on such a set the fit leaves out the
    set itself, and where no other is left there is no calibration error. Raises `BadCheckpoint`,
    `DataMissing`, `NothingToSee`.
    """
    trained, _ = checkpoint.load(path)
    encoder = encoder_from_checkpoint(path)
    learned = trained.config.spectrum.learned.share > 0
    names = {WHOLE: ENCODER} | {p: alone(p) for p in encoder.parts if learned or p != _SPECTRUM}
    methods = {one.name: {m.name: m for m in encoder_methods(one.archive, encoder)} for one in sets}
    found = {}
    for one in sets:
        novel = truly_novel(one.archive.name, one.archive.label_names, trained.classes)
        marked = marked_clips(one.archive, novel)
        parts = {}
        for part, name in names.items():
            stated = {of.name: methods[of.name][name] for of in sets}
            method = replace(stated[one.name], probability=_probability(one, sets, stated))
            parts[part] = by_matrix(method, one.archive, list(one.episodes), marked)
        found[one.name] = SetMeasurement(one.digest, novel, parts)
    return Measurement(
        checkpoint=hashlib.sha256(path.read_bytes()).hexdigest(),
        commit=trained.commit,
        parameters=_served_parameters(trained.branch()),
        sets=found,
    )


def _served_parameters(branch: SkeletonBranch) -> int:
    """The weights of the encoder, and those of the spectrum where it is part of the embedding."""
    served = [branch.encoder, branch.embedder.spectrum][: 1 + bool(branch.embedder.weight)]
    return sum(weights.numel() for module in served for weights in module.parameters())


def _probability(
    asked: EvaluationSet, sets: Sequence[EvaluationSet], methods: Mapping[str, Method]
) -> StatesProbability | None:
    best, right, weights = [], [], []
    for one in sets:
        if one.role == "kept out" and one.name != asked.name:
            similarity = methods[one.name].similarity
            given = [answers(similarity, one.archive.labels, e, half=True) for e in one.episodes]
            best.append(np.concatenate([answer.best for answer in given]))
            right.append(np.concatenate([answer.right for answer in given]))
            weights.append(np.full(len(best[-1]), 1 / len(best[-1])))
    if not best:
        return None
    score, truth, weight = (np.concatenate(values) for values in (best, right, weights))
    if truth.min() == truth.max():
        return None
    inputs = np.stack([score, np.ones_like(score)], axis=1)
    slope, intercept = logistic_fit(inputs, truth, weight / weight.sum())

    def probability(score: _Floats, behind: _Floats, strangers: float) -> _Floats:
        return logistic(slope * score + intercept)

    return probability


def write_measurement(path: Path, measurement: Measurement) -> None:
    """Write a measurement as JSON, whole or not at all."""
    content = json.dumps(plain(asdict(measurement)), indent=1, allow_nan=False)
    write_whole(path, content + "\n")


def read_measurement(path: Path) -> Measurement:
    """Read a measurement back."""
    tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    sets = {
        name: SetMeasurement(
            one["digest"],
            None if one["novel"] is None else tuple(one["novel"]),
            {part: measured_from(figures) for part, figures in one["parts"].items()},
        )
        for name, one in tree["sets"].items()
    }
    return Measurement(**{**tree, "sets": sets})

"""Methods that meet in an evaluation: each is a similarity of all pairs of a set's clips (ours)."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skeleton import Archive
from training.evaluation.distances import dtw, euclid
from training.evaluation.encoders import Encoder
from training.evaluation.features import floor_features
from training.evaluation.gallery_scale import GalleryScores, Matrix, Similarity
from training.evaluation.probability import StatesProbability

EUCLID = "Euclid"
DTW = "DTW"
SQUARED = "DTW, squared cost"
ENCODER = "encoder"
COSINE = "encoder, plain cosine"
SUM = "encoder + DTW (information)"


@dataclass(frozen=True, eq=False)
class Method:
    """A name and the similarities `(n, n)` it gives the n clips of a set, higher is nearer.

    `seconds` is what it took; `probability` turns similarities into probabilities, if it can.
    """

    name: str
    similarity: Similarity
    seconds: float
    probability: StatesProbability | None = None


def floor(archive: Archive) -> list[Method]:
    """Return the methods without any learning: Euclid, DTW, and DTW with squared costs.

    DTW is the published floor (a frame costs its Euclidean distance); with squared costs it is
    stronger.
    """
    features = floor_features(archive)
    return [
        _timed(EUCLID, lambda: -euclid(features)),
        _timed(DTW, lambda: -dtw(features, label=f"{archive.name} DTW")),
        _timed(SQUARED, lambda: -dtw(features, cost="squared", label=f"{archive.name} DTW²")),
    ]


def encoder_methods(archive: Archive, encoder: Encoder) -> list[Method]:
    """Return an encoder's score first, then its plain cosine and its parts alone."""
    begun = time.monotonic()
    outputs = encoder.encode(archive)
    score = encoder.scores(outputs, outputs)
    seconds = time.monotonic() - begun
    found = [Method(ENCODER, score, seconds, encoder.probability)]
    if "cohort_mean" in outputs:
        found.append(Method(COSINE, score.cosine, seconds))
    for name, columns in encoder.parts.items():
        part = _unit_rows(outputs["embedding"][:, columns])
        found.append(Method(alone(name), part @ part.T, seconds))
    return found


def alone(part: str) -> str:
    """Name the method that matches by one part of an encoder's embedding."""
    return f"encoder, {part} alone, plain cosine"


def summed(encoder: Method, warping: Method) -> Method:
    """Return the sum of an encoder's and time warping's similarities, each standardised over all
    pairs and told by no gallery. It shows what matching in time could still add; no service offers
    it."""
    ours, theirs = (_standardised(_plain(one.similarity)) for one in (encoder, warping))
    return Method(SUM, ours + theirs, encoder.seconds + warping.seconds)


def _plain(similarity: Similarity) -> Matrix:
    return similarity.plain if isinstance(similarity, GalleryScores) else similarity


def _unit_rows(rows: Matrix) -> Matrix:
    """Scale the rows of `(n, d)` to length 1."""
    scaled: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(min=1e-12)
    return scaled


def _standardised(similarity: Matrix) -> Matrix:
    pairs = similarity[~np.eye(len(similarity), dtype=np.bool_)]
    standard: Matrix = (similarity - pairs.mean()) / max(float(pairs.std()), 1e-12)
    return standard


def _timed(name: str, similarity: Callable[[], Matrix]) -> Method:
    begun = time.monotonic()
    return Method(name, similarity(), time.monotonic() - begun)

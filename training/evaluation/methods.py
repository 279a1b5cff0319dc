"""Methods that meet in an evaluation: each is a similarity of all pairs of a set's clips (ours)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive
from training.evaluation.distances import dtw, euclid
from training.evaluation.encoders import Encoder
from training.evaluation.features import floor_features
from training.evaluation.gallery_scale import GalleryScores, less_cohort

Matrix = NDArray[np.floating]
_Outputs = Mapping[str, Matrix]  # of an encoder, in any precision

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
    Where there is a `gallery`, what is enrolled tells the scores, and it has them.
    """

    name: str
    similarity: Matrix
    seconds: float
    probability: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None
    gallery: GalleryScores | None = None


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
    cosine = outputs["embedding"] @ outputs["embedding"].T
    score = normalised(cosine, outputs, outputs)
    seconds = time.monotonic() - begun
    gallery = encoder.gallery_scores(outputs, outputs)
    found = [Method(ENCODER, score, seconds, encoder.probability, gallery)]
    if score is not cosine:
        found.append(Method(COSINE, cosine, seconds))
    for name, columns in encoder.parts.items():
        part = _unit_rows(outputs["embedding"][:, columns])
        found.append(Method(alone(name), part @ part.T, seconds))
    return found


def alone(part: str) -> str:
    """Name the method that matches by one part of an encoder's embedding."""
    return f"encoder, {part} alone, plain cosine"


def summed(encoder: Method, warping: Method) -> Method:
    """Return the sum of an encoder's and time warping's similarities, each standardised over all
    pairs. It shows what matching in time could still add; no service offers it."""
    both = _standardised(encoder.similarity) + _standardised(warping.similarity)
    return Method(SUM, both, encoder.seconds + warping.seconds)


def normalised(cosine: Matrix, queries: _Outputs, exemplars: _Outputs) -> Matrix:
    """Return the score of all pairs before a gallery tells it: the cosine `(q, e)` less the mean of
    both clips' `cohort_mean`, `(q,)` and `(e,)`; the cosine itself where a model has none."""
    asked, enrolled = queries.get("cohort_mean"), exemplars.get("cohort_mean")
    if asked is None or enrolled is None:
        return cosine
    return less_cohort(cosine, asked, enrolled)


def scores(queries: _Outputs, exemplars: _Outputs) -> Matrix:
    """Return the score `(q, e)` of every query with every exemplar, before a gallery tells it."""
    return normalised(queries["embedding"] @ exemplars["embedding"].T, queries, exemplars)


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

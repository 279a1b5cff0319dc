"""Galleries that tell scores: enrolled by the recogniser, or as the evaluation measures them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from service.encoder import Encoder
from service.gallery_scale import (
    ONE_CLIP,
    Centre,
    Nearness,
    asked_of,
    centre_of,
    movements,
    nearness,
)
from service.model_file import GalleryNorm
from service.recogniser import Recogniser
from service.store import open_store
from skeleton import Recording, record
from skeleton.animator import animate
from training.evaluation import gallery_scale as measured

ACTIONS = ("wave", "squat", "kick", "bow", "clap")
NORM = GalleryNorm(
    prior=-0.2, prior_spread=0.0, spread=0.1, worth=5.0, spread_worth=3.0, centre=None
)


def recogniser_of(model: Path, store: Path) -> Recogniser:
    return Recogniser(Encoder(model, provider="cpu"), open_store(f"sqlite:///{store}"))


def performed(action: str, seed: int) -> Recording:
    clip = animate(action, seed=seed)
    return record(clip.joints, clip.layout, fps=clip.fps, axes="x,y,z")


def enroll(recogniser: Recogniser, count: int) -> None:
    """The first so many of `ACTIONS`."""
    for action in ACTIONS[:count]:
        recogniser.enroll("default", action, performed(action, seed=1))


def nearness_of(embeddings: np.ndarray, actions: list[int]) -> Nearness:
    """Of exemplars that have nothing with the base classes."""
    means = np.zeros(len(embeddings), dtype=np.float32)
    numbers = np.array(actions, dtype=np.intp)
    return nearness(asked_of(embeddings, numbers), means, numbers)


def centred_by(embeddings: np.ndarray, actions: np.ndarray, worth: float) -> Centre:
    shares = movements(asked_of(embeddings, actions), ONE_CLIP).shares
    return centre_of(embeddings, actions, shares, worth)


def measured_scores(
    embeddings: np.ndarray,
    means: np.ndarray,
    centre: float | None,
    norm: measured.GalleryNorm | None,
) -> measured.GalleryScores:
    """As the evaluation has them, of every clip with every one."""
    cosine = embeddings @ embeddings.T
    return measured.GalleryScores(cosine, cosine, means, means, centre, norm)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

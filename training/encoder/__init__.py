"""The skeleton encoder: body frame, streams, graph blocks, JID, projection, and the spectrum."""

from training.encoder.encoder import Encoder, Features
from training.encoder.skeleton_branch import (
    BranchOutput,
    Embedder,
    ImportanceOutput,
    SkeletonBranch,
)
from training.encoder.spectrum import Spectrum

__all__ = [
    "BranchOutput",
    "Embedder",
    "Encoder",
    "Features",
    "ImportanceOutput",
    "SkeletonBranch",
    "Spectrum",
]

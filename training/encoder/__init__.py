"""The skeleton encoder: body frame, streams, graph blocks, projection, and the spectrum."""

from training.encoder.encoder import Encoder
from training.encoder.skeleton_branch import BranchOutput, Embedder, SkeletonBranch
from training.encoder.spectrum import Spectrum

__all__ = ["BranchOutput", "Embedder", "Encoder", "SkeletonBranch", "Spectrum"]

"""The skeleton encoder: body frame, streams, graph blocks, projection."""

from training.encoder.encoder import Encoder
from training.encoder.skeleton_branch import SkeletonBranch

__all__ = ["Encoder", "SkeletonBranch"]

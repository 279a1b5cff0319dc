"""Joint Importance Determination, JID: which joints matter in this clip [N].

From the skeleton alone: part of the exported model, and its importance an answer to look at [N].
"""

import torch
from torch import Tensor, nn

from training.config import ImportanceConfig

#: Joints that were seen are ahead of the others by this much, whose share is then exactly 0.
_AHEAD = 200.0


class JointImportance(nn.Module):
    """`forward(x (N, C, T, V), seen (N, T', V, 1))` → `k_out` `(N, V)`, which sums to 1.

    The mean over time, two linear layers for every joint with an activation between, a softmax
    over the joints [N]. The paper's overhead fits a hidden width of 1024; 128 does for less than
    3 % [R]. A joint that was never seen gets none, and all the same where nothing was (ours).
    """

    def __init__(self, channels: int, config: ImportanceConfig) -> None:
        super().__init__()
        self.halfway = config.factor == "half"
        # Of joints in columns, a convolution over one joint is a linear layer, and runs faster.
        self.before = nn.Conv1d(channels, config.width, 1)
        self.relu = nn.ReLU()
        self.after = nn.Conv1d(config.width, 1, 1, bias=False)  # a softmax has no use for one
        # All joints alike at the start: the encoder begins as the plain one (ours).
        nn.init.zeros_(self.after.weight)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        frames, joints = x.shape[2:]
        # The mean over time, as pooling: the runtime's layout of the blocks stays as it is, and
        # half of the time that this module takes is saved.
        mean = nn.functional.avg_pool2d(x, (frames, 1)).squeeze(2)  # (N, C, V)
        logits = self.after(self.relu(self.before(mean)))  # (N, 1, V)
        ever = seen.amax(dim=1)  # (N, V, 1)
        logits = logits.float().reshape(-1, joints) + _AHEAD * ever.reshape(-1, joints)
        return torch.softmax(logits, dim=1)

    def factor(self, importance: Tensor) -> Tensor:
        """What later blocks multiply by, `(N, 1, 1, V)`: a softmax averages 1 / V, so V · k_out,
        of mean 1, or halfway from there to 1, `(1 + V · k_out) / 2` [R]."""
        joints = importance.shape[1]
        weight = 0.5 + (0.5 * joints) * importance if self.halfway else joints * importance
        return weight.reshape(-1, 1, 1, joints)

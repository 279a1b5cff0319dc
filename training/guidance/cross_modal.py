"""Local to global: the cross-modal branch, training only [N].

The joints' sentences ask the joints' features; what they gather goes into the classifier of the
skeleton branch. The branch knows the text of the true class. So that the class cannot be read off
the text, which would teach the encoder nothing, text is only ever a query: the values are the
skeleton's, and no way round carries text into what is pooled [R]. What the pattern of attention
still betrays is for the share of other texts (`Guidance`) and the leak test (`leak.py`).
"""

import torch
from torch import Tensor, nn

from training.config import CrossModalConfig
from training.guidance.attention import Attention


class CrossModalBlock(nn.Module):
    """`forward(text (N, V, d), gathered (N, V, d), key (N, V, d), value (N, V, d))` → text and
    gathered anew.

    Text self-attention; cross-attention with query = text, key and value = skeleton; addition and
    an MLP [N]. The addition is to what was gathered, not to the text [R].
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.text_norm, self.query_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.among_text = Attention(width, heads)
        self.across = Attention(width, heads)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(
        self, text: Tensor, gathered: Tensor, key: Tensor, value: Tensor
    ) -> tuple[Tensor, Tensor]:
        said = self.text_norm(text)
        text = text + self.among_text(said, said, said)
        query = self.query_norm(text + gathered)
        gathered = gathered + self.across(query, key, value)
        return text, gathered + self.mlp(gathered)


class CrossModalBranch(nn.Module):
    """`forward(text (N, V, D_text), joints (N, V, C))` → `(N, D)`, for the classifier that takes
    the encoder's `(N, D)` too.

    `text` are the sentences' embeddings, `joints` the last block's features averaged over time.
    Number of blocks, heads and width are not known of the paper [R]. A learned vector for each
    joint tells queries and keys, never values, whose they are: a sentence does not (ours).
    """

    def __init__(
        self, joints: int, text_width: int, channels: int, out: int, config: CrossModalConfig
    ) -> None:
        super().__init__()
        width = config.width
        self.of_text = nn.Linear(text_width, width)
        self.of_joints = nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, width))
        self.whose = nn.Parameter(torch.randn(joints, width) * 0.02)
        self.blocks = nn.ModuleList(
            CrossModalBlock(width, config.heads) for _ in range(config.blocks)
        )
        self.pooled = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, out))

    def forward(self, text: Tensor, joints: Tensor) -> Tensor:
        value = self.of_joints(joints)  # (N, V, d)
        key = value + self.whose
        text = self.of_text(text) + self.whose
        gathered = torch.zeros_like(value)
        for block in self.blocks:
            text, gathered = block(text, gathered, key, value)
        out: Tensor = self.pooled(gathered.mean(dim=1))
        return out

"""Time: several views of it side by side, `(N, C, T, V)` → `(N, C, T / stride, V)`."""

import torch
from torch import Tensor, nn

from training.encoder.thinned import ThinnedConvolution


class TemporalBranches(nn.Module):
    """Convolutions over 3 frames at several dilations, a maximum over 3, and the frame itself,
    then merged (as in ST-GCN++, whose dilations are 1 to 4)."""

    def __init__(self, channels: int, stride: int, dilations: tuple[int, ...] = (1, 2, 4)) -> None:
        super().__init__()
        width = max(channels // (len(dilations) + 2), 1)
        branches: list[nn.Module] = [
            self._convolution(channels, width, stride, d) for d in dilations
        ]
        branches.append(
            nn.Sequential(
                nn.Conv2d(channels, width, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d((3, 1), (stride, 1), (1, 0)),
            )
        )
        rest = channels - width * (len(dilations) + 1)
        branches.append(ThinnedConvolution(channels, rest, stride))
        self.branches = nn.ModuleList(branches)
        self.merge = nn.Sequential(
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    @staticmethod
    def _convolution(channels: int, width: int, stride: int, dilation: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, (3, 1), (stride, 1), (dilation, 0), (dilation, 1), bias=False),
        )

    def views(self, x: Tensor) -> Tensor:
        """All branches' views, side by side."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.merge(self.views(x))
        return out


class TemporalScales(nn.Module):
    """Convolutions over 5 frames at dilations 1 and 2, a maximum over 3, and the frame itself,
    side by side and not merged (as in CTR-GCN; InfoGCN and HD-GCN took it over)."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        width = max(channels // 4, 1)
        self.branches = nn.ModuleList(
            [
                *(self._convolution(channels, width, stride, dilation) for dilation in (1, 2)),
                nn.Sequential(
                    *self._narrowed(channels, width),
                    nn.MaxPool2d((3, 1), (stride, 1), (1, 0)),
                    nn.BatchNorm2d(width),
                ),
                nn.Sequential(
                    ThinnedConvolution(channels, channels - 3 * width, stride),
                    nn.BatchNorm2d(channels - 3 * width),
                ),
            ]
        )

    @classmethod
    def _convolution(cls, channels: int, width: int, stride: int, dilation: int) -> nn.Sequential:
        around = (2 * dilation, 0)
        return nn.Sequential(
            *cls._narrowed(channels, width),
            nn.Conv2d(width, width, (5, 1), (stride, 1), around, (dilation, 1), bias=False),
            nn.BatchNorm2d(width),
        )

    @staticmethod
    def _narrowed(channels: int, width: int) -> tuple[nn.Module, ...]:
        return nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)

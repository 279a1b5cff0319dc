"""Thinned: a convolution over single points, at every few frames (ours)."""

from torch import Tensor, nn
from torch.nn import functional

#: Of fewer channels, with a stride and the channels last, oneDNN writes beyond its memory in the
#: backward pass: in several threads, on processors with AVX-512 (3.12, in torch 2.13).
_FEWEST = 16


class ThinnedConvolution(nn.Conv2d):
    """A convolution of 1 × 1 with a stride in time: `(N, C, T, V)` → `(N, C', T / stride, V)`.

    In training, of few channels, the frames are picked before it, which comes to the same.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__(in_channels, out_channels, 1, (stride, 1), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        stride = self.stride[0]
        if self.training and stride > 1 and self.in_channels < _FEWEST:
            return functional.conv2d(x[:, :, ::stride], self.weight)
        return super().forward(x)

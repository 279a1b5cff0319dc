"""Convolutions that pick frames."""

import subprocess
import sys

import pytest
import torch

from tests.warm_process import ROOT
from training.encoder.thinned import ThinnedConvolution

#: Nine clips among two threads, as an encoder is trained whose first block has a stride of 2.
_STEPS = """
import torch
from training.encoder.thinned import ThinnedConvolution

torch.set_num_threads(2)
layers = [ThinnedConvolution(c, 9, 2).to(memory_format=torch.channels_last) for c in range(1, 16)]
for _ in range(20):
    for layer in layers:
        x = torch.randn(9, layer.in_channels, 8, 16).to(memory_format=torch.channels_last)
        layer(x).square().sum().backward()
"""


def test_few_channels_are_trained_in_several_threads() -> None:
    done = subprocess.run([sys.executable, "-c", _STEPS], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("channels", [9, 16])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_in_training_the_same_comes_out_as_afterwards(channels: int, stride: int) -> None:
    torch.manual_seed(0)
    layer = ThinnedConvolution(channels, 5, stride)
    x = torch.randn(2, channels, 7, 4)
    assert torch.allclose(layer.train()(x), layer.eval()(x), atol=1e-6)
    assert layer(x).shape == (2, 5, -(-7 // stride), 4)

"""Families of encoders: each is a way to make the blocks, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import nn

from skeleton import Layout
from training.config import EncoderConfig, Family
from training.encoder.block import Shape
from training.encoder.blocks import (
    compact,
    ctr_gcn,
    dg_stgcn,
    hd_gcn,
    infogcn,
    stgcn_pp,
    transformer,
)

#: A block of a family, of (layout, shape, subsets). What `subsets` counts is the family's own
#: matter. Each has `forward` and `topology` as `Block` has them.
MakeBlock = Callable[[Layout, Shape, int], nn.Module]

FAMILIES: Mapping[Family, MakeBlock] = MappingProxyType(
    {
        "compact": compact.block,
        "stgcn_pp": stgcn_pp.block,
        "dg_stgcn": dg_stgcn.block,
        "ctr_gcn": ctr_gcn.block,
        "infogcn": infogcn.block,
        "hd_gcn": hd_gcn.block,
        "transformer": transformer.block,
    }
)


def make_blocks(layout: Layout, config: EncoderConfig, in_channels: int) -> nn.ModuleList:
    """The blocks of an encoder that sees `in_channels` of every joint and frame."""
    make = FAMILIES[config.family]
    blocks, frames = nn.ModuleList(), config.frames
    for channels, stride in zip(config.channels, config.strides, strict=True):
        shape = Shape(in_channels, channels, stride, frames, first=not len(blocks))
        blocks.append(make(layout, shape, config.subsets))
        in_channels, frames = channels, -(-frames // stride)
    return blocks

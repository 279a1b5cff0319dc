"""Layouts and clips as hypothesis draws them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from skeleton import LAYOUTS, Layout, custom_layout
from skeleton.joint_names import BODY, mirrored

Joints = NDArray[np.float32]

others = st.integers(0, 9).map(lambda number: f"other:Prop_{number}")
built_in = st.sampled_from(list(LAYOUTS.values()))


@st.composite
def custom(draw: st.DrawFn, *, having: tuple[str, ...] = (), paired: bool = False) -> Layout:
    """Any joints in any order, `having` among them; `paired`: with their mirror images."""
    names = set(having) | set(draw(st.lists(st.sampled_from(list(BODY)), min_size=1, unique=True)))
    names |= {mirrored(name) for name in names} if paired else set()
    names |= set(draw(st.lists(others, max_size=2)))
    return custom_layout(draw(st.permutations(sorted(names))))


layouts = built_in | custom()
paired_layouts = built_in | custom(paired=True)


@st.composite
def clips(draw: st.DrawFn, layout: Layout, *, unseen: bool = True) -> Joints:
    """`(T, V, 3)` in eighths of a metre, so that sums are exact; NaN where unseen."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    joints = chance.integers(-16, 17, size=(3, len(layout), 3)).astype(np.float32) / 8
    if unseen:
        joints[chance.random(joints.shape[:2]) < draw(st.sampled_from((0.0, 0.2, 0.7)))] = np.nan
    return joints

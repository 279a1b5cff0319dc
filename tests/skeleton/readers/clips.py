"""Raw joints of every shape a clip may have, for hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

CLIPS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.just(3))
    | st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 3), st.just(3)),
    elements=st.floats(-1000, 1000, width=32),
)

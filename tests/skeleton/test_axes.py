"""Axes: where the data keeps x, y and z."""

import numpy as np
import pytest

from skeleton import LAYOUTS, parse_axes, record
from skeleton.errors import UnknownAxes

POINT = np.array([[1.0, 2.0, 3.0]], dtype=np.float32)


@pytest.mark.parametrize(
    ("axes", "turned"),
    [
        ("x,y,z", [1, 2, 3]),
        ("x,-y,-z", [1, -2, -3]),
        ("x,z,-y", [1, 3, -2]),
        ("-x,y,z", [-1, 2, 3]),
        (" X , +Y , -Z ", [1, 2, -3]),
        ("z,x,y", [3, 1, 2]),
    ],
)
def test_axes_say_which_column_is_which_and_its_sign(axes: str, turned: list[float]) -> None:
    assert parse_axes(axes).apply(POINT).tolist() == [turned]


@pytest.mark.parametrize(
    "axes",
    ["", "x", "x,y", "x,y,y", "x,y,z,x", "a,b,c", "--x,y,z", "+-x,y,z", "x y z", "x,y,zz", ","],
)
def test_axes_that_make_no_sense_are_refused(axes: str) -> None:
    with pytest.raises(UnknownAxes, match="x, y and z"):
        parse_axes(axes)


def test_each_layout_has_its_sources_axes_unless_told_otherwise() -> None:
    joints = np.random.default_rng(0).normal(size=(4, 33, 3)).astype(np.float32)
    assert LAYOUTS["mediapipe"].axes == "x,-y,-z"
    told = record(joints, LAYOUTS["mediapipe"], axes="x,y,z").clip().joints[:, 0]
    own = record(joints, LAYOUTS["mediapipe"]).clip().joints[:, 0]
    assert np.array_equal(told, joints)
    assert np.array_equal(own, joints * [1, -1, -1])


def test_empty_axes_are_not_the_layouts_own() -> None:
    joints = np.ones((4, 33, 3), dtype=np.float32)
    with pytest.raises(UnknownAxes):
        record(joints, LAYOUTS["mediapipe"], axes="")

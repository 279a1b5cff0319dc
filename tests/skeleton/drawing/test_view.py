"""Views: bodies are turned to the viewer, the moments shown are those where most is seen."""

import numpy as np
import pytest

from skeleton import LAYOUTS
from skeleton.animator import animate
from skeleton.drawing.view import heading, moments, mover, tilted, turned

LAYOUT = LAYOUTS["kinect_v2"]


@pytest.mark.parametrize("yaw", [-150, -60, 0, 45, 90, 170])
def test_a_body_turned_back_by_its_heading_faces_the_viewer(yaw: float) -> None:
    points = animate("squat", yaw=yaw).joints[:, 0].astype(float)
    back = turned(points, -heading(points, LAYOUT))
    assert heading(back, LAYOUT) == pytest.approx(0, abs=1e-6)
    across = back[:, LAYOUT.index["left_shoulder"]] - back[:, LAYOUT.index["right_shoulder"]]
    assert across[:, 0].mean() > 0.2


def test_a_body_without_shoulders_and_hips_has_no_heading() -> None:
    assert heading(np.full((3, 25, 3), np.nan), LAYOUT) == 0.0


def test_turning_and_tilting_keep_every_length() -> None:
    points = np.random.default_rng(0).normal(size=(5, 3))
    seen = tilted(turned(points, 33), 12)
    np.testing.assert_allclose(np.linalg.norm(seen, axis=1), np.linalg.norm(points, axis=1))


def test_what_lies_nearer_to_a_viewer_who_looks_down_is_seen_lower() -> None:
    near, far = tilted(np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]), 10)
    assert near[1] < far[1]


def test_the_mover_is_the_hand_that_waves() -> None:
    points = animate("wave").joints[:, 0].astype(float)
    assert mover(points, LAYOUT) == "right_wrist"
    assert mover(points[:1], LAYOUT) is None


def test_moments_are_those_near_even_ones_where_most_is_seen() -> None:
    seen = np.zeros(31, dtype=np.intp)
    seen[[1, 14, 29]] = 5
    assert list(moments(seen, 3)) == [1, 14, 29]
    assert list(moments(np.zeros(2, dtype=np.intp), 6)) == [0, 1]


def test_where_few_moments_fit_the_middle_is_among_them() -> None:
    seen = np.ones(31, dtype=np.intp)
    assert list(moments(seen, 1)) == [15]
    assert list(moments(seen, 2)) == [0, 15]
    assert list(moments(seen[:1], 1)) == list(moments(seen[:1], 2)) == [0]

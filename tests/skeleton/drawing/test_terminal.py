"""Drawings in a terminal: they fit, and show left and right."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeleton import LAYOUTS, Recording, record
from skeleton.drawing import draw_terminal
from tests.skeleton.drawing.performances import performed

BODY16 = LAYOUTS["body16"]
_CODE = re.compile(r"\x1b\[\d*m")
_LEFT, _RIGHT, _MAGENTA = "\x1b[36m", "\x1b[33m", "\x1b[35m"


def drawn(recording: Recording, width: int = 100, height: int = 18, colour: bool = False) -> str:
    return draw_terminal(recording, BODY16, 32, width=width, height=height, colour=colour)


def dots(text: str) -> int:
    return sum(0x2800 < ord(letter) <= 0x28FF for letter in text)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_drawn(layout: str) -> None:
    assert dots(drawn(performed("squat", layout=layout))) > 150


@pytest.mark.parametrize("width", [1, 7, 40, 80, 120])
@pytest.mark.parametrize("height", [1, 3, 4, 12, 40])
@pytest.mark.parametrize("colour", [False, True])
def test_it_fits(width: int, height: int, colour: bool) -> None:
    lines = _CODE.sub("", drawn(performed(), width, height, colour)).split("\n")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_without_colour_there_is_no_code() -> None:
    assert "\x1b" not in drawn(performed())


def test_with_colour_the_left_side_and_the_right_side_differ() -> None:
    text = drawn(performed(), 60, colour=True)
    assert text.count(_LEFT) > 5
    assert text.count(_RIGHT) > 5
    assert all(line.count("\x1b[0m") >= bool(_CODE.search(line)) for line in text.split("\n"))
    plain = [line.rstrip() for line in _CODE.sub("", text).split("\n")]
    assert plain == drawn(performed(), 60).split("\n")


def test_several_moments_stand_over_their_times() -> None:
    recording = performed("squat")
    times = [float(time) for time in re.findall(r"(\d+\.\d\d)s", drawn(recording, 60))]
    assert len(times) >= 2
    assert times == sorted(times)
    assert times[-1] <= len(recording.joints) / 30


def test_both_views_stand_side_by_side_where_there_is_room() -> None:
    title = drawn(performed(), 100).split("\n")[0]
    assert "as received: x right, y up, z to you" in title
    assert "as the model sees it" in title
    assert "as the model sees it" not in drawn(performed(), 60)


def test_a_body_that_lies_is_drawn_lying() -> None:
    clip = performed("squat", yaw=90)
    start = record(clip.joints[:1], clip.layout)
    lying = start.joints[..., [1, 0, 2]] * np.array([1, -1, 1], dtype=np.float32)
    standing = [line for line in drawn(start, 60).split("\n")[1:-2] if dots(line)]
    flat = [line for line in drawn(record(lying, clip.layout), 60).split("\n")[1:-2] if dots(line)]
    assert len(flat) < 0.5 * len(standing)


def test_what_the_model_refuses_is_drawn_as_received() -> None:
    flat = performed().joints * np.array([1, 1, 0], dtype=np.float32)
    text = drawn(record(flat, LAYOUTS["kinect_v2"], fps=30))
    assert dots(text) > 100
    assert "as the model sees it" not in text


def test_a_clip_with_nothing_to_see_says_so() -> None:
    nothing = record(np.full((9, 25, 3), np.nan), LAYOUTS["kinect_v2"])
    assert "no joint was seen" in drawn(nothing)
    assert len(drawn(nothing, 9, 1)) <= 9


WEIGHTS = np.array([0.3 if joint == "left_wrist" else 0.02 for joint in BODY16.joints])


@pytest.mark.parametrize("width", [1, 40, 72, 100])
@pytest.mark.parametrize("height", [1, 4, 5, 18])
@pytest.mark.parametrize("colour", [False, True])
def test_it_fits_with_importance_too(width: int, height: int, colour: bool) -> None:
    text = draw_terminal(
        performed(), BODY16, 32, width=width, height=height, colour=colour, importance=WEIGHTS
    )
    lines = _CODE.sub("", text).split("\n")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_what_matters_most_is_named_and_magenta() -> None:
    def shown(colour: bool) -> list[str]:
        drawing = draw_terminal(
            performed("squat"), BODY16, 32, width=100, height=18, colour=colour, importance=WEIGHTS
        )
        return drawing.split("\n")

    plain, coloured = shown(False), shown(True)
    assert plain[-1].startswith("matter most: left wrist 0.30, ")
    assert "\x1b" not in "".join(plain)
    assert _CODE.sub("", coloured[-1]).startswith("matter most (magenta): left wrist 0.30, ")
    assert sum(_MAGENTA in line for line in coloured[:-1]) >= 1
    # As received the sides are told apart as ever.
    assert any(_LEFT in line for line in coloured)
    assert _MAGENTA not in drawn(performed("squat"), colour=True)


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    unit=st.sampled_from([1e-12, 1.0, 1e5]),
    missing=st.sampled_from([0.0, 0.5, 0.98]),
    width=st.integers(1, 130),
    height=st.integers(1, 30),
)
def test_drawing_never_fails_whatever_was_recorded(
    seed: int, unit: float, missing: float, width: int, height: int
) -> None:
    draw = np.random.default_rng(seed)
    shape = (draw.integers(1, 9), draw.integers(1, 4), 16)
    joints = draw.normal(size=(*shape, 3)) * unit
    joints[draw.random(shape) < missing] = np.nan
    lines = drawn(record(joints, BODY16), width, height).split("\n")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width

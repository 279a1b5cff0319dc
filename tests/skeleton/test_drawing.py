"""Drawings: valid SVG that shows what was seen, and the picture that shows a real answer."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from skeleton import LAYOUTS, Clip
from skeleton.animator import animate
from skeleton.animator.examples import ENROLLED, RECOGNIZED
from skeleton.drawing import draw_strip, strip_of
from skeleton.errors import NothingToSee
from skeleton.picture import main, picture
from skeleton.svg import Palette

SVG = "{http://www.w3.org/2000/svg}"
LOOK = Palette()


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.get("class") == name]


def strokes(root: ElementTree.Element, colour: str) -> int:
    return sum(
        line.get("stroke") == colour
        for pose in of_class(root, "pose")
        for line in pose.iter(f"{SVG}line")
    )


def without(clip: Clip, *names: str) -> Clip:
    joints = clip.joints.copy()
    for name in names:
        joints[:, :, clip.layout.index[name]] = np.nan
    return Clip(joints, clip.layout, clip.fps)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_drawn(layout: str) -> None:
    root = parsed(draw_strip(animate("squat", layout=layout), poses=4))
    poses = of_class(root, "pose")
    assert len(poses) == 4
    assert all(len(list(pose)) > 8 for pose in poses)
    assert strokes(root, LOOK.left) == strokes(root, LOOK.right) > 0


def test_a_title_is_written_as_it_is() -> None:
    root = parsed(draw_strip(animate("wave"), title='<wave> & "more"'))
    assert '<wave> & "more"' in [element.text for element in root.iter(f"{SVG}text")]


def test_an_unseen_joint_and_what_hangs_on_it_are_left_out() -> None:
    clip = animate("squat")
    whole = parsed(draw_strip(clip, poses=3))
    halved = parsed(draw_strip(without(clip, "left_knee", "left_ankle", "left_foot"), poses=3))
    assert strokes(halved, LOOK.left) == strokes(whole, LOOK.left) - 9
    assert strokes(halved, LOOK.right) == strokes(whole, LOOK.right)
    headless = parsed(draw_strip(without(clip, "head", "neck_top"), poses=3))
    assert len(list(headless.iter(f"{SVG}circle"))) == 0
    assert "nan" not in draw_strip(animate("wave", missing=0.5, seed=1))


def test_a_clip_without_a_seen_joint_cannot_be_drawn() -> None:
    with pytest.raises(NothingToSee):
        draw_strip(animate("wave", missing=1.0))


def test_the_hand_that_moves_leaves_a_trail_in_its_colour() -> None:
    right = of_class(parsed(draw_strip(animate("wave"))), "trail")
    left = of_class(parsed(draw_strip(animate("wave_left"))), "trail")
    assert {trail.get("stroke") for trail in right} == {LOOK.right}
    assert {trail.get("stroke") for trail in left} == {LOOK.left}


def test_a_strip_faces_the_viewer_whatever_the_camera_saw() -> None:
    front = strip_of(animate("squat", seed=3), 5)
    behind = strip_of(animate("squat", seed=3, yaw=170, distance=5), 5)
    np.testing.assert_allclose(front.points, behind.points, atol=1e-3)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_clip_shorter_than_the_strip_is_drawn_frame_by_frame(frames: int) -> None:
    clip = animate("wave")
    short = Clip(clip.joints[:frames], clip.layout, clip.fps)
    assert len(of_class(parsed(draw_strip(short, poses=6)), "pose")) == frames


def test_drawing_twice_gives_the_same_text() -> None:
    assert draw_strip(animate("kick", seed=2)) == draw_strip(animate("kick", seed=2))


ANSWER: dict[str, Any] = {
    "decision": "match",
    "action": "wave",
    "probability": 0.93,
    "matches": [
        {"action": "wave", "probability": 0.93},
        {"action": "throw", "probability": 0.21},
        {"action": "sit_down", "probability": 0.0},
    ],
}


def test_the_picture_shows_the_answers_own_numbers() -> None:
    root = parsed(picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), ANSWER))
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert [w for w in ("0.93", "0.21", "0.00", "throw", "sit down", "match") if w in words] == [
        "0.93", "0.21", "0.00", "throw", "sit down", "match"
    ]  # fmt: skip
    widths = [float(bar.get("width", "0")) for bar in of_class(root, "bar")]
    assert widths[0] / widths[1] == pytest.approx(0.93 / 0.21, rel=0.01)
    assert "0.93" in root.get("aria-label", "")


def test_the_picture_of_an_unknown_action_says_unknown() -> None:
    unknown = ANSWER | {"decision": "unknown", "action": None}
    words = [
        element.text
        for element in parsed(picture(ENROLLED[0].clip(), RECOGNIZED[-1].clip(), unknown)).iter()
    ]
    assert "unknown" in words


def test_the_picture_without_an_answer_has_no_bars() -> None:
    assert not of_class(parsed(picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), None)), "bar")


def test_the_picture_is_drawn_from_the_files_of_an_exchange(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(ANSWER), encoding="utf-8")
    examples = Path(__file__).parents[2] / "examples"
    enrolled, query = examples / "enroll/wave.json", examples / "recognize/wave.json"
    main([str(enrolled), str(query), str(answer), "-o", str(tmp_path / "picture.svg")])
    drawn = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert drawn == picture(ENROLLED[0].clip(), RECOGNIZED[0].clip(), ANSWER)

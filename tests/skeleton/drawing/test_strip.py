"""Strips: valid SVG that shows what was seen."""

from xml.etree import ElementTree

import numpy as np
import pytest

from skeleton import LAYOUTS, Clip
from skeleton.animator import animate
from skeleton.drawing.colours import Palette
from skeleton.drawing.importance import Importance
from skeleton.drawing.pose import DRAWN, draw_pose
from skeleton.drawing.strip import draw_strip, strip_of
from skeleton.errors import NothingToSee
from tests.skeleton.drawing.svg_elements import SVG, of_class, parsed

LOOK = Palette()


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


def test_with_importance_no_mark_floats_where_its_bone_was_not_seen() -> None:
    importance = Importance(np.full(len(DRAWN), 1 / len(DRAWN)), DRAWN)

    def marks(clip: Clip) -> int:
        strip = strip_of(clip, 3)
        pose = strip.points[strip.moments[0]]
        return draw_pose(pose, strip.height, 0, 0, 100, LOOK, importance).count("<circle")

    clip = animate("squat", layout="openni")  # no hand beside the wrist, no foot beside the ankle
    assert marks(without(clip, "left_elbow")) < marks(clip) - 1

"""Flat data: points of a picture are refused whatever they are called, and no body in a room is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from skeleton import LAYOUTS, Layout, UnusableClip, custom_layout, record
from skeleton.animator import ACTIONS, animate
from skeleton.errors import FlatData
from tests.skeleton.readers.pose_files import world

Points = NDArray[np.float64]  # (T, V, 3)
MEDIAPIPE = LAYOUTS["mediapipe"]
IMAGE = r"image landmarks .*save the world landmarks"
OWN = custom_layout(["head", "neck", "left_wrist", "right_wrist", "left_ankle", "right_ankle"])


def is_refused(points: Points, layout: Layout, axes: str | None = None) -> bool:
    try:
        record(points, layout, fps=30, axes=axes).clip()
    except UnusableClip:
        return True
    return False


def body(layout: Layout, action: str = "wave") -> Points:
    """A person `(T, V, 3)` in metres on the floor, in the project's axes."""
    return animate(action, layout=layout).joints[:, 0].astype(np.float64)


def on_a_picture(joints: Points) -> Points:
    """The place of every joint on a picture of 1 by 1, y down, and z from the hips."""
    middle = (joints.max(axis=(0, 1)) + joints.min(axis=(0, 1))) / 2
    return (joints - middle) * (0.4, -0.4, -0.4) + (0.5, 0.5, 0)


def with_confidences(points: Points) -> Points:
    confidences = np.random.default_rng(0).uniform(0.3, 1, points.shape[:2])
    return np.concatenate([points[..., :2], confidences[..., None]], axis=-1)


def image_landmarks() -> Points:
    """MediaPipe's own: on a picture, with the hips in the middle of all depths."""
    points = on_a_picture(body(MEDIAPIPE))
    points[..., 2] -= points[:, 23:25, 2].mean(axis=1, keepdims=True)
    return points


@pytest.mark.parametrize("layout", [*LAYOUTS.values(), OWN], ids=lambda layout: layout.name)
def test_pixels_with_a_confidence_are_two_dimensional_data_in_any_layout(layout: Layout) -> None:
    points = with_confidences(on_a_picture(body(layout)) * (640, 480, 1))
    points[2, 3] = np.nan
    points[3, 1] = 0
    with pytest.raises(FlatData, match="as a confidence does, and x and y are pixels"):
        record(points, layout).clip()


@pytest.mark.parametrize("layout", ["coco", "openpose18", "openpose25", "mediapipe"])
@pytest.mark.parametrize("scale", [1, 2])
def test_places_around_the_middle_of_a_picture_are_two_dimensional_data(
    layout: str, scale: float
) -> None:
    centred = (on_a_picture(body(LAYOUTS[layout])) - (0.5, 0.5, 0)) * (scale, scale, 1)
    points = with_confidences(centred)
    points[1, 3] = 0
    with pytest.raises(FlatData, match="x and y are parts of a picture"):
        record(points, LAYOUTS[layout]).clip()


def test_a_clip_of_training_may_be_flat() -> None:
    points = with_confidences(on_a_picture(body(OWN)) * (640, 480, 1))
    assert record(points, OWN).clip(flat=True).joints.shape == (len(points), 1, len(OWN), 3)


@pytest.mark.parametrize("unit", [1, 100, 1000, 0.01, 0.001])
@pytest.mark.parametrize("layout", ["coco", "h36m", "mediapipe", "kinect_v2", "openpose25"])
def test_a_body_in_a_room_is_never_taken_for_a_picture(layout: str, unit: float) -> None:
    joints = body(LAYOUTS[layout])
    around = joints - joints.mean(axis=(0, 1))
    camera = around * (1, -1, -1)
    ahead = camera - camera.min(axis=(0, 1)) * (0, 0, 1)  # of where it stands
    away = camera + np.array([0.3, 0, 2.5])
    for placed in (joints, around, camera, ahead, away):
        assert not is_refused(placed * unit, LAYOUTS[layout]), (placed.min(), placed.max())


def test_who_sits_within_a_metre_of_a_camera_is_no_picture() -> None:
    coco = LAYOUTS["coco"]
    joints = body(coco)
    joints = (joints - joints.mean(axis=(0, 1))) * (0.6, -0.6, -0.6) + np.array([0, 0.2, 0.8])
    assert is_refused(joints, coco)  # down to the ankles, as no camera sees anybody so near
    legs = [
        coco.index[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle")
    ]
    for unseen in (np.nan, 0):
        joints[:, legs] = unseen
        assert np.nanmax(np.abs(joints)) < 1
        assert not is_refused(joints, coco)


def test_a_sprint_of_twelve_metres_is_no_pixels() -> None:
    joints = body(OWN)
    joints -= joints.min(axis=(0, 1))
    joints[..., 2] *= 0.9 / joints[..., 2].max()
    joints[..., 0] += np.linspace(0, 12, len(joints))[:, None]
    assert not is_refused(joints, OWN)


@pytest.mark.parametrize("same", ["mediapipe", "its joints by name"])
def test_an_array_of_image_landmarks_is_refused_and_told_what_to_save(same: str) -> None:
    layout = MEDIAPIPE if same == "mediapipe" else custom_layout(MEDIAPIPE.joints)
    with pytest.raises(FlatData, match=IMAGE):
        record(image_landmarks(), layout).clip()


@pytest.mark.parametrize("unseen", [[], [23, 24], [*range(23, 33)]])
@pytest.mark.parametrize("size", [(1, 1, 1), (1280, 720, 1)])
def test_image_landmarks_are_known_when_not_all_are_seen(
    unseen: list[int], size: tuple[float, ...]
) -> None:
    points = image_landmarks() * size
    points[:, unseen] = np.nan
    points[4] = np.nan
    points[5] = 0
    with pytest.raises(FlatData, match=IMAGE):
        record(points, MEDIAPIPE).clip()


@pytest.mark.parametrize("action", ACTIONS)
def test_world_landmarks_are_never_refused(action: str) -> None:
    joints = world(animate(action, layout=MEDIAPIPE))
    swaying = joints + np.random.default_rng(0).normal(0, 0.01, (len(joints), 1, 3))
    hips_hidden = joints.copy()
    hips_hidden[:, 23:] = np.nan
    for seen in (joints, swaying, hips_hidden, joints * 1000, joints / 1000):
        assert not is_refused(seen, MEDIAPIPE)
    # In a room, as no MediaPipe gives them.
    assert not is_refused(body(MEDIAPIPE, action), MEDIAPIPE, "x,y,z")
    assert not is_refused(joints + np.array([0.5, 0.9, 2]), MEDIAPIPE)


@pytest.mark.parametrize("side", [1, -1])
def test_who_stands_on_either_side_of_the_camera_is_no_picture_though_no_hip_is_seen(
    side: int,
) -> None:
    joints = world(animate("wave", layout=MEDIAPIPE))
    low, high = joints.min(axis=(0, 1)), joints.max(axis=(0, 1))
    joints = (joints - low) / (high - low).max() + np.array([0, 0, 1.5])
    joints[..., 2] *= side
    joints[:, 23:] = np.nan
    assert not is_refused(joints, MEDIAPIPE, "x,y,z")


def test_world_landmarks_of_who_bows_to_one_side_are_not_refused() -> None:
    joints = world(animate("bow", layout=MEDIAPIPE))
    bent = np.abs(joints)  # head and feet are on one side of the hips
    bent[:, 23:25] = joints[:, 23:25]
    assert (bent < 0).mean() < 0.05
    assert not is_refused(bent, MEDIAPIPE)

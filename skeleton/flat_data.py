"""Flat data: points of a picture, and whatever else has no depth, refused with the reason (ours).

A movement towards the camera cannot be told from x and y alone.
"""

import numpy as np
from numpy.typing import NDArray

from skeleton.axes import parse_axes
from skeleton.errors import FlatData, NothingToSee
from skeleton.layouts import LAYOUTS, Layout
from skeleton.persons import somebody

#: What is said of MediaPipe's landmarks that are no places in a room.
IMAGE_LANDMARKS = (
    "these are image landmarks (places in the picture), which have no real depth; save "
    "the world landmarks: pose_world_landmarks in Python, worldLandmarks in JavaScript"
)
#: Layouts of what is found in pictures, where the third number often is a confidence.
_OF_PICTURES = tuple(
    LAYOUTS[name].joints for name in ("coco", "openpose18", "openpose25", "mediapipe")
)
_MEDIAPIPE = LAYOUTS["mediapipe"]
_HIPS = [_MEDIAPIPE.index["left_hip"], _MEDIAPIPE.index["right_hip"]]
_LARGEST_BODY = 10.0  # metres
#: Of its width; a body in metres divided by 100 is smaller, and one on the floor of a room larger.
_SMALLEST_ON_A_PICTURE, _LARGEST_ON_A_PICTURE = 0.05, 1.1
_USUAL_CONFIDENCE, _HIGH_CONFIDENCE = 0.5, 0.8
_OUTSIDE = 0.1  # of all landmarks of a picture, so many may lie beside it


def refuse_flat_data(
    joints: NDArray[np.float32], given: NDArray[np.float32], layout: Layout, axes: str
) -> None:
    """Raise `FlatData` for two-dimensional `joints` `(T, M, V, 3)`, points of a picture among them;
    `NothingToSee` where all are in one place. `given` are the joints before `axes` turned them."""
    body = given[0, 0]  # (V, 3)
    low, high = body.min(axis=0), body.max(axis=0)
    # The usual clip ends here: one frame of a body in the round is enough, its depth is no
    # confidence, and the hips are in its middle. NaN shows nothing of that.
    if not (high > low).all():
        _refuse_one_plane(joints, given)
    if not (low[2] < 0 or high[2] > 1):
        _refuse_confidences(given, layout, axes)
    if layout.joints == _MEDIAPIPE.joints and not low[1] < -high[1] / 2:
        _refuse_image_landmarks(given)


def _refuse_one_plane(joints: NDArray[np.float32], given: NDArray[np.float32]) -> None:
    """Refuse joints without depth; a coordinate that is missing is named as it was `given`, before
    the axes were turned."""
    points = joints.reshape(-1, 3)
    first = points[np.argmax(points[:, 0] == points[:, 0])]
    same = ((points == first) | (points != points)).all(axis=0)
    if joints.shape[2] == 1 or not same.any():
        return
    there = (given == given).any(axis=(0, 1, 2))
    if not there.all():
        raise FlatData(
            f"no joint has a coordinate {'xyz'[int(np.argmin(there))]} in any frame: a 3D skeleton "
            "is needed"
        )
    if same.all():
        raise NothingToSee("of all joints only one place was ever seen: no body, and no movement")
    raise FlatData(
        f"every joint has the same {'xyz'[int(np.argmax(same))]} in every frame: the data is "
        "two-dimensional, and movement in depth cannot be told from it"
    )


def _refuse_confidences(joints: NDArray[np.float32], layout: Layout, axes: str) -> None:
    """Refuse key points of a picture: x, y and a confidence from 0 to 1.

    In pixels a body is larger than any in metres, whatever the layout. Parts of the picture are as
    large as a body's metres, and are known in a layout of pictures alone: from 0 to 1, or around
    the middle of the picture.
    """
    low, high = np.fmin.reduce(joints, axis=(0, 1, 2)), np.fmax.reduce(joints, axis=(0, 1, 2))
    if not (low[2] >= 0 and high[2] <= 1):
        return
    pixels = _size(joints) > _LARGEST_BODY
    parts = layout.joints in _OF_PICTURES and bool((high <= 1).all() and (low >= -1).all())
    if parts and (low < 0).any():
        parts = parse_axes(axes).columns == (0, 1, 2) and _no_depths(joints, layout)
    if pixels or parts:
        raise FlatData(
            "the third coordinate lies between 0 and 1, as a confidence does, and x and y are "
            + ("parts of a picture" if parts else "pixels")
            + ": a 3D skeleton is needed, because movement towards the camera cannot be told from "
            "x and y alone (if it is one, give it in metres)"
        )


def _no_depths(joints: NDArray[np.float32], layout: Layout) -> bool:
    """Whether the third numbers, from 0 to 1, cannot be depths in metres of a body whose x and y
    are around 0: most are high, so that the origin is not in the body but a camera, and no camera
    is within a metre of a body and sees it down to an ankle."""
    ankles = joints[:, :, [layout.index["left_ankle"], layout.index["right_ankle"]]]
    # Unseen is NaN, or zero as some trackers write it.
    seen = (np.abs(ankles).min(axis=-1) > 0).any(axis=(1, 2))  # (T,)
    third = joints[..., 2][joints[..., 2] > 0]
    return (
        bool(seen.mean() > 0.5)
        and bool(np.median(third) > _USUAL_CONFIDENCE and third.max() > _HIGH_CONFIDENCE)
        and _size(joints) > _SMALLEST_ON_A_PICTURE
    )


def _refuse_image_landmarks(joints: NDArray[np.float32]) -> None:
    """Refuse MediaPipe's landmarks of the image: x and y in a picture of 1 by 1, or in pixels, and
    z from the hips, in widths of the picture. World landmarks lie around the hips in all three."""
    if np.count_nonzero(joints[..., :2] < 0) > _OUTSIDE * joints[..., :2].size:
        return  # world landmarks, as a rule: on a picture hardly any x or y is negative
    bodies = joints[somebody(joints)]  # (N, 33, 3)
    places, depths, size = bodies[..., :2], bodies[..., 2], _size(joints)
    if size > _LARGEST_BODY:  # pixels, unless the depth has their unit: it may be millimetres
        picture = float(np.nanmax(np.abs(depths))) <= 1
    else:
        inside = np.count_nonzero((places >= 0) & (places <= 1))
        picture = _SMALLEST_ON_A_PICTURE < size < _LARGEST_ON_A_PICTURE and bool(
            inside >= (1 - _OUTSIDE) * np.count_nonzero(places == places)
        )
    if not picture:
        return
    hips = bodies[:, _HIPS].mean(axis=1)
    hips = hips[np.isfinite(hips).all(axis=1)]
    if len(hips):
        x, y, depth = np.median(np.abs(hips), axis=0)
        if max(x, y) < size / 10:
            return  # world landmarks: of who bows to one side few are negative
    else:
        depth = np.nanmedian(depths)
    # In a room a body is farther than that from the camera, on whichever side of it z counts.
    if -2 * size < depth < size / 4:
        raise FlatData(IMAGE_LANDMARKS)


def _size(joints: NDArray[np.float32]) -> float:
    """How wide or high a body usually is in `(T, M, V, 3)`, by x and y; 0 where nobody was seen."""
    places = joints[..., :2]
    extent = (np.fmax.reduce(places, axis=2) - np.fmin.reduce(places, axis=2)).max(axis=-1)
    extent = extent[extent > 0]  # nobody is all zeros, or NaN
    return float(np.median(extent)) if len(extent) else 0.0

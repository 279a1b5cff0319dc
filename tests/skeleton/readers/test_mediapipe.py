"""MediaPipe Pose: every way in which people save its landmarks, and why some cannot serve."""

from __future__ import annotations

import copy
from itertools import chain
from typing import Any

import numpy as np
import pytest

from skeleton import LAYOUTS, Recording, UnreadableClip, UnusableClip
from skeleton.animator import animate
from skeleton.errors import FlatData, NothingToSee
from skeleton.readers import FORMATS, Source, read_source
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.pose_files import landmarks, poses, text, world

POINTS = world(animate("wave", layout="mediapipe"))[:7]  # (7, 33, 3)
POSES = poses(7)
IMAGE = [landmarks(frame * 0.3 + [0.5, 0.5, 0]) for frame in POINTS]


def read(data: Any) -> Recording:
    body = data if isinstance(data, bytes) else text(data)
    return read_source(Source(body), FORMATS["mediapipe"])


def dicts(pose: Any) -> dict[str, Any]:
    return {"landmark": pose}


SHAPES: dict[str, Any] = {
    "frames of landmarks": POSES,
    "frames of lists of poses": [[pose] for pose in POSES],
    "frames with landmarks": {"fps": 30, "frames": [{"landmarks": pose} for pose in POSES]},
    "a list of objects": [{"frame": i, "landmarks": pose} for i, pose in enumerate(POSES)],
    "tasks in Python": [{"pose_world_landmarks": [pose]} for pose in POSES],
    "tasks in JavaScript": [{"landmarks": [a], "worldLandmarks": [b]}
                            for a, b in zip(IMAGE, POSES, strict=True)],
    "solutions": [{"poseLandmarks": a, "poseWorldLandmarks": b}
                  for a, b in zip(IMAGE, POSES, strict=True)],
    "snake": {"frames": [{"world_landmarks": pose} for pose in POSES]},
    "protobuf": [{"poseWorldLandmarks": dicts(pose)} for pose in POSES],
    "protobuf of several": [{"pose_world_landmarks": [dicts(pose)]} for pose in POSES],
    "protobuf alone": [dicts(pose) for pose in POSES],
    "all under one key": {"pose_world_landmarks": POSES},
    "all under one key, lists of poses": {"worldLandmarks": [[pose] for pose in POSES]},
    "lines": b"\n".join(text({"landmarks": pose}) for pose in POSES) + b"\n",
    "lines of landmarks": b"\r\n".join(text(pose) for pose in POSES),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_way_of_saving_world_landmarks_is_the_same_clip(shape: Any) -> None:
    recording = read(shape)
    np.testing.assert_array_equal(recording.joints[:, 0], POINTS.astype(np.float32))
    assert (recording.layout, recording.axes) == (LAYOUTS["mediapipe"], "x,-y,-z")


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_way_of_saving_is_recognised_by_its_first_bytes(shape: Any) -> None:
    body = shape if isinstance(shape, bytes) else text(shape)
    assert FORMATS["mediapipe"].looks_like(body[:65_536])
    for other in ("json", "openpose"):
        assert not FORMATS[other].looks_like(body[:65_536])


def test_a_single_frame_is_a_clip_of_one() -> None:
    for one in (POSES[0], [POSES[0]], {"poseWorldLandmarks": POSES[0]}, {"landmark": POSES[0]}):
        assert read(one).joints.shape == (1, 1, 33, 3)


def test_the_body_stands_upright_in_the_projects_axes() -> None:
    clip = read(POSES).clip()
    nose, foot = clip.layout.index["nose"], clip.layout.index["left_foot"]
    assert (clip.joints[:, 0, nose, 1] > clip.joints[:, 0, foot, 1] + 1).all()


@pytest.mark.parametrize(
    "seen",
    [
        {"visibility": 0.49},
        {"presence": 0.49},
        {"visibility": 0.1, "presence": 0.9},
    ],
)
def test_a_landmark_below_one_half_is_unseen(seen: dict[str, float]) -> None:
    frames = copy.deepcopy(POSES)
    del frames[2][5]["visibility"]
    frames[2][5].update(seen)
    joints = read(frames).joints[:, 0]
    assert np.isnan(joints[2, 5]).all()
    assert np.isnan(joints).sum() == 3


@pytest.mark.parametrize("seen", [{}, {"visibility": 0.5}, {"presence": 0.5}, {"visibility": None}])
def test_a_landmark_of_one_half_or_of_which_nothing_is_said_is_seen(seen: Any) -> None:
    frames = copy.deepcopy(POSES)
    del frames[2][5]["visibility"]
    frames[2][5].update(seen)
    assert np.isfinite(read(frames).joints).all()


def test_a_visibility_that_is_nought_everywhere_says_nothing() -> None:
    frames = copy.deepcopy(POSES)
    for landmark in chain.from_iterable(frames):
        landmark["visibility"] = 0.0
    found = read(frames)
    assert np.isfinite(found.joints).all()
    assert any(remark.startswith("visibility:") for remark in found.remarks)


@pytest.mark.parametrize("nobody", [None, [], {}, {"landmarks": []}, {"landmarks": None}, [[]]])
def test_a_frame_with_nobody_is_unseen_and_keeps_its_place(nobody: Any) -> None:
    frames = [{"landmarks": pose} for pose in POSES]
    joints = read([*frames[:2], nobody, *frames[2:]]).joints[:, 0]
    assert np.isnan(joints).all(axis=(1, 2)).tolist() == [False, False, True] + [False] * 5


def test_several_poses_a_frame_are_several_persons() -> None:
    recording = read([[a, b] for a, b in zip(POSES, POSES[::-1], strict=True)])
    assert recording.joints.shape == (7, 2, 33, 3)
    np.testing.assert_array_equal(recording.joints[:, 1], recording.joints[::-1, 0])
    assert any(remark.startswith("order_of_persons: ") for remark in recording.remarks)
    assert not read(POSES).remarks


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("timestamp_ms", 40),
        ("timestampMs", 40.0),
        ("timestamp", 40),
        ("timestamp", 0.04),
        ("timestamp", 40_000),
        ("time", 0.04),
    ],
)
def test_the_frame_rate_follows_from_timestamps(key: str, step: float) -> None:
    frames: list[Any] = [{key: 17 + i * step, "landmarks": pose} for i, pose in enumerate(POSES)]
    assert read(frames).fps == pytest.approx(25)
    assert read([*frames[:2], None, *frames[3:]]).fps == pytest.approx(25)
    assert read({"fps": 50, "frames": frames}).fps == 50


def test_timestamps_that_cannot_be_are_left_out_with_a_remark() -> None:
    for times in ([5] * 7, range(7, 0, -1), [i * 1e13 for i in range(7)]):
        timed = [{"timestamp": t, "landmarks": p} for t, p in zip(times, POSES, strict=True)]
        recording = read(timed)
        assert recording.fps is None
        assert recording.remarks[0].startswith("timestamps: ")


@pytest.mark.parametrize("key", ["pose_landmarks", "poseLandmarks", "landmarks"])
@pytest.mark.parametrize("size", [1, 640])
def test_image_landmarks_are_refused_and_told_what_to_save(key: str, size: float) -> None:
    image = [landmarks((frame * 0.3 + [0.5, 0.5, 0]) * size) for frame in POINTS]
    with pytest.raises(UnusableClip, match=r"image landmarks .*save the world landmarks"):
        read([{key: pose} for pose in image])


def test_world_landmarks_without_that_name_are_known_by_their_values() -> None:
    np.testing.assert_array_equal(
        read([{"pose_landmarks": pose} for pose in POSES]).joints, read(POSES).joints
    )


@pytest.mark.parametrize(("count", "of"), [(21, "a hand"), (468, "a face"), (478, "a face")])
def test_landmarks_of_hands_and_faces_are_refused_by_their_count(count: int, of: str) -> None:
    pose = (POSES[0] * 15)[:count]
    with pytest.raises(UnusableClip, match=f"frame 1: {count} landmarks, .*{of}; .*has 33"):
        read([POSES[0], pose])


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        (3, "neither a list of frames"),
        ({"frames": 3}, "neither a list of frames"),
        ({}, "expected in the file, which has nothing"),
        ({"hands": []}, "expected in the file, which has 'hands'"),
        ([POSES[0], 3], "frame 1: landmarks are expected"),
        ([POSES[0], "x"], "frame 1: landmarks are expected"),
        ([POSES[0], [[0.1, 0.2, 0.3]] * 33], "frame 1: landmarks are expected"),
        ([[{"a": 1}]], "frame 0: landmarks are expected"),
        ([POSES[0], [*POSES[0][:32], None]], "frame 1: landmark 32 is not an object"),
        ([POSES[0], [*POSES[0][:32], {"x": 1, "z": 1}]], "frame 1: landmark 32 has no y"),
        ([[*POSES[0][:32], {"x": "a", "y": 1, "z": 1}]], "'a' stands where a number"),
        ([[*POSES[0][:32], {"x": True, "y": 1, "z": 1}]], "true or false stands where"),
        ([[*POSES[0][:32], POSES[0][0] | {"visibility": "high"}]], "'high' stands where"),
        (b'[[{"x": 1,\n "y": NaN}]]', "line 2, .*write null"),
        (text(POSES[0]) + b"\n" + text(POSES[1])[:-9], "line 2, column"),
    ],
)
def test_what_is_no_pose_is_refused_with_its_place(tree: Any, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says):
        read(tree)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ([], "no frames"),
        ([None, []], "nobody was seen in any of the 2 frames"),
        ([{"pose": POSES[0], "id": 3}], "the keys of a frame are 'pose', 'id'"),
        ([None] * 100_001, "100001 frames, and 100000 are read at most"),
        ([POSES[0], *[None] * 49_000], "nearly every frame is empty: 1 bodies in 49001 frames"),
    ],
)
def test_a_file_without_anybody_is_refused_with_the_reason(tree: Any, says: str) -> None:
    with pytest.raises(UnusableClip, match=says):
        read(tree)


@pytest.mark.parametrize(
    "tree", [[None, []], [{"landmarks": None}], {"frames": [{"worldLandmarks": []}]}]
)
def test_a_file_without_anybody_holds_nothing_to_see(tree: Any) -> None:
    with pytest.raises(NothingToSee, match="nobody was seen in any of the"):
        read(tree)


def test_landmarks_without_depth_are_refused_as_flat() -> None:
    flat = [{"x": point["x"], "y": point["y"]} for point in POSES[0]]
    with pytest.raises(FlatData, match="frame 0: landmark 0 has no z"):
        read([flat])


def test_damaged_files_are_read_or_refused_and_never_more() -> None:
    some = [shape if isinstance(shape, bytes) else text(shape) for shape in SHAPES.values()]
    outcomes = endures("mediapipe", damaged([*some, text(IMAGE)], seed=3, cases=3000))
    assert min(outcomes.values()) > 100

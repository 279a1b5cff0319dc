"""OpenPose: its own output in 2D and 3D, Kinetics-skeleton's files, and who is who in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skeleton import LAYOUTS, Recording, UnreadableClip, UnusableClip, mapping
from skeleton.errors import FlatData, NothingToSee
from skeleton.readers import FORMATS, Source, read_source
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.pose_files import (
    BODY_25,
    COCO_18,
    camera,
    frame,
    kinetics,
    person,
    text,
)

BODY = camera(BODY_25)[:6]  # (6, 25, 3)
COCO = camera(COCO_18)[:6, :, :2]  # (6, 18, 2)
ASIDE = np.array([5.0, 0.0, 0.0])


def read(data: Any) -> Recording:
    body = data if isinstance(data, bytes) else text(data)
    return read_source(Source(body), FORMATS["openpose"])


def flat(points: Any) -> np.ndarray[Any, Any]:
    """Points `(T, V, 2)` as float32 with z = 0."""
    return np.concatenate([points, np.zeros_like(points[..., :1])], axis=-1).astype(np.float32)


@pytest.mark.parametrize(
    "shape",
    [
        [frame(person(body)) for body in BODY],
        {"fps": 25, "frames": [frame(person(body)) for body in BODY]},
        b"\n".join(text(frame(person(body))) for body in BODY),
        [frame(person(body[:, :2]) | person(body)) for body in BODY],
    ],
    ids=["list", "frames", "lines", "2D and 3D"],
)
def test_3d_keypoints_are_the_clip_however_the_frames_are_put_together(shape: Any) -> None:
    recording = read(shape)
    np.testing.assert_array_equal(recording.joints[:, 0], BODY.astype(np.float32))
    assert recording.layout is LAYOUTS[BODY_25]
    clip = recording.clip()
    nose, foot = clip.layout.index["nose"], clip.layout.index["left_ankle"]
    assert (clip.joints[:, 0, nose, 1] > clip.joints[:, 0, foot, 1] + 1).all()
    assert not any(warning.startswith("flat") for warning in clip.warnings)


def test_what_the_default_model_needs_is_in_a_3d_body() -> None:
    assert not mapping(LAYOUTS[BODY_25], LAYOUTS["body16"]).missing


@pytest.mark.parametrize(("joints", "name"), [(18, COCO_18), (25, BODY_25)])
def test_2d_keypoints_are_read_but_refused_by_a_model_that_needs_depth(
    joints: int, name: str
) -> None:
    points = camera(name)[:6, :, :2]
    recording = read([frame(person(body)) for body in points])
    np.testing.assert_array_equal(recording.joints[:, 0], flat(points))
    assert recording.layout is LAYOUTS[name]
    assert len(recording.layout) == joints
    assert recording.remarks[0].startswith("flat: ")
    with pytest.raises(FlatData, match="two-dimensional"):
        recording.clip()
    clip = recording.clip(flat=True)
    np.testing.assert_array_equal(clip.joints[..., 1], -recording.joints[..., 1])
    assert (clip.joints[..., 2] == 0).all()


def test_version_one_without_an_ending_is_read() -> None:
    recording = read(
        [{"people": [{"pose_keypoints": person(b)["pose_keypoints_2d"]}]} for b in COCO]
    )
    np.testing.assert_array_equal(recording.joints[:, 0], flat(COCO))


def test_kinetics_skeleton_is_read_at_30_frames_a_second() -> None:
    recording = read(kinetics(COCO[:, None]))
    np.testing.assert_array_equal(recording.joints[:, 0], flat(COCO))
    assert (recording.layout, recording.fps) == (LAYOUTS[COCO_18], 30)
    with pytest.raises(FlatData):
        recording.clip()
    assert recording.clip(flat=True).fps == 30


def test_of_a_kinetics_clip_the_two_surest_persons_are_kept() -> None:
    file = kinetics(np.stack([COCO, COCO + 9, COCO + 20], axis=1))
    for entry in file["data"]:
        for body, score in zip(entry["skeleton"], (0.5, 0.2, 0.9), strict=True):
            body["score"] = [score] * 18
    joints = read(file).joints
    assert joints.shape == (6, 2, 18, 3)
    np.testing.assert_array_equal(joints[:, 0], flat(COCO + 20))
    np.testing.assert_array_equal(joints[:, 1], flat(COCO))


def test_joints_of_confidence_zero_are_unseen() -> None:
    file = [frame(person(body)) for body in BODY]
    file[2]["people"][0]["pose_keypoints_3d"][4 * 7 : 4 * 8] = [0, 0, 0, 0]
    joints = read(file).joints[:, 0]
    assert np.isnan(joints[2, 7]).all()
    assert np.isnan(joints).sum() == 3
    seen = kinetics(COCO[:, None])
    seen["data"][3]["skeleton"][0]["score"][4] = 0
    assert np.isnan(read(seen).joints[3, 0, 4]).all()


def test_a_frame_with_nobody_is_unseen_and_keeps_its_place() -> None:
    bodies = [frame(person(body)) for body in BODY]
    joints = read([bodies[0], frame(), *bodies[1:], None]).joints[:, 0]
    assert np.isnan(joints).all(axis=(1, 2)).tolist() == [False, True, *[False] * 5, True]
    nobody = kinetics(COCO[:, None])
    nobody["data"][1]["skeleton"] = []
    assert np.isnan(read(nobody).joints[1]).all()


def test_a_person_stays_the_same_person_in_whatever_order_they_are_listed() -> None:
    file = []
    for number, body in enumerate(BODY):
        two = [person(body, 0.9), person(body + ASIDE, 0.5)]
        file.append(frame(*(two[::-1] if number % 2 else two)))
    joints = read(file).joints
    np.testing.assert_array_equal(joints[:, 0], BODY.astype(np.float32))
    np.testing.assert_allclose(joints[:, 1], BODY + ASIDE, atol=1e-5)


def test_who_was_away_comes_back_as_the_same_person_and_a_new_one_is_new() -> None:
    two = [frame(person(body, 0.9), person(body + ASIDE, 0.5)) for body in BODY]
    two[0] = frame(person(BODY[0], 0.9))
    two[3] = frame(person(BODY[3] + ASIDE, 0.5))
    joints = read(two).joints
    assert np.isnan(joints).all(axis=(2, 3)).tolist() == [
        [False, True],
        [False, False],
        [False, False],
        [True, False],
        [False, False],
        [False, False],
    ]


def test_who_appears_elsewhere_is_another_person_than_who_has_left() -> None:
    file = [
        frame(person(BODY[0] - ASIDE, 0.9), person(body + (0 if number < 3 else 2) * ASIDE, 0.5))
        for number, body in enumerate(BODY)
    ]
    joints = read(file).joints
    assert joints.shape[1] == 3
    first, last = (np.isfinite(joints[:, k]).all(axis=(1, 2)).tolist() for k in (1, 2))
    there = [True] * 3 + [False] * 3
    assert sorted([first, last]) == [there[::-1], there]


def test_who_is_alone_stays_the_same_person_however_they_move() -> None:
    """At a low frame rate a runner is elsewhere in every frame."""
    joints = read([frame(person(body + i * ASIDE)) for i, body in enumerate(BODY)]).joints
    assert joints.shape[1] == 1


@pytest.mark.parametrize("small", [0.1, 1.0])
def test_who_was_away_may_have_walked_on(small: float) -> None:
    """Beside others, who may be much smaller."""
    other = (BODY[0] - 2 * ASIDE) * small
    file = [frame(person(other, 0.9), person(BODY[0], 0.5))]
    file += [frame(person(other, 0.9))] * 12
    file += [frame(person(other, 0.9), person(BODY[0] + ASIDE, 0.5))]
    assert read(file).joints.shape[1] == 2


def test_numbers_beyond_all_measure_are_refused_without_a_warning() -> None:
    far = np.full((25, 3), 1e308)
    with pytest.raises(UnusableClip, match="beyond 1e\\+06"):
        read([frame(person(far, 1e308), person(-far, 1e308))] * 3)


def test_of_a_crowd_the_ten_surest_are_kept() -> None:
    crowd = [person(BODY[0] + number * ASIDE, 0.1 + number / 100) for number in range(30)]
    joints = read([frame(*crowd)] * 2).joints
    assert joints.shape == (2, 10, 25, 3)
    np.testing.assert_allclose(joints[0, 0], BODY[0] + 29 * ASIDE, atol=1e-4)


def test_the_surest_person_comes_first() -> None:
    joints = read([frame(person(body, 0.3), person(body + ASIDE, 0.9)) for body in BODY]).joints
    np.testing.assert_allclose(joints[:, 0], BODY + ASIDE, atol=1e-5)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        (3, "neither a list of frames"),
        ({"frames": 3}, "neither a list of frames"),
        ({"data": 3}, "neither a list of frames"),
        ({}, "frame 0: an object with 'people'"),
        ([frame(), 3], "frame 1: an object with 'people'"),
        ([frame(), {"people": 3}], "frame 1: 'people' is not a list"),
        ([frame(), {"people": [3]}], "frame 1: a person is not an object"),
        ([frame({"pose_keypoints_2d": "x"})], "frame 0: pose_keypoints_2d is not a list"),
        ([frame({"pose_keypoints_2d": [0.5] * 74 + ["x"]})], "'x' stands where a number"),
        ([frame({"pose_keypoints_2d": [0.5] * 74 + [[]]})], "a list stands where a number"),
        ({"data": [{"frame_index": 1}]}, "frame 0: an object with 'skeleton'"),
        ({"data": [{"skeleton": [{"pose": [1]}]}]}, "frame 0: an object with 'score'"),
        (
            {"data": [{"skeleton": [{"pose": [1] * 35, "score": [1] * 18}]}]},
            "frame 0: 35 coordinates and 18 scores",
        ),
        (b'{"people":\n [{"pose_keypoints_2d": [1 2]}]}', "line 2, column"),
        (text(frame()) + b"\n\n" + text(frame())[:-3], "line 3, column"),
    ],
)
def test_what_is_no_openpose_is_refused_with_its_place(tree: Any, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says):
        read(tree)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ([], "no frames"),
        ({"data": [], "label": "x"}, "no frames"),
        ([frame(), frame()], "nobody was seen in any of the 2 frames"),
        ([frame(person(BODY[0], 0.0))], "nobody was seen in any of the 1 frames"),
        ([frame({"pose_keypoints_2d": [0.5] * 45})], "frame 0: 45 numbers a person; 3 a joint"),
        ([frame({"pose_keypoints_3d": [0.5] * 75})], "frame 0: 75 numbers a person; 4 a joint"),
        (
            [frame(person(COCO[0])), frame(person(BODY[0, :, :2]))],
            "frame 1: 25 joints, but the first person has 18",
        ),
        ([frame()] * 100_001, "100001 frames, and 100000 are read at most"),
        (
            [frame(person(BODY[0]), person(BODY[0])), *[None] * 49_999],
            "nearly every frame is empty",
        ),
    ],
)
def test_what_holds_no_clip_is_refused_with_the_reason(tree: Any, says: str) -> None:
    with pytest.raises(UnusableClip, match=says):
        read(tree)


@pytest.mark.parametrize(
    "tree", [[frame(), frame()], [frame(person(BODY[0], 0.0))], {"data": [{"skeleton": []}]}]
)
def test_a_file_without_anybody_holds_nothing_to_see(tree: Any) -> None:
    with pytest.raises(NothingToSee, match="nobody was seen in any of the"):
        read(tree)


def test_damaged_files_are_read_or_refused_and_never_more() -> None:
    good = [
        text([frame(person(body), person(body + ASIDE)) for body in BODY]),
        b"\n".join(text(frame(person(body))) for body in BODY),
    ]
    outcomes = endures("openpose", damaged([*good, text(kinetics(COCO[:, None]))], 4, 3000))
    assert min(outcomes.values()) > 100

"""The project's JSON: coordinates come back as written, and a wrong file says what is wrong."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeleton import LAYOUTS, Recording, UnreadableClip, UnusableClip, custom_layout, record
from skeleton.animator import animate
from skeleton.errors import BadShape, NothingToSee, UnknownLayout
from skeleton.layouts import MOST_JOINTS
from skeleton.readers import FORMATS, Source, read_joint_lists, read_source
from skeleton.readers.registry import action_in, needs_layout
from tests.skeleton.readers.clips import CLIPS
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.mutation import damaged
from tests.skeleton.readers.pose_files import text


@settings(deadline=None)
@given(joints=CLIPS)
def test_lists_come_back_as_they_were_written(joints: np.ndarray) -> None:  # type: ignore[type-arg]
    read = read_joint_lists(json.loads(json.dumps(joints.tolist())))
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, joints)


@settings(deadline=None)
@given(joints=CLIPS, unseen=st.randoms(use_true_random=False))
def test_a_null_joint_is_nan_however_it_is_written(joints: np.ndarray, unseen: Any) -> None:  # type: ignore[type-arg]
    width = joints.shape[-2]
    rows = joints.reshape(-1, 3).tolist()
    expected = joints.reshape(-1, 3).copy()
    for number in range(len(rows)):
        how = unseen.choice(["seen", "seen", "null", "nulls", "part"])
        if how != "seen":
            expected[number] = np.nan
            rows[number] = {"null": None, "nulls": [None] * 3, "part": [None, 1.0, 2.0]}[how]
        if how == "part":
            expected[number, 1:] = [1, 2]
    if all(row is None for row in rows) and joints.ndim == 4:
        rows[0] = [None] * 3
    frames: list[Any] = [rows[i : i + width] for i in range(0, len(rows), width)]
    if joints.ndim == 4:
        persons = joints.shape[1]
        frames = [frames[i : i + persons] for i in range(0, len(frames), persons)]
    np.testing.assert_array_equal(read_joint_lists(frames), expected.reshape(joints.shape))


def test_a_frame_or_a_person_that_is_null_is_nan() -> None:
    one = [[1, 2, 3], [4, 5, 6]]
    assert np.isnan(read_joint_lists([one, None, one])).all(axis=(1, 2)).tolist() == [
        False,
        True,
        False,
    ]
    assert read_joint_lists([[one, None], [None, one]]).shape == (2, 2, 2, 3)
    assert read_joint_lists([[None, None], [None, None]]).shape == (2, 2, 3)


@pytest.mark.parametrize(
    "joints",
    [[None, None], [None] * 3, [[None] * 25] * 3, [[[None] * 25] * 2] * 3,
     [[[[None] * 3] * 25] * 2] * 3],
)  # fmt: skip
def test_a_clip_of_nulls_alone_is_told_to_show_nothing(joints: Any) -> None:
    with pytest.raises(NothingToSee, match="no joint was seen in any frame"):
        record(read_joint_lists(joints), LAYOUTS["kinect_v2"]).clip()


def test_a_clip_in_which_hardly_anybody_is_seen_is_read() -> None:
    frame: list[Any] = [[0.1, 0.2, 0.3], *[None] * 24]
    joints = read_joint_lists(([frame] + [None] * 19) * 1000)
    assert joints.shape == (20_000, 25, 3)
    assert np.isfinite(joints).sum() == 3 * 1000
    alone = read_joint_lists([[frame, None, None, None, None, None]] * 2000)
    assert alone.shape == (2000, 6, 25, 3)


@pytest.mark.parametrize(
    "joints",
    [
        [[0] * 60_000, *[None] * 20_000],
        [[[0, 0, 0]] * 1000, *[None] * 20_000],
        [[[[0, 0, 0]] * 200, *[None] * 199], *[None] * 20_000],
        [[[0] * 60_000, *[None] * 20_000]],
        [[[[0, 0, 0]] * 25, *[None] * 1_000_000]],
        [[None] * 1000, *[None] * 20_000],
        [[[0, 0, 0]] * 25, *[None] * 99_000],
    ],
)
def test_few_entries_and_nulls_that_stand_for_far_more_are_refused(joints: Any) -> None:
    with pytest.raises(BadShape, match="null"):
        read_joint_lists(joints)


@pytest.mark.parametrize(
    ("joints", "says"),
    [
        (None, "null"),
        ("abc", "a string"),
        ({"x": 1}, "an object"),
        (3.5, "a number"),
        (True, "true or false"),
        ([[[1, 2, 3]], [[1, 2, 3], [4, 5, 6]]], "frame 1 has 2 entries, frame 0 has 1"),
        ([[[1, 2, 3], [4, 5]]], "more or fewer than three"),
        ([[[1, 2, 3]], 7], "frame 1 is a number"),
        ([[[1, 2, "3"]]], "not a number"),
        ([[["1", "2", "3"]]], "not a number"),
        ([[[1, 2, True]]], "not a number"),
        ([[[1.5, False, 2.5]]], "not a number"),
        ([[[1, 2, {}]]], "not a number"),
        ([[[1, 2, [3]]]], "ragged"),
        ([[[[[1, 2, 3]]]]], "deeper"),
        ([[[10**400, 2, 3]]], "too large"),
    ],
)
def test_what_is_no_joints_is_refused_by_name(joints: Any, says: str) -> None:
    with pytest.raises(BadShape, match=says):
        read_joint_lists(joints)


JOINTS = animate("wave", layout="kinect_v1").joints[:6, 0]
CLIP = {"layout": "kinect_v1", "fps": 25, "joints": JOINTS.tolist()}


def read(data: bytes, **options: Any) -> Recording:
    return read_source(Source(data, **options), FORMATS["json"])


@pytest.mark.parametrize(
    "tree", [CLIP, {"clip": CLIP}, {"action": "wave", "clip": CLIP}], ids=["clip", "body", "enroll"]
)
def test_a_clip_alone_and_the_body_of_a_request_are_the_same_clip(tree: Any) -> None:
    recording = read(text(tree))
    np.testing.assert_array_equal(recording.joints[:, 0], JOINTS)
    assert (recording.layout, recording.fps) == (LAYOUTS["kinect_v1"], 25)
    assert (recording.axes, recording.person) == ("x,y,z", None)


def test_everything_a_clip_may_say_is_read() -> None:
    recording = read(text(CLIP | {"axes": "x,z,-y", "person": 0, "fps": 12.5}))
    assert (recording.axes, recording.person, recording.fps) == ("x,z,-y", 0, 12.5)
    nothing = read(text(CLIP | {"axes": None, "person": None, "fps": None}))
    assert (nothing.axes, nothing.person, nothing.fps) == ("x,y,z", None, None)


def test_a_layout_may_be_joint_names_or_one_of_the_callers_layouts() -> None:
    names = ["Head", "left elbow", "RightWrist"]
    named = read(text({"layout": names, "joints": [[[1, 2, 3]] * 3]}))
    assert named.layout.joints == ("head", "left_elbow", "right_wrist")
    own = custom_layout(names, name="mine")
    given = read(text({"layout": "mine", "joints": [[[1, 2, 3]] * 3]}), layouts={"mine": own})
    assert given.layout is own


def test_a_byte_order_mark_and_white_space_do_no_harm() -> None:
    data = b"\xef\xbb\xbf\r\n " + json.dumps(CLIP, indent=2).encode()
    assert read(data).joints.shape == (6, 1, 20, 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"layout": "coco",\n "joints": [[1, 2,, 3]]}', "line 2, column 19"),
        (b'{"layout": "coco",\n\n "joints": [[[NaN, 0, 0]]]}', "line 3, .*NaN.*write null"),
        (b'{"layout": "coco",\n "joints": [[[1, -Infinity, 0]]]}', "line 2, .*write null"),
        (b'{"joints": [[[1, 2,', "line 1, column 20"),
        (b'{"joints": [[[1e400, 2, 3]]]}', "line 1"),
        (b"", "line 1"),
        (b"\xff\xfe{\0}\0", "UTF-16; save it as UTF-8"),
        (b'{"layout": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "line 1"),
    ],
)
def test_what_is_no_json_is_refused_with_line_and_column(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableClip, match=says):
        read(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[" * 2_000_000, "more than 1500000 lists and objects.*cut it so"),
        (b"{" * 1_100_000, "more than 1000000 objects"),
        (b"[" + b"1," * 4_100_000 + b"1]", "more than 3500000 values"),
    ],
)
def test_more_than_a_clip_has_is_refused_before_it_is_parsed(data: bytes, says: str) -> None:
    with pytest.raises(UnusableClip, match=says):
        read(data)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ([[[1, 2, 3]]], "not a list"),
        (None, "not null"),
        ({"clip": 3}, "clip: "),
        ({"action": 3, "clip": CLIP}, "action: "),
        ({"clip": CLIP, "speed": 2}, "'speed', which is not one of action, clip"),
        (CLIP | {"frames": 6}, "'frames', which is not one of axes, fps"),
        ({"layout": "coco"}, "no joints"),
        (CLIP | {"layout": 3}, "layout: "),
        (CLIP | {"layout": ["head", 3]}, "layout: "),
        (CLIP | {"layout": ["a" * 101]}, "layout: "),
        (CLIP | {"layout": "a," * 4001}, "layout: "),
        (CLIP | {"fps": "30"}, "fps: .*a string"),
        (CLIP | {"fps": True}, "fps: .*true or false"),
        (CLIP | {"fps": [30]}, "fps: .*a list"),
        (CLIP | {"axes": 3}, "axes: "),
        (CLIP | {"person": -1}, "person: "),
        (CLIP | {"person": 1.0}, "person: "),
    ],
)
def test_json_that_is_no_clip_is_refused_by_name(tree: Any, says: str) -> None:
    # It was parsed: what is wrong is what it says.
    with pytest.raises(UnusableClip, match=says):
        read(text(tree))


def test_a_layout_may_have_as_many_joints_and_characters_here_as_anywhere() -> None:
    for names, taken in ((MOST_JOINTS, True), (MOST_JOINTS + 1, False)):
        joints = np.zeros((2, names, 3)).tolist()
        spec: Any
        for spec in (["head"] * names, ",".join(["left_shoulder"] * names)):
            with pytest.raises(UnusableClip) as refusal:
                read(text(CLIP | {"layout": spec, "joints": joints}))
            # As many as may be are refused for what they are, a name given twice.
            assert ("a second time" in str(refusal.value)) == taken


def test_a_clip_without_a_layout_is_told_which_there_are() -> None:
    with pytest.raises(UnusableClip, match=r"layout: .*kinect_v2.*list of the joint names"):
        read(text({"joints": JOINTS.tolist()}))
    with pytest.raises(UnknownLayout, match="kinect_v9"):
        read(text(CLIP | {"layout": "kinect_v9"}))


def test_a_clip_without_a_layout_takes_the_callers_and_one_with_its_own_refuses_it() -> None:
    layout = LAYOUTS["kinect_v1"]
    for said in ({}, {"layout": None}):
        tree = {"fps": 25, "joints": JOINTS.tolist(), **said}
        assert read(text(tree), layout=layout).layout is layout
        assert needs_layout(text({"clip": tree}), FORMATS["json"])
    for sent in (layout, LAYOUTS["coco"]):
        with pytest.raises(UnusableClip, match=r"^layout: .*leave it out$"):
            read(text(CLIP), layout=sent)
    assert not needs_layout(text(CLIP), FORMATS["json"])
    assert needs_layout(b"{", FORMATS["json"])


def test_the_action_beside_a_clip_is_told() -> None:
    assert action_in(text({"action": "wave", "clip": CLIP}), None, "") == "wave"
    assert action_in(text({"clip": CLIP}), None, "") is None
    assert action_in(text(CLIP), "json", "") is None
    assert action_in(b"whatever", "bvh", "") is None
    with pytest.raises(UnusableClip, match="action: "):
        action_in(text({"action": 3, "clip": CLIP}), None, "")


def test_damaged_files_are_read_or_refused_and_never_more() -> None:
    outcomes = endures("json", damaged([text(CLIP), text({"clip": CLIP})], seed=1, cases=3000))
    assert min(outcomes.values()) > 100

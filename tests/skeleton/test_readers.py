"""Readers: what is read is exactly what was written, and only numbers are read."""

import json
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skeleton import UnreadableClip
from skeleton.errors import BadShape
from skeleton.readers import read_joint_lists, read_npy

CLIPS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.just(3))
    | st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 3), st.just(3)),
    elements=st.floats(-1000, 1000, width=32),
)


@pytest.fixture(autouse=True)
def _no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def npy(array: Any, **options: Any) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


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
        [[[0, 0, 0]] * 25, *[None] * 3_000_000],
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


@settings(deadline=None)
@given(joints=CLIPS)
def test_npy_comes_back_as_it_was_written(joints: np.ndarray) -> None:  # type: ignore[type-arg]
    for array in (
        joints,
        joints.astype(np.float64),
        joints.astype(">f4"),
        np.asfortranarray(joints),
    ):
        np.testing.assert_array_equal(read_npy(npy(array)), joints)


def test_nan_and_zero_frames_pass_a_reader() -> None:
    assert np.isnan(read_npy(npy(np.full((2, 3, 3), np.nan)))).all()
    assert read_npy(npy(np.ones((0, 25, 3)))).shape == (0, 25, 3)


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 2]),
        np.array([True]),
        np.array(["a"]),
        np.array([1j]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.zeros(3, dtype=[("x", "f4")]),
    ],
    ids=lambda array: str(array.dtype),
)
def test_npy_of_another_type_is_refused(array: Any) -> None:
    with pytest.raises(UnreadableClip, match="save float32"):
        read_npy(npy(array))


def test_a_pickle_is_never_loaded() -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return pytest.fail, ("a pickle was loaded",)

    data = npy(np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableClip, match="object arrays"):
        read_npy(data)


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_bytes_of_any_form_are_refused_and_never_more(data: bytes) -> None:
    for body in (data, b"\x93NUMPY\x01\x00" + data, b"\x93NUMPY\x02\x00" + data):
        try:
            read_npy(body)
        except UnreadableClip as error:
            assert str(error)  # noqa: PT017

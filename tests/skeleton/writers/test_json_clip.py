"""The JSON writer: what is written is read again to the bit, and the service takes it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skeleton import LAYOUTS, Recording, custom_layout, record
from skeleton.animator import animate
from skeleton.readers import FORMATS, Source, read_joint_lists, read_source
from skeleton.writers import write_json

NAMES = ("head", "left_elbow", "right_knee")
OWN = custom_layout(NAMES, name="own")


def again(recording: Recording) -> Recording:
    return read_source(Source(write_json(recording)), FORMATS["json"])


@settings(deadline=None)
@given(
    joints=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.just(3), st.just(3)),
        elements=st.floats(-(2.0**19), 2.0**19, width=32) | st.just(np.nan),
    )
)
def test_every_coordinate_comes_back_to_the_bit(joints: np.ndarray) -> None:  # type: ignore[type-arg]
    read = again(record(joints, OWN))
    np.testing.assert_array_equal(read.joints, joints)
    np.testing.assert_array_equal(np.signbit(read.joints), np.signbit(joints) & ~np.isnan(joints))


def test_many_random_floats_come_back_to_the_bit() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, size=(20_000, 3, 3), dtype=np.uint32)
    joints = bits.view(np.float32)
    joints = np.where(np.abs(joints) < 1e6, joints, np.float32(np.nan))
    np.testing.assert_array_equal(again(record(joints, OWN)).joints[:, 0], joints)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clip_of_every_layout_comes_back_as_it_was(layout: str) -> None:
    clip = animate("clap", layout=layout, fps=25, noise=0.01, missing=0.1)
    written = record(clip.joints, clip.layout, fps=clip.fps, axes="x,z,-y", person=0)
    read = again(written)
    np.testing.assert_array_equal(read.joints, written.joints)
    assert (read.layout, read.fps, read.axes, read.person) == (clip.layout, 25, "x,z,-y", 0)


def test_what_is_not_known_stays_unknown() -> None:
    read = again(record(np.ones((2, 3, 3)), OWN))
    assert (read.fps, read.person, read.axes) == (None, None, "x,y,z")


def test_a_layout_of_ones_own_is_written_as_its_joint_names() -> None:
    data = json.loads(write_json(record(np.ones((2, 3, 3)), OWN)))
    assert data["clip"]["layout"] == list(NAMES)
    assert again(record(np.ones((2, 3, 3)), OWN)).layout.joints == NAMES


def test_one_person_is_written_frames_of_joints_and_several_frames_of_persons() -> None:
    one = json.loads(write_json(record(np.ones((2, 3, 3)), OWN)))
    assert np.shape(one["clip"]["joints"]) == (2, 3, 3)
    two = json.loads(write_json(record(np.ones((2, 2, 3, 3)), OWN)))
    assert np.shape(two["clip"]["joints"]) == (2, 2, 3, 3)


def test_an_unseen_joint_is_null() -> None:
    joints = np.ones((2, 3, 3))
    joints[1, 2] = np.nan
    clip = json.loads(write_json(record(joints, OWN)))["clip"]
    assert clip["joints"][1][2] == [None, None, None]
    np.testing.assert_array_equal(read_joint_lists(clip["joints"]), joints)


def test_joints_that_do_not_lie_in_memory_in_order_are_written_too() -> None:
    joints = np.arange(36, dtype=np.float32).reshape(3, 2, 3, 2).transpose(1, 3, 2, 0)
    recording = Recording(joints, OWN, "x,y,z")
    np.testing.assert_array_equal(again(recording).joints, joints)

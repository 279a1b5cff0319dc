"""The .npz writer: a recording comes back whole, to the bit."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from skeleton import LAYOUTS, Layout, Recording, record
from skeleton.animator import animate
from skeleton.readers import FORMATS, Source, read_source
from skeleton.writers import write_npz


def again(recording: Recording) -> Recording:
    return read_source(Source(write_npz(recording)), FORMATS["npz"])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clip_of_every_layout_comes_back_as_it_was(layout: str) -> None:
    clip = animate("clap", layout=layout, fps=29.97, noise=0.01, missing=0.1)
    written = record(clip.joints, clip.layout, fps=clip.fps, axes="x,z,-y", person=0)
    read = again(written)
    assert read.joints.tobytes() == written.joints.tobytes()
    assert read.layout is LAYOUTS[layout]
    assert (read.fps, read.axes, read.person) == (29.97, "x,z,-y", 0)


def test_what_is_not_known_stays_unknown() -> None:
    read = again(record(np.ones((2, 17, 3)), LAYOUTS["coco"]))
    assert (read.fps, read.person, read.axes) == (None, None, "x,y,z")


def test_a_layout_of_ones_own_keeps_its_name_and_its_parents() -> None:
    own = Layout("own", ("head", "left_elbow", "right_knee"), (-1, 0, 0))
    assert again(record(np.ones((2, 3, 3)), own)).layout == own
    changed = Layout("coco", LAYOUTS["coco"].joints, (-1,) * 17)
    assert again(record(np.ones((2, 17, 3)), changed)).layout.parents == (-1,) * 17


def test_several_persons_come_back() -> None:
    joints = np.random.default_rng(0).normal(size=(4, 3, 17, 3)).astype(np.float32)
    np.testing.assert_array_equal(again(record(joints, LAYOUTS["coco"])).joints, joints)


def test_the_same_recording_gives_the_same_bytes_without_a_pickle() -> None:
    recording = record(np.ones((2, 17, 3)), LAYOUTS["coco"], fps=30)
    data = write_npz(recording)
    assert data == write_npz(recording)
    with np.load(BytesIO(data), allow_pickle=False) as file:
        assert set(file.files) == {"joints", "layout", "joint_names", "parents", "axes", "fps"}
        assert all(file[name].dtype != object for name in file.files)

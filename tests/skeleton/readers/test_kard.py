"""KARD text: millimetres in left-handed axes become the project's, and equal the archive's."""

from __future__ import annotations

import numpy as np
import pytest

from skeleton import Archive
from skeleton.readers import read_path
from skeleton.readers.kard import LAYOUT
from tests.skeleton.readers.sensor_files import clip_of, kard, performed, read
from training.data_folder import archive_path, data_folder

WAVE = performed("wave", layout=LAYOUT)


@pytest.mark.real_data
def test_a_file_of_the_set_equals_its_clip_in_the_archive() -> None:
    archive = Archive.open(archive_path("kard"))
    expected = archive.clip(archive.clip_names.index("a02_s02_e02_realworld"))
    clip = read_path(data_folder() / "originals" / "kard_a02_s02_e02_realworld.txt").clip()
    assert clip.layout.joints == expected.layout.joints
    assert (clip.fps, clip.warnings) == (30, ())
    # The archive's integers are steps of a quarter of a millimetre.
    np.testing.assert_allclose(clip.joints, expected.joints, rtol=0, atol=archive.scale * 0.51)


def test_joints_come_out_in_metres_and_our_axes() -> None:
    clip = clip_of(kard(WAVE))
    assert clip.layout == LAYOUT
    np.testing.assert_allclose(clip.joints[:, 0], WAVE, atol=1e-6)


def test_the_recording_keeps_the_files_own_axes() -> None:
    found = read("txt", kard(WAVE))
    np.testing.assert_allclose(found.joints, WAVE * (-1, 1, 1), atol=1e-6)
    assert found.layout.axes == "-x,y,z"


def test_a_file_that_is_in_metres_already_stays_in_metres() -> None:
    found = read("txt", kard(WAVE / 1000))
    np.testing.assert_allclose(found.joints, WAVE * (-1, 1, 1), atol=1e-6)
    assert found.remarks[0].startswith("units:")


def test_a_joint_in_the_origin_is_unseen() -> None:
    joints = WAVE.copy()
    joints[4, 2] = 0
    found = read("txt", kard(joints))
    assert np.argwhere(np.isnan(found.joints).any(axis=-1)).tolist() == [[4, 2]]

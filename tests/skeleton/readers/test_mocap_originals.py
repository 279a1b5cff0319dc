"""Motion capture as it is given out: CMU's files and the archive made of them agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from skeleton import Archive
from skeleton.readers import find_format, read_path
from skeleton.readers.format import Reading, Source
from training.data_folder import archive_path, data_folder

ORIGINALS = data_folder() / "originals"
#: What CMU's BVH lacks and what lies beyond it is off by: the thorax (0.117 m) from the neck on,
#: and the bone between wrist and knuckles (0.095 m) from there.
ABOVE_THE_THORAX = ("neck", "neck_top", "head", *(
    f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")
))  # fmt: skip
BEYOND_THE_WRIST = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("hand", "hand_tip", "thumb")
)


def original(name: str, skeleton: str | None = None) -> Reading:
    source = Source(
        (ORIGINALS / name).read_bytes(),
        name,
        None if skeleton is None else (ORIGINALS / skeleton).read_bytes(),
    )
    return find_format(None, source.data, name).read(source)


def column(reading: Reading, joint: str) -> NDArray[np.floating]:
    return reading.joints[:, reading.layout.index[joint]]


@pytest.mark.real_data
def test_a_trial_as_bvh_is_the_trial_as_amc_but_for_the_bones_it_lacks() -> None:
    """To 0.01 mm for every joint: the BVH's angles have four decimals."""
    bvh, amc = original("cmu_02_01.bvh"), original("cmu_02_01.amc", "cmu_02.asf")
    assert bvh.joints.shape == amc.joints.shape == (343, 28, 3)
    assert bvh.layout.joints == amc.layout.joints
    assert (bvh.fps, amc.fps) == (120, 120)
    assert any(remark.startswith("rest_left_out:") for remark in bvh.remarks)
    assert any("neck and spine" in remark for remark in bvh.remarks)
    thorax = column(amc, "neck") - column(amc, "spine")
    np.testing.assert_allclose(np.linalg.norm(thorax, axis=-1), 0.11673, atol=1e-5)
    for joint in amc.layout.joints:
        off = column(amc, joint) - column(bvh, joint)
        if joint in ABOVE_THE_THORAX:
            off = off - thorax
        if joint in BEYOND_THE_WRIST:
            # All that hangs on the hand lacks one bone of constant length, along the hand.
            off = off - thorax
            length = {"left": 0.09470, "right": 0.09495}[joint.split("_")[0]]
            np.testing.assert_allclose(
                np.linalg.norm(off, axis=-1), length, atol=1e-5, err_msg=joint
            )
            wrist = column(amc, joint.split("_")[0] + "_hand") - column(
                amc, joint.split("_")[0] + "_wrist"
            )
            along = (off * wrist).sum(axis=-1) / length / np.linalg.norm(wrist, axis=-1)
            assert along.min() > 0.9, joint
        else:
            assert np.abs(off).max() < 1e-5, joint


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "skeleton"), [("cmu_02_01.amc", "cmu_02.asf"), ("cmu_02_01.bvh", None)]
)
def test_both_are_the_archives_clip(name: str, skeleton: str | None) -> None:
    """To 0.25 mm, the step of the archive's integers; every fourth frame, begun at the origin.
    The archive's conversion gave its BVH files the missing bones: what they move is not compared.
    """
    reading = original(name, skeleton)
    archive = Archive.open(archive_path("cmu_part"))
    clip = archive.clip(archive.clip_names.index("02_01"))
    start = column(reading, "pelvis")[0] * [1, 0, 1]
    compared = 0
    for joint, at in archive.layout.index.items():
        if skeleton is None and joint in (*ABOVE_THE_THORAX, *BEYOND_THE_WRIST):
            continue
        off = column(reading, joint)[::4] - start - clip.joints[:, 0, at]
        assert np.linalg.norm(off, axis=-1).max() < 2.5e-4, joint
        compared += 1
    assert compared == (24 if skeleton else 13)


@pytest.mark.real_data
def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    for name in ("cmu_02_01.bvh", "cmu_02_01.amc", "cmu_02.asf"):
        (tmp_path / name.replace("cmu_", "")).write_bytes((ORIGINALS / name).read_bytes())
    for name in ("02_01.bvh", "02_01.amc"):
        assert read_path(tmp_path / name).clip().joints.shape == (343, 1, 28, 3)

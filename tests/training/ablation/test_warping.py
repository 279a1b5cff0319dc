"""Time warping kept by content."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skeleton import Archive
from tests.animator_archive import write_animator_archive
from training.ablation import warping as module
from training.ablation.warping import warping
from training.evaluation.methods import DTW, floor


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    path = write_animator_archive(tmp_path / "few.npz", ("wave", "kick"), subjects=2, repetitions=1)
    return Archive.open(path)


def test_it_is_the_time_warping_of_every_other_evaluation(archive: Archive, tmp_path: Path) -> None:
    (known,) = [method.similarity for method in floor(archive) if method.name == DTW]
    assert np.array_equal(warping(archive, tmp_path / "kept"), known)


def test_it_is_computed_once(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = warping(archive, tmp_path / "kept")
    with monkeypatch.context() as patch:
        patch.setattr(module, "dtw", lambda *_, **__: pytest.fail("computed again"))
        assert np.array_equal(warping(replace(archive, name="other"), tmp_path / "kept"), first)
    (file,) = (tmp_path / "kept").iterdir()
    file.write_bytes(file.read_bytes()[:-40])
    assert np.array_equal(warping(archive, tmp_path / "kept"), first)


def test_other_clips_find_another_file(archive: Archive, tmp_path: Path) -> None:
    warping(archive, tmp_path / "kept")
    moved = archive.stored.copy()
    moved[: archive.offsets[1], :, 0] *= -1
    warping(replace(archive, stored=moved), tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2

"""The registry of writers: a clip goes round through a file, and a file is whole or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skeleton import LAYOUTS, Recording, custom_layout, prepare, record
from skeleton.animator import animate
from skeleton.errors import UnknownFormat
from skeleton.readers import read_path
from skeleton.writers import WRITERS, write_path

CLIP = animate("wave", layout="kinect_v1")
RECORDING = record(CLIP.joints, CLIP.layout, fps=CLIP.fps)


@pytest.mark.parametrize("suffix", [".json", ".npz", ".npy"])
def test_a_clip_goes_round_through_a_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"wave{suffix}"
    write_path(RECORDING, path)
    given = {"layout": LAYOUTS["kinect_v1"], "fps": 30.0} if suffix == ".npy" else {}
    read = read_path(path, **given)  # type: ignore[arg-type]
    np.testing.assert_array_equal(read.joints, RECORDING.joints)
    assert (read.layout, read.fps) == (CLIP.layout, 30)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_joints_shuffled_under_their_names_are_the_same_to_a_model(
    tmp_path: Path, suffix: str
) -> None:
    order = np.random.default_rng(1).permutation(len(CLIP.layout))
    shuffled = custom_layout([CLIP.layout.joints[i] for i in order])
    path = tmp_path / f"wave{suffix}"
    write_path(record(CLIP.joints[:, :, order], shuffled, fps=30), path)
    model = LAYOUTS["body16"]
    given = prepare(read_path(path).clip(), model, 32)
    np.testing.assert_allclose(given.joints, prepare(CLIP, model, 32).joints, atol=1e-6)
    np.testing.assert_array_equal(given.seen, prepare(CLIP, model, 32).seen)


def test_a_bvh_written_is_read_as_a_clip_of_the_same_length(tmp_path: Path) -> None:
    write_path(RECORDING, tmp_path / "wave.bvh")
    read = read_path(tmp_path / "wave.bvh")
    assert len(read.joints) == len(RECORDING.joints)
    assert read.fps == pytest.approx(30, rel=1e-4)


def test_every_suffix_is_known_in_any_case(tmp_path: Path) -> None:
    assert set(WRITERS) == {".json", ".npz", ".npy", ".bvh"}
    for suffix in WRITERS:
        write_path(RECORDING, str(tmp_path / f"WAVE{suffix.upper()}"))
    assert len(list(tmp_path.iterdir())) == len(WRITERS)


@pytest.mark.parametrize("name", ["wave", "wave.fbx", "wave.json.gz"])
def test_an_unknown_suffix_is_answered_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownFormat, match=r"\.json, \.npz, \.npy, \.bvh"):
        write_path(RECORDING, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_there_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "wave.json"
    path.write_text("before")
    write_path(RECORDING, path)
    assert len(read_path(path).joints) == len(RECORDING.joints)
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "wave.json"
    folder.mkdir()
    with pytest.raises(OSError, match=r"wave\.json"):
        write_path(RECORDING, folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_path(RECORDING, tmp_path / "nowhere" / "wave.json")


def test_a_file_is_as_readable_as_any_other_that_is_made_here(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_path(RECORDING, tmp_path / "wave.json")
    assert (tmp_path / "wave.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_long_name_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("w" * 250 + ".npz")
    write_path(RECORDING, path)
    assert path.is_file()


def test_an_npy_of_several_persons_keeps_them(tmp_path: Path) -> None:
    two: Recording = record(np.ones((4, 2, 17, 3)), LAYOUTS["coco"])
    write_path(two, tmp_path / "two.npy")
    assert read_path(tmp_path / "two.npy", layout=LAYOUTS["coco"]).joints.shape == (4, 2, 17, 3)

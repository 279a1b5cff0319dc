"""The uniform archive: many labelled clips in one file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skeleton import Archive, UnreadableClip
from skeleton.archive import UNSEEN, metres

_HEADER = b"{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }"
NPY = b"\x93NUMPY\x01\x00v\x00" + _HEADER.ljust(117) + b"\n"


def arrays() -> dict[str, Any]:
    return {
        "joints": np.arange(5 * 2 * 3, dtype=np.int16).reshape(5, 2, 3),
        "scale": np.float32(0.001),
        "offsets": np.array([0, 2, 5]),
        "label": np.array([1, 0]),
        "subject": np.array([0, 1]),
        "label_names": np.array(["wave", "kick"]),
        "subject_names": np.array(["ann", "bob"]),
        "clip_names": np.array(["a", "b"]),
        "joint_names": np.array(["head", "elbow_left"]),
        "fps": np.float64(25),
        "text": np.array(["extra"]),
    }


def saved(folder: Path, **changes: Any) -> Path:
    path = folder / "tiny.npz"
    kept = {name: value for name, value in (arrays() | changes).items() if value is not None}
    np.savez(path, **kept)
    return path


def test_clips_come_out_in_metres_with_their_labels(tmp_path: Path) -> None:
    archive = Archive.open(saved(tmp_path))
    assert (archive.name, len(archive), archive.fps) == ("tiny", 2, 25)
    assert archive.layout.joints == ("head", "left_elbow")
    clip = archive.clip(1)
    assert (clip.joints.shape, clip.joints.dtype, clip.fps) == ((3, 1, 2, 3), np.float32, 25)
    np.testing.assert_allclose(clip.joints[:, 0], arrays()["joints"][2:] * 0.001, rtol=1e-6)
    assert [archive.label_name(i) for i in range(2)] == ["kick", "wave"]
    assert [len(c.joints) for c in archive] == [2, 3]
    assert archive.subject_names == ("ann", "bob")
    assert archive.clip_names == ("a", "b")


def test_names_of_subjects_and_clips_may_be_missing(tmp_path: Path) -> None:
    archive = Archive.open(saved(tmp_path, subject_names=None, clip_names=None))
    assert len(archive.subject_names) == 2
    assert archive.clip_names == ("0", "1")


@pytest.mark.parametrize(
    "name",
    ["joints", "scale", "offsets", "label", "subject", "label_names", "joint_names", "fps"],
)
def test_a_missing_array_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableClip, match=f"lacks the arrays {name}"):
        Archive.open(saved(tmp_path, **{name: None}))


@pytest.mark.parametrize(
    "changes",
    [
        {"offsets": np.array([0, 2, 9])},
        {"joint_names": np.array(["head"])},
        {"joints": np.zeros((5, 2, 2), dtype=np.int16)},
        {"label": np.array([1])},
        {"label": np.array([1, 7])},
        {"subject": np.array([1, 7])},
        {"offsets": np.array([0, 4, 2, 5])},
        {"offsets": np.array([], dtype=int)},
        {"clip_names": np.array(["a"])},
    ],
    ids=str,
)
def test_arrays_that_do_not_agree_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableClip, match="agree"):
        Archive.open(saved(tmp_path, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": np.array(["ann", "bob"])},
        {"label": np.array([1.0, 0.0])},
        {"label": np.int64(1)},
        {"label": np.array([[1, 0]])},
        {"offsets": np.array(["0", "2", "5"])},
        {"joints": np.full((5, 2, 3), "far")},
        {"scale": np.array([0.001, 0.002])},
        {"fps": np.array("fast")},
        {"joint_names": np.array("head")},
    ],
    ids=str,
)
def test_arrays_of_another_kind_are_refused_by_name(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    (name,) = changes
    with pytest.raises(UnreadableClip, match=rf"^tiny\.npz: {name} must be"):
        Archive.open(saved(tmp_path, **changes))


@pytest.mark.parametrize(("name", "says"), [("tail", "'tail', is not a known"), ("head", "second")])
def test_an_unknown_joint_is_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(UnreadableClip, match=rf"^tiny\.npz: .*{says}"):
        Archive.open(saved(tmp_path, joint_names=np.array(["head", name])))


def test_no_object_is_ever_loaded(tmp_path: Path) -> None:
    objects = np.array([Trap(), Trap()], dtype=object)
    with pytest.raises(UnreadableClip):
        Archive.open(saved(tmp_path, label_names=objects))
    assert len(Archive.open(saved(tmp_path, text=objects))) == 2


class Trap:
    def __reduce__(self) -> Any:
        return pytest.fail, ("a pickle was loaded",)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100), NPY])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(UnreadableClip, match=r"other\.npz"):
        Archive.open(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Archive.open(tmp_path / "nothing.npz")


def two_persons(folder: Path) -> Path:
    """Two clips: of two persons with a joint unseen, and of one in the second place."""
    joints = np.arange(5 * 2 * 2 * 3, dtype=np.int16).reshape(5, 2, 2, 3)
    joints[1, 0, 1] = UNSEEN
    joints[2:, 0] = UNSEEN
    return saved(folder, joints=joints)


def test_two_persons_come_out_with_nan_where_they_were_not_seen(tmp_path: Path) -> None:
    archive = Archive.open(two_persons(tmp_path))
    clip = archive.clip(0)
    assert (clip.joints.shape, clip.joints.dtype) == ((2, 2, 2, 3), np.float32)
    wanted = np.arange(24).reshape(2, 2, 2, 3) * 0.001
    wanted[1, 0, 1] = np.nan
    np.testing.assert_allclose(clip.joints, wanted, rtol=1e-6)


def test_a_person_nobody_saw_is_not_in_the_clip(tmp_path: Path) -> None:
    clip = Archive.open(two_persons(tmp_path)).clip(1)
    assert clip.joints.shape == (3, 1, 2, 3)
    assert not np.isnan(clip.joints).any()


def test_in_an_archive_of_one_person_every_number_is_a_place(tmp_path: Path) -> None:
    joints = np.full((5, 2, 3), UNSEEN, dtype=np.int16)
    clip = Archive.open(saved(tmp_path, joints=joints)).clip(0)
    np.testing.assert_allclose(clip.joints, -32.768, rtol=1e-6)


def test_metres_are_the_numbers_times_the_scale_to_the_last_bit() -> None:
    joints = np.random.default_rng(0).integers(-32767, 32768, (9, 2, 5, 3)).astype(np.int16)
    for stored in (joints, joints[:, 0]):
        found = metres(stored, 0.0005)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, stored.astype(np.float32) * np.float32(0.0005))


def test_a_joint_with_one_unseen_coordinate_was_not_seen() -> None:
    stored = np.ones((2, 1, 3, 3), dtype=np.int16)
    stored[1, 0, 2, 1] = UNSEEN
    assert np.argwhere(np.isnan(metres(stored, 0.001))).tolist() == [[1, 0, 2, i] for i in range(3)]

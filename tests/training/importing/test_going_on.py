"""A stopped import goes on where it was, and comes to the same archive."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.importing.ntu_folder import name, write_ntu_folder
from training.importing import work
from training.importing.conversion import DATA_SETS, Converted, convert
from training.importing.work import import_folder

NTU = DATA_SETS["ntu"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(work, "_AT_ONCE", 2)
    return write_ntu_folder(tmp_path / "in", (3, 4, 51), more=2)


class Stopped(Exception):
    """Stands for a kill."""


def stop_after(parts: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """End the import after some parts; returns the list of files that are then converted."""
    asked: list[str] = []

    def counted(data_set: str, folder: Path, files: tuple[str, ...]) -> list[Converted]:
        if len(asked) >= 2 * parts:
            raise Stopped
        asked.extend(files)
        return convert(data_set, folder, files)

    monkeypatch.setattr(work, "convert", counted)
    return asked


def arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return {key: file[key] for key in file.files}


@pytest.fixture
def half_done(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An import that was killed after four of nine files."""
    archive = tmp_path / "half.npz"
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        with pytest.raises(Stopped):
            import_folder(NTU, folder, archive, workers=1)
    assert not archive.exists()
    return archive


@pytest.mark.parametrize("broken", ["", "half a line", "joints without a line"])
def test_only_what_is_missing_is_done_and_the_archive_is_the_same(
    half_done: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    partial = half_done.with_name("half.npz.partial")
    if broken == "half a line":
        lines = partial / "files.jsonl"
        lines.write_bytes(lines.read_bytes()[:-9])
    if broken == "joints without a line":
        with (partial / "joints.raw").open("ab") as file:
            file.write(b"x" * 777)
    asked = stop_after(99, monkeypatch)
    import_folder(NTU, folder, half_done, workers=1)
    assert len(asked) == (6 if broken == "half a line" else 5)
    import_folder(NTU, folder, tmp_path / "whole.npz", workers=1)
    ours, whole = arrays(half_done), arrays(tmp_path / "whole.npz")
    assert ours.keys() == whole.keys()
    for key in whole:
        np.testing.assert_array_equal(ours[key], whole[key], err_msg=key)


def test_a_folder_that_has_changed_is_begun_anew(
    half_done: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = next(folder.rglob(f"{name(3)}.skeleton"))
    changed.write_bytes(changed.read_bytes() + b"\r\n")
    asked = stop_after(99, monkeypatch)
    import_folder(NTU, folder, half_done, workers=1)
    assert len(asked) == 9

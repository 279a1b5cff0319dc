"""One command at a time works in a folder."""

from pathlib import Path

import pytest

from training import lock
from training.lock import LOCK, FolderBusy, locked


def test_who_comes_second_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.2)
    with locked(tmp_path), pytest.raises(FolderBusy, match="another command"), locked(tmp_path):
        pass
    with locked(tmp_path):  # and afterwards it is free
        pass


def test_a_folder_in_which_nothing_was_put_goes_again(tmp_path: Path) -> None:
    for used in (False, True):
        folder = tmp_path / "runs" / str(used)
        with locked(folder):
            if used:
                (folder / "last.pt").touch()
        assert folder.exists() is used
    with locked(tmp_path / "runs" / "True"):
        (tmp_path / "runs" / "True" / "last.pt").unlink()
    # It was there before.
    assert [path.name for path in (tmp_path / "runs" / "True").iterdir()] == [LOCK]


def test_who_holds_it_may_remove_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "partial"
    with locked(folder):
        (folder / LOCK).unlink()
        folder.rmdir()
    assert not folder.exists()

"""A stopped import goes on where it was, and comes to the same archive."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.training.importing.ntu_folder import name, write_ntu_folder
from training import lock
from training.importing import work
from training.importing.conversion import DATA_SETS, Converted, convert
from training.importing.errors import ImportRefused
from training.importing.work import import_folder
from training.lock import FolderBusy, locked

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


def test_a_kill_while_the_archive_is_written_leaves_nothing_of_it(
    half_done: Path, folder: Path
) -> None:
    half_done.with_name("half.npz.0123abcd.partial").touch()
    import_folder(NTU, folder, half_done, workers=1)
    assert {path.name for path in half_done.parent.iterdir() if path.is_file()} == {
        "half.npz", "half.report.md", "half.report.json",
    }  # fmt: skip
    assert {path.name for path in half_done.parent.iterdir() if path.is_dir()} == {"in"}


@pytest.mark.parametrize("step", ["write_report", "write_archive"])
def test_a_stop_while_the_results_are_written_is_no_end(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object) -> None:
        raise Stopped

    archive = tmp_path / "late.npz"
    with monkeypatch.context() as patch:
        patch.setattr(work, step, stop)
        with pytest.raises(Stopped):
            import_folder(NTU, folder, archive, workers=1)
    assert import_folder(NTU, folder, archive, workers=1)["clips"] == 9
    names = {"in", "late.npz", "late.report.md", "late.report.json"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_two_imports_do_not_make_one_archive(
    half_done: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.2)
    partial = half_done.with_name("half.npz.partial")
    before = {path.name: path.read_bytes() for path in partial.iterdir()}
    with locked(partial), pytest.raises(FolderBusy, match="another command"):
        import_folder(NTU, folder, half_done, workers=1)
    assert {path.name: path.read_bytes() for path in partial.iterdir()} == before
    assert not half_done.exists()


def test_the_second_of_two_imports_finds_the_archive(folder: Path, tmp_path: Path) -> None:
    """It waited for the first, which removed the folder that both wanted."""
    archive = tmp_path / "two.npz"
    partial = archive.with_name("two.npz.partial")
    with ThreadPoolExecutor(1) as pool:
        with locked(partial):
            second = pool.submit(import_folder, NTU, folder, archive, workers=1)
            time.sleep(0.3)
            archive.write_bytes(b"the first's")
            shutil.rmtree(partial)
        with pytest.raises(ImportRefused, match="exists already"):
            second.result()
    assert archive.read_bytes() == b"the first's"
    assert not partial.exists()


def test_a_folder_that_has_changed_is_begun_anew(
    half_done: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = next(folder.rglob(f"{name(3)}.skeleton"))
    changed.write_bytes(changed.read_bytes() + b"\r\n")
    asked = stop_after(99, monkeypatch)
    import_folder(NTU, folder, half_done, workers=1)
    assert len(asked) == 9


def test_a_killed_import_leaves_no_process_and_goes_on(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "killed.npz"
    command = [sys.executable, "-c", COMMAND, str(folder), str(archive)]
    done = archive.with_name("killed.npz.partial") / "files.jsonl"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as importing:
        wait_until(lambda: done.is_file() and done.stat().st_size > 0)
        assert not archive.exists()
        workers = Path(f"/proc/{importing.pid}/task/{importing.pid}/children").read_text().split()
        importing.kill()
    assert len(workers) >= 2
    wait_until(lambda: not any(is_running(worker) for worker in workers))
    report = import_folder(NTU, folder, archive, workers=1)
    assert report["clips"] == 9


#: The command with small parts, without what else `python -m training` loads.
COMMAND = """
import sys, time
from pathlib import Path
from training.importing import work
from training.importing.conversion import DATA_SETS
work._AT_ONCE = 1
add = work.Journal.add
def slowly(journal, converted):
    add(journal, converted)
    time.sleep(0.5)
work.Journal.add = slowly
folder, archive = map(Path, sys.argv[1:])
work.import_folder(DATA_SETS["ntu"], folder, archive, workers=2)
"""


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: str) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in "ZX"

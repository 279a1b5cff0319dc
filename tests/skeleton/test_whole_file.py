"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from skeleton.whole_file import remove_unfinished, whole_file, write_whole

WRITER = """
import sys, time
from skeleton.whole_file import whole_file
with whole_file(sys.argv[1]) as file:
    file.write(b"new" * 1000)
    file.flush()
    print("written", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that holds something already."""
    path = tmp_path / "kept.bin"
    path.write_bytes(b"old")
    return path


def kill_a_writer_of(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=-1) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()


def test_a_file_is_there_when_it_is_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new.bin"
    with whole_file(str(path)) as file:
        file.write(b"first")
        assert not path.exists()
        file.write(b" and last")
    assert path.read_bytes() == b"first and last"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_file_and_nothing_beside_it(
    path: Path, error: type[BaseException]
) -> None:
    def break_off() -> None:
        with whole_file(path) as file:
            file.write(b"half of the n")
            raise error

    with pytest.raises(error):
        break_off()
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_that_is_full_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_kill_in_the_middle_leaves_the_old_file(path: Path) -> None:
    kill_a_writer_of(path)
    assert path.read_bytes() == b"old"
    write_whole(path, "new")
    assert path.read_bytes() == b"new"


def test_what_killed_writers_left_can_be_removed(path: Path) -> None:
    other = path.with_name("other.bin")
    inside = path.parent / "inside" / "deep.bin"
    inside.parent.mkdir()
    for one in (path, path, other, inside):
        kill_a_writer_of(one)
    imports = path.with_name("kept.bin.partial")  # is no such file: an import goes on from it
    imports.mkdir()
    remove_unfinished(path.parent, path.name)
    left = {p.name.partition(".")[0] for p in path.parent.rglob("*.bin.*.partial")}
    assert left == {"other", "deep"}
    remove_unfinished(path.parent)
    assert sorted(path.parent.rglob("*")) == sorted([inside.parent, imports, path])
    remove_unfinished(path.parent / "nowhere")


def test_what_is_being_written_under_a_name_like_it_stays(tmp_path: Path) -> None:
    train, test = (tmp_path / f"{'long_' * 12}{part}.npz" for part in ("train", "test"))
    with whole_file(train) as file:
        remove_unfinished(tmp_path, test.name)
        file.write(b"whole")
    assert train.read_bytes() == b"whole"
    kill_a_writer_of(test)
    remove_unfinished(tmp_path, test.name)
    assert list(tmp_path.iterdir()) == [train]


def test_two_writers_do_not_mix(path: Path) -> None:
    with whole_file(path) as one, whole_file(path) as other:
        for _ in range(1000):
            one.write(b"1")
            other.write(b"2")
            one.flush()
            other.flush()
        other.write(b"2")
    # The first to begin is the last to end.
    assert path.read_bytes() == b"1" * 1000
    assert list(path.parent.iterdir()) == [path]


def test_text_is_written_as_utf_8_and_bytes_as_they_are(tmp_path: Path) -> None:
    assert write_whole(tmp_path / "text.md", "±\n").read_bytes() == "±\n".encode()
    assert write_whole(tmp_path / "bytes", b"\xff\n").read_bytes() == b"\xff\n"


@pytest.mark.parametrize(
    "name",
    ["w" * 250 + ".npz", "波" * 80 + ".npz", "set [1] of *.npz"],
    ids=["long", "of long letters", "like a pattern"],
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = write_whole(tmp_path / name, "whole")
    assert path.read_text() == "whole"
    kill_a_writer_of(path)
    remove_unfinished(tmp_path, name)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_as_readable_as_any_other_that_is_made_here(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "whole", "")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode

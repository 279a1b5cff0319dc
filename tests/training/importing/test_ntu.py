"""A folder of `.skeleton` files becomes an archive; what does not, is told."""

import argparse
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from skeleton import Archive
from skeleton.animator import animate
from skeleton.animator.files import as_ntu
from tests.training.importing.ntu_folder import beside, ghost, name, performed, write_ntu_folder
from training.importing import work
from training.importing.command import add_arguments, run
from training.importing.conversion import DATA_SETS
from training.importing.errors import ImportRefused
from training.importing.work import import_folder
from training.text.descriptions import read_folder

NTU = DATA_SETS["ntu"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes well done, one by two persons; and everything that goes wrong."""
    folder = write_ntu_folder(tmp_path_factory.mktemp("ntu"), (3, 55))
    good = as_ntu(performed(3, 7))
    three = beside(performed(3, 1), performed(3, 2), animate("wave", speed=4.0, style=None))
    still = beside(performed(3, 5), ghost(60))
    files = {
        name(4): as_ntu(three),
        name(5): as_ntu(still),
        name(6): b"3\r\n0\r\n0\r\n0\r\n",
        name(7): good[: len(good) // 2],
        name(8): b"",
        "S001C001P001R001A121": good,
        "wave": good,
    }
    for called, content in files.items():
        (folder / f"{called}.skeleton").write_bytes(content)
    (folder / "again").mkdir()
    (folder / "again" / f"{name(3)}.skeleton").write_bytes(good)
    (folder / "readme.txt").write_text("not one of them")
    return folder


@pytest.fixture(scope="module")
def imported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that the command makes, by two processes."""
    path = tmp_path_factory.mktemp("archive") / "ntu120.npz"
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "_AT_ONCE", 7)
        status = run(parser.parse_args(["ntu", str(folder), "-o", str(path), "--workers", "2"]))
    assert status == 0
    assert "8 clips" in out.getvalue()
    assert "14/14" in err.getvalue()  # of the progress bar
    return path


def test_names_are_kept_as_labels_subjects_and_numbers(imported: Path) -> None:
    archive = Archive.open(imported)
    assert len(archive) == 8
    at = archive.clip_names.index(name(55, camera=2, person=1, again=2))
    assert archive.label_name(at) == "A055"
    assert archive.subject_names[archive.subjects[at]] == "P001"
    with np.load(imported) as arrays:
        numbers = [int(arrays[key][at]) for key in ("setup", "camera", "replication")]
        titles = dict(zip(arrays["label_names"], arrays["label_titles"], strict=True))
    assert numbers == [1, 2, 2]
    assert titles["A055"] == "hugging other person"


def test_every_class_has_its_texts(imported: Path) -> None:
    labels = Archive.open(imported).label_names
    assert (labels[0], labels[-1], len(labels)) == ("A001", "A120", 120)
    read_folder()["ntu120"].require(labels)


def test_two_persons_come_back_where_they_were(imported: Path) -> None:
    archive = Archive.open(imported)
    clip = archive.clip(archive.clip_names.index(name(55)))
    # NTU's camera is 1.2 metres above the floor, and x and z point the other way.
    wanted = (performed(55, 5500).joints - (0, 1.2, 0)) * (-1, 1, -1)
    assert clip.joints.shape == wanted.shape == (len(wanted), 2, 25, 3)
    np.testing.assert_allclose(clip.joints, wanted, atol=4e-4)


def test_of_three_people_the_two_that_move_most_are_kept_and_ghosts_are_not(imported: Path) -> None:
    archive = Archive.open(imported)
    for number, persons in ((3, 1), (4, 2), (5, 1)):
        clip = archive.clip(archive.clip_names.index(name(number)))
        assert clip.joints.shape[1] == persons


def test_the_report_tells_what_was_dropped_and_why(imported: Path) -> None:
    report = json.loads(imported.with_suffix(".report.json").read_text())
    assert (report["files"], report["clips"], report["two_persons"]) == (14, 8, 4)
    dropped = {
        reason: [Path(one["file"]).stem for one in found["files"]]
        for reason, found in report["dropped"].items()
    }
    assert dropped == {
        "empty": [name(6)],
        "unreadable": [name(7), name(8)],
        "misnamed": ["S001C001P001R001A121", "wave"],
        "twice": [name(3)],
    }
    why = {Path(one["file"]).stem: one["why"] for one in report["dropped"]["unreadable"]["files"]}
    assert "line" in why[name(7)]
    assert report["repaired"]["more_bodies"]["count"] == 1
    assert report["repaired"]["ghost_bodies"]["count"] == 1
    text = imported.with_suffix(".report.md").read_text()
    assert "unreadable: 2" in text
    assert f"{name(7)}.skeleton: line" in text


def test_nothing_is_left_beside_the_archive_but_its_report(imported: Path) -> None:
    left = {path.name for path in imported.parent.iterdir()}
    assert left == {"ntu120.npz", "ntu120.report.json", "ntu120.report.md"}


def test_an_archive_is_not_overwritten_unasked(folder: Path, imported: Path) -> None:
    before = imported.read_bytes()
    with pytest.raises(ImportRefused, match="--replace"):
        import_folder(NTU, folder, imported, workers=1)
    assert imported.read_bytes() == before


@pytest.mark.parametrize("files", [{}, {"a.skeleton": b"x"}], ids=["none", "none good"])
def test_a_folder_without_a_clip_is_refused_and_leaves_no_archive(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "in").mkdir()
    for called, content in files.items():
        (tmp_path / "in" / called).write_bytes(content)
    with pytest.raises(ImportRefused, match=r"no file of NTU|none of the 1 files"):
        import_folder(NTU, tmp_path / "in", tmp_path / "out.npz", workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]

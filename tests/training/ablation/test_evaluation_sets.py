"""The sets that an ablation chooses by: nobody and nothing that a run is trained on."""

from pathlib import Path

import pytest

from tests.animator_archive import write_animator_archive
from training.ablation.evaluation_sets import evaluation_sets
from training.config import load_config


def test_the_classes_kept_out_are_asked_of_the_people_kept_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_animator_archive(
        tmp_path / "moves.npz", ("wave", "squat", "kick", "clap"), subjects=4, repetitions=2
    )
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    for people, clips in (("", 2 * 4 * 2), (", people: [s1, s3]", 2 * 2 * 2)):
        kept_out = f"{{moves: {{classes: [kick, clap]{people}}}}}"
        overrides = ("data.sets=[{archive: moves}]", f"data.pseudo_novel={kept_out}")
        (found,), remarks = evaluation_sets(load_config(None, overrides), [], 1)
        assert remarks == []
        assert found.role == "kept out"
        assert len(found.archive) == clips
        assert set(found.archive.label_names) == {"kick", "clap"}
        names = {found.archive.subject_names[one] for one in found.archive.subjects}
        assert names == ({"s1", "s3"} if people else {"s0", "s1", "s2", "s3"})

"""`evaluate` with the seeds of one configuration."""

import argparse
from pathlib import Path

import numpy as np
import pytest

from tests.training.ablation.conftest import Done, Folder
from tests.training.evaluation.stored_report import read_report
from training.evaluation.evaluate import add_arguments, run
from training.evaluation.results import Measured


def _evaluated(out: Path, *options: str) -> tuple[str, tuple[Measured, ...]]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    given = ("--sets", "strangers", "--repeats", "2", "--out", str(out))
    assert run(parser.parse_args([*given, *options])) == 0
    (one,) = read_report(out / "evaluation.json").sets
    assert one.novel == ("throw", "point", "sit_down")
    return (out / "evaluation.md").read_text(), one.methods


@pytest.fixture
def checkpoints(done: Done, toy: Folder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("ONESHOT_DATA", str(toy.path))
    return [str(done.out / f"runs/small/plain/seed{seed}/last.pt") for seed in (0, 1)]


def test_several_seeds_are_reported_each_and_as_one(
    checkpoints: list[str], done: Done, tmp_path: Path
) -> None:
    text, rows = _evaluated(tmp_path, "--checkpoint", *checkpoints)
    encoders = [row for row in rows if row.method == "encoder"]
    assert [row.model for row in encoders] == ["1", "2"]
    assert [row.model for row in rows if row.method == "DTW"] == [None]
    runs = [run for run in done.report["runs"] if run["variant"] == "plain"]
    for row, measured in zip(encoders, runs, strict=True):
        whole = measured["sets"]["strangers"]["parts"]["whole"]
        for figure in ("accuracy", "novel", "auroc", "novel_auroc", "novel_right_at_5"):
            assert np.allclose(getattr(row, figure), whole[figure])
        assert row.calibration is None  # checkpoints are not calibrated
    section = text.partition("The 2 models as one.")[2]
    (line,) = [one for one in section.splitlines() if one.startswith("| encoder |")]
    novel = 100 * np.array([row.novel for row in encoders])
    apart = f"({novel.mean(axis=1).std(ddof=1):.1f}; {novel.mean(axis=0).std():.1f})"
    assert f"| {novel.mean():.1f} ± {novel.std():.1f} {apart} |" in line
    warping = np.array(next(row.accuracy for row in rows if row.method == "DTW"))
    gap = 100 * (np.array([row.accuracy for row in encoders]) - warping)
    assert f"| {gap.mean():+.1f} ± {gap.std():.1f} (" in line
    assert "- model 2: checkpoint: " in text


def test_one_seed_is_reported_as_ever(checkpoints: list[str], tmp_path: Path) -> None:
    text, rows = _evaluated(tmp_path, "--checkpoint", checkpoints[0])
    assert all(row.model is None for row in rows)
    assert "as one" not in text
    assert "- checkpoint: " in text
    assert "truly novel: AUROC" in text

"""What thresholds let pass, by how much is enrolled."""

from pathlib import Path

import numpy as np
import pytest

from service.settings import DEFAULT_MODEL
from skeleton import LAYOUTS, Archive
from tests.animator_archive import write_animator_archive
from training.command_line import main
from training.evaluation.decisions import measure_decisions
from training.evaluation.encoders import Encoder


def knowing(thresholds: dict[str, float]) -> Encoder:
    """A model whose probability is its score."""
    return Encoder(
        layout=LAYOUTS["body16"],
        frames=64,
        embed=lambda joints, seen: {},
        trained=None,
        facts={},
        probability=lambda score: score,
        thresholds=thresholds,
    )


def test_shares_are_those_of_the_strangers_and_of_the_enrolled(archive: Archive) -> None:
    """Clips of class 0 have 0.9 with their own and 0.4 with others; all others have 0.6 and 0.2."""
    own = np.where(archive.labels == 0, 0.9, 0.6)
    other = np.where(archive.labels == 0, 0.4, 0.2)
    same = archive.labels[:, None] == archive.labels
    scores = np.where(same, own[:, None], other[:, None])
    asked: list[tuple[np.ndarray, np.ndarray]] = []

    def table(queries: np.ndarray, exemplars: np.ndarray) -> np.ndarray:
        asked.append((queries, exemplars))
        return scores[np.ix_(queries, exemplars)]

    encoder = knowing({"0.1": 0.7, "0.5": 0.3})
    found = measure_decisions(table, encoder, archive, 2, several=False, seed=0)
    known, strangers, passing, right = [], [], [], []
    for queries, exemplars in asked:
        enrolled = archive.labels[exemplars]
        assert len(set(enrolled)) == 2
        truth = archive.labels[queries]
        is_known = np.isin(truth, enrolled)
        known += [is_known]
        strangers += [(truth == 0)[~is_known]]
        passing += [(truth == 0)[is_known]]
        right += [truth]
        # Nobody is asked for clips of the person who gives the exemplars, where there are any.
        givers = archive.subjects[exemplars[enrolled != 3]]
        assert len(set(givers)) == 1
        assert not set(archive.subjects[queries]) & set(givers)
    assert found.strangers["0.1"] == 0
    assert found.strangers["0.5"] == pytest.approx(np.concatenate(strangers).mean())
    assert found.enrolled == pytest.approx(np.concatenate(passing).mean())
    assert found.right == 1
    assert found.true == pytest.approx(0.5)
    assert 0.3 < found.probability < 0.6
    assert found.line("x", "one person").startswith("| x | one person | 2 | ")
    # With all of them enrolled there is no stranger.
    whole = measure_decisions(table, encoder, archive, 4, several=False, seed=0)
    assert np.isnan(whole.strangers["0.1"])
    assert "| - / - |" in whole.line("x", "one person")


def test_exemplars_of_several_people_are_asked_by_all(archive: Archive) -> None:
    givers = set()

    def table(queries: np.ndarray, exemplars: np.ndarray) -> np.ndarray:
        assert not set(queries) & set(exemplars)
        assert len(queries) == len(archive) - len(exemplars)
        givers.add(len(set(archive.subjects[exemplars])))
        return np.zeros((len(queries), len(exemplars)))

    measure_decisions(table, knowing({"0.1": 0.5}), archive, 3, several=True, seed=0)
    assert max(givers) > 1


def test_the_table_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    actions = ("wave", "kick", "squat")
    write_animator_archive(tmp_path / "moves.npz", actions, subjects=2, repetitions=1)
    words = ["training", "decisions", "--model", str(DEFAULT_MODEL), "--sets", "moves"]
    monkeypatch.setattr("sys.argv", words)
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert "strangers at 10 / 5 / 1 %" in lines[2]
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in lines[4:]]
    assert rows == [
        ["moves", whose, str(n)] for whose in ("one person", "several people") for n in (1, 2, 3)
    ]


def test_a_set_of_one_class_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    write_animator_archive(tmp_path / "moves.npz", ("wave",), subjects=2, repetitions=1)
    words = ["training", "decisions", "--model", str(DEFAULT_MODEL), "--sets", "moves"]
    monkeypatch.setattr("sys.argv", words)
    assert main() == 2
    assert (
        "error: moves has too few classes or people to be asked: 1 and 2" in capsys.readouterr().err
    )

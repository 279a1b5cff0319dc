"""What thresholds let pass, by how much is enrolled."""

from pathlib import Path

import numpy as np
import pytest

from service.settings import DEFAULT_MODEL
from skeleton import LAYOUTS, Archive
from tests.animator_archive import write_animator_archive
from training.command_line import main
from training.evaluation import decisions
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
        threshold=thresholds["0.1"],
    )


def test_shares_are_those_of_the_strangers_and_of_the_enrolled(archive: Archive) -> None:
    """Clips of class 0 have 0.9 with their own and 0.4 with others, those of class 1 0.9 with all
    of class 0 and 0.8 with their own; all others have 0.6 and 0.2."""
    labels = archive.labels
    of = {(0, 0): 0.9, (0, 1): 0.4, (1, 0): 0.9, (1, 1): 0.8}
    scores = np.where(labels[:, None] == labels, 0.6, 0.2)
    for (query, exemplar), value in of.items():
        scores[np.ix_(labels == query, labels == exemplar)] = value
    encoder = knowing({"0.1": 0.7, "0.5": 0.3})
    found = measure_decisions(encoder, scores, archive, 2, several=False, seed=0)
    # At 0.7 pass, of the strangers, those of class 1 where class 0 is enrolled; of the enrolled
    # those of classes 0 and 1, and where both are those of class 1 are taken for class 0.
    assert 0.05 < found.strangers["0.1"] < 0.4
    assert found.strangers["0.1"] < found.strangers["0.5"] < 1
    assert 0.4 < found.enrolled < 0.8
    assert 0.6 < found.right < 0.95
    assert found.true < 0.5
    assert 0.3 < found.probability < 0.8
    assert found.line("x", "one person").startswith("| x | one person | 2 | ")
    # With all of them enrolled there is no stranger, and class 1 is always taken for class 0.
    whole = measure_decisions(encoder, scores, archive, 4, several=False, seed=0)
    assert np.isnan(whole.strangers["0.1"])
    share = np.mean(labels[labels < 2] == 0)
    assert whole.right == pytest.approx(share, abs=0.03)
    assert whole.line("x", "one person").endswith("| - | - |")


def asked_of(archive: Archive, monkeypatch: pytest.MonkeyPatch, *, several: bool) -> list:
    """The queries and exemplars of every gallery that is drawn."""
    asked: list[tuple[np.ndarray, np.ndarray]] = []

    def table(scores: np.ndarray, queries: np.ndarray, exemplars: np.ndarray) -> np.ndarray:
        asked.append((queries, exemplars))
        return scores[np.ix_(queries, exemplars)]

    monkeypatch.setattr(decisions, "table", table)
    scores = np.zeros((len(archive), len(archive)))
    measure_decisions(knowing({"0.1": 0.5}), scores, archive, 3, several=several, seed=0)
    return asked


def test_nobody_is_asked_who_gives_the_exemplars(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queries, exemplars in asked_of(archive, monkeypatch, several=False):
        enrolled = archive.labels[exemplars]
        assert len(set(enrolled)) == 3
        # One person has not done class 3, and borrows it.
        givers = set(archive.subjects[exemplars[enrolled != 3]])
        assert len(givers) == 1
        assert not set(archive.subjects[queries]) & givers


def test_exemplars_of_several_people_are_asked_by_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_of(archive, monkeypatch, several=True)
    for queries, exemplars in asked:
        assert not set(queries) & set(exemplars)
        assert len(queries) == len(archive) - len(exemplars)
    assert max(len(set(archive.subjects[exemplars])) for _, exemplars in asked) > 1


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
        "error: moves has 1 classes by 2 people, and two of either are needed"
        in capsys.readouterr().err
    )

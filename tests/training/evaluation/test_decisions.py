"""What thresholds let pass, by how much is enrolled."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from service.settings import DEFAULT_MODEL
from skeleton import LAYOUTS, Archive
from tests.animator_archive import write_animator_archive
from tests.service.models import changed_model
from training.command_line import main
from training.evaluation import decisions
from training.evaluation.decisions import measure_decisions
from training.evaluation.encoders import Encoder


def knowing(thresholds: dict[str, float], threshold: float = 0.5) -> Encoder:
    """A model whose probability is its score, less the share of strangers."""
    return Encoder(
        layout=LAYOUTS["body16"],
        frames=64,
        embed=lambda joints, seen: {},
        trained=None,
        facts={},
        probability=lambda best, behind, strangers: best * (1 - strangers),
        thresholds=thresholds,
        threshold=threshold,
    )


def asked_of(
    monkeypatch: pytest.MonkeyPatch, unit: float = 1.0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The queries and exemplars of every gallery that will be drawn, scores of this unit."""
    asked: list[tuple[np.ndarray, np.ndarray]] = []

    def table(
        scores: np.ndarray, queries: np.ndarray, exemplars: np.ndarray
    ) -> tuple[np.ndarray, float]:
        asked.append((queries, exemplars))
        return scores[np.ix_(queries, exemplars)], unit

    monkeypatch.setattr(decisions, "table", table)
    return asked


def test_shares_are_those_of_the_strangers_and_of_the_enrolled(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clips of class 0 have 0.9 with their own and 0.4 with class 1, those of class 1 0.9 with all
    of class 0 and 0.8 with their own; all others have 0.6 and 0.2. The file decides by 0.7."""
    labels = archive.labels
    of = {(0, 0): 0.9, (0, 1): 0.4, (1, 0): 0.9, (1, 1): 0.8}
    scores = np.where(labels[:, None] == labels, 0.6, 0.2)
    for (query, exemplar), value in of.items():
        scores[np.ix_(labels == query, labels == exemplar)] = value
    asked = asked_of(monkeypatch)
    encoder = knowing({"0.1": 0.85, "0.5": 0.3}, threshold=0.7)
    found = measure_decisions(encoder, scores, archive, 2, several=False, seed=0)
    best, right, known = [], [], []
    for queries, exemplars in asked:
        for query in labels[queries]:
            enrolled = sorted(labels[exemplars])
            with_each = [scores[labels == query][:, labels == one][0, 0] for one in enrolled]
            best.append(max(with_each))
            right.append(enrolled[int(np.argmax(with_each))] == query)
            known.append(query in enrolled)
    best, right, known = np.array(best), np.array(right), np.array(known)
    assert found.strangers["0.1"] == pytest.approx((best[~known] >= 0.85).mean())
    assert found.strangers["0.5"] == pytest.approx((best[~known] >= 0.3).mean())
    assert found.enrolled == pytest.approx((best[known] >= 0.7).mean())
    assert found.enrolled != pytest.approx((best[known] >= 0.85).mean())
    assert found.right == pytest.approx(right[known & (best >= 0.7)].mean())
    assert 0.5 < found.right < 1
    assert found.half.true == pytest.approx(right[known].mean() / 2, abs=0.03)
    assert found.none.true == pytest.approx(right[known].mean())
    assert found.none.probability == pytest.approx(best[known].mean())
    assert found.half.probability == pytest.approx(
        (best[known].mean() + best[~known].mean()) / 4, abs=0.03
    )
    assert found.line("x", "one person").startswith("| x | one person | 2 | ")
    # With all of them enrolled there is no stranger.
    whole = measure_decisions(encoder, scores, archive, 4, several=False, seed=0)
    assert np.isnan(whole.strangers["0.1"])
    assert np.isnan(whole.half.error)
    assert whole.none.error >= 0
    assert re.fullmatch(r".*\| - \| 0\.\d\d / \d\.\d\d, 0\.\d\d \|", whole.line("x", "one person"))


def test_probabilities_are_told_how_far_others_lie_behind_in_cosines(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[float, np.ndarray] = {}

    def probability(best: np.ndarray, behind: np.ndarray, strangers: float) -> np.ndarray:
        told[strangers] = behind
        return best

    asked_of(monkeypatch, unit=0.25)
    scores = np.where(archive.labels[:, None] == archive.labels, 0.9, 0.1)
    encoder = replace(knowing({"0.1": 0.5}), probability=probability)
    measure_decisions(encoder, scores, archive, 2, several=False, seed=0)
    assert set(told) == {0.0, 0.5}
    assert np.allclose(np.unique(told[0.0].round(6)), [0, 0.2])


@pytest.mark.parametrize("several", [False, True])
def test_who_gives_the_exemplars_is_not_asked_and_several_are_asked_by_all(
    several: bool, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_of(monkeypatch)
    alike = np.zeros((len(archive), len(archive)))
    measure_decisions(knowing({"0.1": 0.5}), alike, archive, 3, several=several, seed=0)
    most = 0
    for queries, exemplars in asked:
        enrolled = archive.labels[exemplars]
        assert len(set(enrolled)) == 3
        assert not set(queries) & set(exemplars)
        # One person has not done class 3, and borrows it.
        givers = set(archive.subjects[exemplars[enrolled != 3]])
        most = max(most, len(givers))
        if several:
            assert len(queries) == len(archive) - len(exemplars)
        else:
            assert not set(archive.subjects[queries]) & givers
    assert (most > 1) == several


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


def _without_thresholds(stated: dict, test: dict) -> None:
    stated["calibration"]["thresholds"] = {}


def test_a_file_that_states_no_thresholds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    write_animator_archive(tmp_path / "moves.npz", ("wave", "kick"), subjects=2, repetitions=1)
    model = changed_model(DEFAULT_MODEL, tmp_path / "silent.onnx", _without_thresholds)
    words = ["training", "decisions", "--model", str(model), "--sets", "moves"]
    monkeypatch.setattr("sys.argv", words)
    assert main() == 2
    assert "states no thresholds" in capsys.readouterr().err

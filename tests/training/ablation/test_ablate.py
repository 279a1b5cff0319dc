"""The command `ablate`, as a process of its own: what a user starts, kills and starts again."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skeleton import Archive
from tests.training.ablation.conftest import Done, Folder
from training import checkpoint
from training.ablation.evaluation_sets import EvaluationSet, evaluation_sets
from training.ablation.measurement import read_measurement
from training.config import load_config
from training.evaluation.encoders import encoder_from_checkpoint
from training.evaluation.logistic import logistic, logistic_fit
from training.evaluation.methods import ENCODER, alone, encoder_methods
from training.evaluation.metrics import (
    Answers,
    accuracy,
    answers,
    expected_calibration_error,
    right_when_accepting,
)
from training.evaluation.protocol import episodes
from training.lock import locked

KEPT_OUT = ("moves, kept out", "more, kept out")
SETS = (*KEPT_OUT, "strangers")


def _series(done: Done, variant: str, name: str, part: str, figure: str) -> np.ndarray:
    """`(seeds, episodes)` as the report's JSON holds them."""
    return np.array(
        [
            run["sets"][name]["parts"][part][figure]
            for run in sorted(done.report["runs"], key=lambda run: run["seed"])
            if run["variant"] == variant
        ]
    )


def _row(done: Done, variant: str, name: str, part: str) -> dict[str, Any]:
    wanted = ("small", name, part, variant)
    (row,) = [
        row
        for row in done.report["comparison"]
        if (row["encoder"], row["set_name"], row["part"], row["variant"]) == wanted
    ]
    return row


def test_every_run_of_the_plan_is_trained_and_measured(done: Done) -> None:
    report = done.report
    assert [run["name"] for run in report["runs"]] == [
        "small/plain/seed0", "small/dropped/seed0", "small/plain/seed1", "small/dropped/seed1",
    ]  # fmt: skip
    assert report["unfinished"] == {}
    for run in report["runs"]:
        trained, resume = checkpoint.load(done.out / "runs" / run["name"] / "last.pt")
        assert resume is None
        assert (trained.epoch, trained.config.seed) == (6, run["seed"])
        assert trained.config.encoder.dropout == (0 if run["variant"] == "plain" else 0.5)
        assert run["parameters"] == sum(p.numel() for p in trained.branch().parameters())
        assert run["time"]["starts"] == 1
        assert run["time"]["seconds"] > run["time"]["processor_seconds"] / 4 > 0
    assert "4 of 4 runs are finished" in done.printed
    assert (done.out / "ablation.md").read_text() in done.printed


def test_all_runs_meet_the_same_episodes_of_every_set(done: Done) -> None:
    told = done.report["sets"]["small"]
    assert list(told) == list(SETS)
    assert [told[name]["role"] for name in SETS] == ["kept out", "kept out", "development"]
    assert [told[name]["classes"] for name in SETS] == [2, 3, 4]
    assert all(len(told[name]["episodes"]) == 6 for name in SETS)
    assert len({told[name]["digest"] for name in SETS}) == 3
    for run in done.report["runs"]:
        assert {name: one["digest"] for name, one in run["sets"].items()} == {
            name: told[name]["digest"] for name in SETS
        }


def test_a_run_is_measured_as_evaluate_measures_its_checkpoint(done: Done, toy: Folder) -> None:
    archive = Archive.open(toy.path / "strangers.npz")
    drawn = episodes(archive.labels, archive.subjects, repeats=2)
    path = done.out / "runs/small/dropped/seed1/last.pt"
    found = {m.name: m for m in encoder_methods(archive, encoder_from_checkpoint(path))}
    for part, name in (("whole", ENCODER), ("graph features", alone("graph features"))):
        similarity = found[name].similarity
        closed = [answers(similarity, archive.labels, e, half=False) for e in drawn]
        opened = [answers(similarity, archive.labels, e, half=True) for e in drawn]
        stored = {
            figure: _series(done, "dropped", "strangers", part, figure)[1]
            for figure in ("accuracy", "right_at_5")
        }
        assert np.allclose(stored["accuracy"], [accuracy(one) for one in closed])
        right = [right_when_accepting(one, 0.05) for one in opened]
        assert np.allclose(stored["right_at_5"], right)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("part", ["whole", "graph features"])
@pytest.mark.parametrize("figure", ["accuracy", "novel", "auroc", "right_at_1", "novel_auroc"])
def test_the_report_adds_up_from_the_figures_of_every_episode(
    done: Done, name: str, part: str, figure: str
) -> None:
    plain, dropped = (_series(done, v, name, part, figure) for v in ("plain", "dropped"))
    assert plain.shape == (2, 6)
    told = _row(done, "dropped", name, part)
    of = told["figures"][figure]
    assert of["mean"] == pytest.approx(dropped.mean())
    assert of["sd"] == pytest.approx(dropped.std())
    assert of["over_seeds"] == pytest.approx(abs(dropped[0].mean() - dropped[1].mean()) / 2**0.5)
    assert of["over_episodes"] == pytest.approx(((dropped[0] + dropped[1]) / 2).std())
    gap = dropped - plain
    against = told["against_baseline"][figure]
    assert against["mean"] == pytest.approx(gap.mean())
    assert against["sd"] == pytest.approx(gap.std())
    assert against["standard_error"] == pytest.approx(
        abs(gap[0].mean() - gap[1].mean()) / 2, abs=1e-12
    )
    assert told["seeds"] == [0, 1]
    assert _row(done, "plain", name, part)["against_baseline"] == {}


def test_the_markdown_shows_what_the_json_holds(done: Done) -> None:
    text = (done.out / "ablation.md").read_text()
    section = text.partition("### small: strangers")[2]
    dropped = _series(done, "dropped", "strangers", "graph features", "accuracy") * 100
    gap = dropped - _series(done, "plain", "strangers", "graph features", "accuracy") * 100
    error = abs(gap[0].mean() - gap[1].mean()) / 2
    (line, *_) = [one for one in section.splitlines() if one.startswith("| dropped | graph")]
    assert f"| {dropped.mean():.1f} ± {dropped.std():.1f} (" in line
    assert f"| {gap.mean():+.1f} ± {gap.std():.1f}, s.e. {error:.1f} |" in line
    assert "Truly novel classes: 3 (throw, point, sit_down)." in section


def test_classes_kept_out_are_what_to_choose_by(done: Done) -> None:
    parts = [
        np.stack([_series(done, v, name, "whole", "auroc").mean(axis=1) for name in KEPT_OUT])
        for v in ("dropped", "plain")
    ]  # (sets, seeds)
    told = _row(done, "dropped", "all classes kept out", "whole")["against_baseline"]["auroc"]
    assert told["mean"] == pytest.approx((parts[0] - parts[1]).mean(), abs=1e-12)
    assert told["episodes"] == len(KEPT_OUT)


def test_probabilities_are_those_of_a_fit_on_other_classes_kept_out(done: Done) -> None:
    for name in SETS:
        errors = _series(done, "plain", name, "whole", "open_calibration")
        assert errors.shape == (2, 6)
        assert ((errors >= 0) & (errors < 0.5)).all()


def test_a_set_kept_out_has_no_say_in_its_own_probabilities(done: Done, toy: Folder) -> None:
    config = load_config(done.out / "runs/small/plain/seed0/config.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_DATA", str(toy.path))
        sets, _ = evaluation_sets(config, ["strangers"], 2)
    encoder = encoder_from_checkpoint(done.out / "runs/small/plain/seed0/last.pt")
    asked, told = (next(one for one in sets if one.name == name) for name in KEPT_OUT)
    alike = {one.name: encoder_methods(one.archive, encoder)[0].similarity for one in (asked, told)}

    def opened(one: EvaluationSet) -> list[Answers]:
        return [answers(alike[one.name], one.archive.labels, e, half=True) for e in one.episodes]

    best, right = (np.concatenate([getattr(a, w) for a in opened(told)]) for w in ("best", "right"))
    weights = np.full(len(best), 1 / len(best))
    slope, intercept = logistic_fit(np.stack([best, np.ones_like(best)], 1), right, weights)
    expected = [
        expected_calibration_error(logistic(slope * a.best + intercept), a.right)
        for a in opened(asked)
    ]
    stored = _series(done, "plain", asked.name, "whole", "open_calibration")[0]
    assert np.allclose(stored, expected, atol=1e-6)


def _wait(until: Any, process: Any, out: Path, seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        assert process.poll() is None, out.with_suffix(".txt").read_text()
        time.sleep(0.01)


def test_a_killed_ablation_goes_on_and_ends_where_an_undisturbed_one_does(
    toy: Folder, done: Done, tmp_path: Path
) -> None:
    plan = (toy.path / "plan.yaml").read_text().replace("[0, 1]", "[0]")
    (tmp_path / "one_seed.yaml").write_text(plan)
    options = ("--epochs", "6", "--plan", str(tmp_path / "one_seed.yaml"))
    out = tmp_path / "out"
    plain, dropped = (out / "runs/small" / variant / "seed0" for variant in ("plain", "dropped"))
    process = toy.start(out, *options)
    _wait(
        lambda: (plain / "measured.json").exists() and (dropped / "last.pt").exists(), process, out
    )
    process.kill()
    process.wait()
    with locked(out):  # the training that it had begun is gone as well
        _, resume = checkpoint.load(dropped / "last.pt")
        (dropped / "time.json.0123abcd.partial").touch()  # as of a kill while it is written
    assert resume is not None
    finished = (plain / "last.pt").read_bytes()

    printed = toy.run(out, *options)
    assert "1 of 2 runs are finished" in printed
    assert (plain / "last.pt").read_bytes() == finished
    assert "going on after epoch" in (dropped / "log.txt").read_text()
    for variant, starts in (("plain", 1), ("dropped", 2)):
        name = f"small/{variant}/seed0"
        ours = read_measurement(out / "runs" / name / "measured.json")
        theirs = read_measurement(done.out / "runs" / name / "measured.json")
        for set_name in SETS:
            assert ours.sets[set_name].digest == theirs.sets[set_name].digest
            for part in ("whole", "graph features"):
                a, b = (one.sets[set_name].parts[part] for one in (ours, theirs))
                assert np.allclose(a.accuracy, b.accuracy, atol=0.02)
                assert np.allclose(a.auroc, b.auroc, atol=0.02)
        text = (out / "runs" / name / "time.json").read_text()
        assert f'"starts": {starts}' in text
    assert not list(out.rglob("*.partial"))


def test_a_run_that_fails_is_named_and_hides_nothing(toy: Folder, tmp_path: Path) -> None:
    plan = (toy.path / "plan.yaml").read_text()
    plan = plan.replace("[0, 1]", "[0]").replace("  dropped: [encoder.dropout=0.5]\n", "")
    (tmp_path / "one_run.yaml").write_text(plan)
    options = ("optimiser.batch=5000", "--plan", str(tmp_path / "one_run.yaml"))
    printed = toy.run(tmp_path / "out", *options, status=1)
    assert "fewer clips than optimiser.batch" in printed
    text = (tmp_path / "out/ablation.md").read_text()
    assert "0 of 1 runs are finished" in text
    assert "- small/plain/seed0: failed: error: an epoch has fewer clips" in text

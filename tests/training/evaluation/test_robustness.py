"""The command `robustness`."""

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from skeleton import LAYOUTS, Archive
from skeleton.animator import animate
from tests.animator_archive import write_animator_archive
from training.evaluation.encoders import Encoder
from training.evaluation.metrics import Spread
from training.evaluation.protocol import episodes
from training.evaluation.robustness import add_arguments, run
from training.evaluation.robustness_curves import (
    MeasuredCurve,
    Point,
    accuracies,
    curves,
    degraded,
    shortened,
)
from training.evaluation.robustness_exemplars import measure_numbers, measure_person
from training.evaluation.robustness_floor import whole
from training.evaluation.robustness_picture import picture

MODEL = Path(__file__).parents[3] / "service/models/default.onnx"
ACTIONS = ("wave", "wave_left", "kick", "squat", "clap", "bow")


def _args(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(options)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path))
    write_animator_archive(tmp_path / "animated.npz", ACTIONS, subjects=3, repetitions=2)
    return tmp_path


def test_the_command_writes_tables_numbers_and_a_picture(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "out"
    options = ("--sets", "animated", "--floor", "animated", "--model", str(MODEL))
    assert run(_args(*options, "--quick", "--out", str(out))) == 0
    printed = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == [
        "robustness.json", "robustness.md", "robustness.svg",
    ]  # fmt: skip
    text = (out / "robustness.md").read_text()
    assert text in printed
    assert "processor: " in text
    assert re.search(r"run time: \d+ s", text)

    (one,) = json.loads((out / "robustness.json").read_text())["sets"]
    assert (one["name"], one["clips"], one["episodes"]) == ("animated", 36, 4)
    assert one["clean"]["mean"] > 0.95
    points = {curve["name"]: curve["points"][-1] for curve in one["curves"]}
    assert set(points) == {curve.name for curve in curves()}
    for point in points.values():
        for side in ("query", "exemplar", "both"):
            lost = point["difference"][side]["mean"]
            assert lost == pytest.approx(point["accuracy"][side]["mean"] - one["clean"]["mean"])
    # What the preparation and the body frame take out cannot cost anything.
    for name in ("yaw of the camera", "larger body", "frame rate misstated"):
        assert points[name]["difference"]["query"]["mean"] == 0, name
    assert points["joints never seen"]["difference"]["both"]["mean"] < 0
    assert points["in millimetres"]["warned"] == {"large_units": 1.0}
    assert one["floor"][0]["curve"] == "clean"
    assert 0.5 < one["floor"][0]["warping"]["mean"] <= 1
    ElementTree.fromstring((out / "robustness.svg").read_text())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--sets", "nowhere", "--model", str(MODEL)), "ONESHOT_DATA"),
        (("--sets", "animated", "--model", "animated.npz"), "animated.npz"),
    ],
)
def test_what_is_absent_is_named_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    assert run(_args(*options, "--out", str(folder / "out"))) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "out").exists()


def _point(label: str, lost: float) -> Point:
    spreads = {side: Spread(0.8 - lost, 0.1, 4) for side in ("query", "exemplar", "both")}
    gaps = {side: Spread(-lost, 0.1, 4) for side in spreads}
    return Point(label, spreads, gaps, {}, (0.8 - lost,) * 4)


def test_a_curve_breaks_at_the_first_level_that_costs_more_than_five_points() -> None:
    levels = (_point("a", 0.01), _point("b", 0.05), _point("c", 0.06), _point("d", 0.3))
    assert MeasuredCurve("x", levels).breaks_at("query") == "c"
    assert MeasuredCurve("x", levels[:2]).breaks_at("both") is None


def test_the_picture_rings_the_break_of_each_set_and_tells_short_curves_in_words() -> None:
    broken = MeasuredCurve("x", (_point("a", 0.01), _point("b", 0.06), _point("c", 0.3)))
    kept = MeasuredCurve("x", (_point("a", 0.01), _point("b", 0.02), _point("c", 0.03)))
    short = MeasuredCurve("y", (_point("a", 0.01), _point("b", 0.02)))
    drawn = picture({"one": (0.8, [broken, short]), "two": (0.8, [kept, short])})
    root = ElementTree.fromstring(drawn)
    lines = [line.get("points", "") for line in root.findall(".//{*}polyline")]
    assert [line.count(",") for line in lines] == [4, 4]
    (ring,) = root.findall(".//{*}circle")
    assert f"{ring.get('cx')},{ring.get('cy')}" == lines[0].split()[2]
    words = {text.text for text in root.findall(".//{*}text")}
    assert {"one", "two", "x", "clean", "a", "b", "c", "y, b", "-2.0 / -2.0"} <= words


def test_every_level_degrades_and_the_quick_run_takes_the_worst() -> None:
    names = [curve.name for curve in curves()]
    assert len(set(names)) == len(names)
    for curve, short in zip(curves(), shortened(curves()), strict=True):
        assert [level.label for level in short.levels] == [curve.levels[-1].label]
        assert len({level.label for level in curve.levels}) == len(curve.levels)


def test_a_level_draws_anew_for_each_clip_and_alike_for_each_run(archive: Archive) -> None:
    noise = next(curve for curve in curves() if curve.name == "noise").levels[0]
    once, again = (list(degraded(noise, archive, seed=1)) for _ in range(2))
    assert all(np.array_equal(a.joints, b.joints) for a, b in zip(once, again, strict=True))
    errors = [a.joints[:5] - b.joints[:5] for a, b in zip(once, archive, strict=True)]
    assert not np.allclose(errors[0], errors[1])


def test_more_exemplars_and_the_same_person_help_where_they_must(archive: Archive) -> None:
    # Clips of a class and a subject are alike, another subject's only half as much.
    alike = (archive.labels[:, None] == archive.labels).astype(float)
    mine = archive.subjects[:, None] == archive.subjects
    person = measure_person(alike * mine, archive, repeats=1, seed=0)
    assert person.same.mean == 1
    assert person.other.mean < 1
    assert person.gain.mean == pytest.approx(person.same.mean - person.other.mean)

    # The third clip of each class and subject is the only one that is like anything.
    telling = np.arange(len(archive)) % 3 == 2
    numbers = measure_numbers(alike * telling, archive, repeats=4, seed=0)
    alone = {row.count: row for row in numbers if row.whose == "one person"}
    assert set(alone) == {1, 2, 3}  # nobody repeated an action five times
    assert alone[1].accuracy.mean < alone[2].accuracy.mean < alone[3].accuracy.mean
    assert alone[3].gain.mean == pytest.approx(alone[3].accuracy.mean - alone[1].accuracy.mean)
    assert alone[1].used == 1


def test_what_is_enrolled_ranks_the_exemplars_where_the_model_lets_it(archive: Archive) -> None:
    """All clips share one direction by far, and by it alone the first class is nearest to all."""
    draw = np.random.default_rng(0)
    own = np.eye(8)[archive.labels] + 0.6 * draw.standard_normal((len(archive), 8))
    shared = np.where(archive.labels == 0, 9.0, 3.0)[:, None] * np.eye(8)[7]
    embeddings = own + shared
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    outputs = {"embedding": embeddings, "cohort_mean": np.zeros(len(archive))}
    bare = Encoder(LAYOUTS["body16"], 8, lambda joints, seen: {}, None, {})
    drawn = episodes(archive.labels, archive.subjects, repeats=1)
    found = {}
    for centre in (None, 1.0):
        scores = replace(bare, centre=centre).scores(outputs, outputs)
        numbers = measure_numbers(scores, archive, repeats=1, seed=0)
        person = measure_person(scores, archive, repeats=1, seed=0)
        found[centre] = (
            accuracies(scores, archive, drawn),
            [row.accuracy.mean for row in numbers],
            [person.same.mean, person.other.mean],
        )
    for plain, centred in zip(found[None], found[1.0], strict=True):
        assert np.mean(centred) > np.mean(plain)


def test_time_warping_gets_clips_with_nothing_unseen() -> None:
    clip = animate("wave", seed=2)
    at = clip.layout.index
    gap = clip.joints.copy()
    gap[10:30, 0, at["head"]] = np.nan
    gap[:, 0, at["right_hand"]] = np.nan
    for joint in ("left_hand", "left_wrist", "left_hand_tip", "left_thumb"):
        gap[:, 0, at[joint]] = np.nan
    filled = whole(replace(clip, joints=gap))
    assert filled.layout == LAYOUTS["openni"]
    assert not np.isnan(filled.joints).any()
    to = filled.layout.index
    head = clip.joints[:, 0, at["head"]]
    middle = (head[9] + (head[30] - head[9]) * 11 / 21).astype(np.float32)
    assert np.allclose(filled.joints[20, 0, to["head"]], middle, atol=1e-5)
    for joint, stand_in in (("right_hand", "right_wrist"), ("left_hand", "left_elbow")):
        assert np.array_equal(filled.joints[:, 0, to[joint]], clip.joints[:, 0, at[stand_in]])


def test_time_warping_between_two_lists_is_time_warping_of_all() -> None:
    from training.evaluation.distances import dtw, dtw_between

    clips = np.random.default_rng(1).normal(3, 1, (9, 16, 6)).astype(np.float32)
    assert np.allclose(dtw_between(clips[:4], clips[4:]), dtw(clips)[:4, 4:], rtol=1e-3)

"""The report on robustness: Markdown to read, JSON to compute with, a picture (ours)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from skeleton.whole_file import write_whole
from training.evaluation.metrics import Spread
from training.evaluation.report import percent, plain
from training.evaluation.robustness_curves import BREAKS, SIDES, MeasuredCurve, Point
from training.evaluation.robustness_exemplars import Number, Person
from training.evaluation.robustness_floor import Against
from training.evaluation.robustness_picture import picture

_ABOUT = (
    "The episodes of the protocol, the same for every row: one exemplar an action from one "
    "subject, queries from all others. Accuracy in %, mean ± standard deviation over the "
    "episodes; differences from clean are paired (same exemplars, same queries). Either the "
    "queries are degraded, or the exemplars, or both. A curve breaks at the first level that "
    f"costs more than {100 * BREAKS:g} points."
)
_NAMES = {"query": "queries", "exemplar": "exemplars", "both": "both"}


@dataclass(frozen=True)
class SetRobustness:
    """All that was measured on one set; `clean` is the accuracy without degradation."""

    name: str
    clips: int
    fps: float
    episodes: int
    clean: Spread
    curves: tuple[MeasuredCurve, ...]
    floor: tuple[Against, ...]
    numbers: tuple[Number, ...]
    person: Person


@dataclass(frozen=True)
class Robustness:
    """A whole run. `facts` says when, where and with what it was made."""

    facts: Mapping[str, str]
    sets: tuple[SetRobustness, ...]


def write_report(result: Robustness, folder: Path) -> tuple[Path, ...]:
    """Write `robustness.md`, `.json` and `.svg` into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(_tree(result), indent=1, ensure_ascii=False, allow_nan=False)
    drawn = picture({one.name: (one.clean.mean, one.curves) for one in result.sets})
    return (
        write_whole(folder / "robustness.md", markdown(result)),
        write_whole(folder / "robustness.json", content + "\n"),
        write_whole(folder / "robustness.svg", drawn),
    )


def markdown(result: Robustness) -> str:
    """Return the report as Markdown."""
    lines = ["# Robustness", "", _ABOUT, "", *_breaks(result.sets)]
    for one in result.sets:
        lines += [
            f"## {one.name}",
            "",
            f"{one.clips} clips of {one.fps:g} fps, {one.episodes} episodes; "
            f"clean {percent(one.clean)}.",
            "",
        ]
        lines += _curve_lines(one) + _floor_lines(one) + _exemplar_lines(one)
    lines += ["## Made with", "", *(f"- {name}: {value}" for name, value in result.facts.items())]
    return "\n".join(lines) + "\n"


def _tree(result: Robustness) -> object:
    tree = asdict(result)
    for stored, one in zip(tree["sets"], result.sets, strict=True):
        for curve, measured in zip(stored["curves"], one.curves, strict=True):
            curve["breaks_at"] = {side: measured.breaks_at(side) for side in SIDES}
    return plain(tree)


def _breaks(sets: tuple[SetRobustness, ...]) -> list[str]:
    lines = ["## Where it breaks", ""]
    head = [f"{one.name}, {_NAMES[side]}" for one in sets for side in SIDES]
    lines += ["| curve | " + " | ".join(head) + " |", "|---|" + "---|" * len(head)]
    for curves in zip(*(one.curves for one in sets), strict=True):
        cells = [
            curve.breaks_at(side) or f"not up to {curve.points[-1].label}"
            for curve in curves
            for side in SIDES
        ]
        lines.append(f"| {curves[0].name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _curve_lines(one: SetRobustness) -> list[str]:
    lines = ["| degraded | level"]
    for side in SIDES:
        lines[0] += f" | {_NAMES[side]}: accuracy | against clean"
    lines[0] += " | warnings |"
    lines.append("|" + "---|" * (lines[0].count("|") - 1))
    for curve in one.curves:
        for point in curve.points:
            cells = [curve.name, point.label]
            for side in SIDES:
                cells.append(percent(point.accuracy[side]))
                cells.append(percent(point.difference[side], signed=True))
            lines.append("| " + " | ".join((*cells, _warned(point))) + " |")
    return [*lines, ""]


def _warned(point: Point) -> str:
    return ", ".join(f"{code} {100 * share:.0f} %" for code, share in point.warned.items())


def _floor_lines(one: SetRobustness) -> list[str]:
    if not one.floor:
        return []
    lines = [
        f"Time warping, queries degraded, beside the model on the same {one.floor[0].model.count} "
        "episodes. For time warping gaps are bridged over any length, and a joint never seen "
        "takes the place of its nearest seen neighbour:",
        "",
        "| degraded | level | time warping | against clean | model | against clean |",
        "|---|---|---|---|---|---|",
    ]
    for row in one.floor:
        cells = [row.curve, row.label, percent(row.warping)]
        cells += [percent(row.warping_difference, signed=True), percent(row.model)]
        cells += [percent(row.model_difference, signed=True)]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _exemplar_lines(one: SetRobustness) -> list[str]:
    lines = [
        "More exemplars an action; the best one decides. The queries are the same in all rows:",
        "",
        "| exemplars of | wanted | had | accuracy | against one |",
        "|---|---|---|---|---|",
    ]
    for row in one.numbers:
        cells = [row.whose, str(row.count), f"{row.used:.1f}", percent(row.accuracy)]
        lines.append("| " + " | ".join((*cells, percent(row.gain, signed=True))) + " |")
    person = one.person
    return [
        *lines,
        "",
        f"One exemplar an action from the asking person: {percent(person.same)}; from another "
        f"person, the same queries: {percent(person.other)} "
        f"(difference {percent(person.gain, signed=True)}).",
        "",
    ]

"""The report of an evaluation: Markdown to read, JSON to compute with (ours)."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skeleton.whole_file import write_whole
from training.evaluation.metrics import Spread, paired_difference, spread
from training.evaluation.results import FIGURES, Evaluation, Measured, Series, SetResult
from training.evaluation.seeds import SeedSpread, over_seeds, paired_over_seeds

_PROTOCOL = (
    "Every subject gives the exemplars in turn: one random clip per class, a class that the "
    "subject did not perform taking one from another subject (then no query). Queries are all "
    "clips of every other subject. Accuracy in %, mean ± standard deviation over the episodes; "
    "differences are paired: same exemplars, same queries. Open set: half of the classes, drawn "
    "anew each episode, are not enrolled; AUROC of the best similarity, and the share of the "
    "enrolled classes' clips rightly matched at the threshold that accepts 1 % or 5 % of the "
    "unknown. Truly novel: queries of classes whose action does not occur in training "
    "(`class_groups.csv`), with all classes enrolled; in the open set the same queries alone, with "
    "half of all classes enrolled."
)
_SEVERAL = (
    "Mean ± standard deviation over models and episodes together; in brackets the sample deviation "
    "(n - 1) of the models' means, and the deviation of the episodes' means over the models."
)


def write_report(evaluation: Evaluation, folder: Path) -> tuple[Path, Path]:
    """Write `evaluation.md` and `evaluation.json` into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(plain(asdict(evaluation)), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        write_whole(folder / "evaluation.md", markdown(evaluation)),
        write_whole(folder / "evaluation.json", content + "\n"),
    )


def markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown."""
    lines = ["# Evaluation", "", _PROTOCOL, ""]
    for one in evaluation.sets:
        lines += _set_lines(one)
    lines += ["## Made with", ""]
    lines += [f"- {name}: {value}" for name, value in evaluation.facts.items()]
    return "\n".join(lines) + "\n"


def _trained_on(one: SetResult) -> list[str]:
    if not one.trained_on:
        return []
    return [
        "",
        f"**{len(one.trained_on)} of these {one.classes} classes were trained on**: what a model "
        "has over all of them says nothing about actions that are new to it.",
    ]


def _set_lines(one: SetResult) -> list[str]:
    known = one.novel is not None
    floors = [method for method in one.methods if method.method.startswith("DTW")]
    apart = any(method.novel_auroc is not None for method in one.methods)
    lines = [
        f"## {one.name}",
        "",
        f"{one.clips} clips, {one.classes} classes, {one.subjects} subjects; "
        f"{one.episodes} episodes, {one.borrowed} borrowed exemplars.",
        "Truly novel classes: "
        + (f"{len(one.novel)} ({', '.join(one.novel)})." if one.novel else "none.")
        if one.novel is not None
        else "Truly novel classes: not known. The training classes are not, or class_groups.csv "
        "does not list this set or one of those trained on.",
        *_trained_on(one),
        "",
        "| method | accuracy"
        + "".join(f" | against {floor.method}" for floor in floors)
        + (" | truly novel" if known else "")
        + " | open set: AUROC | right at 1 % | right at 5 %"
        + (" | truly novel: AUROC | right at 1 % | right at 5 %" if apart else "")
        + f" | {FIGURES['calibration']} | {FIGURES['open_calibration']} | seconds |",
    ]
    lines.append("|" + "---|" * (lines[-1].count("|") - 1))
    for method in one.methods:
        cells = [_called(method), percent(spread(method.accuracy))]
        for floor in floors:
            same = floor is method
            gap = paired_difference(method.accuracy, floor.accuracy)
            cells.append("" if same else percent(gap, signed=True))
        if known:
            cells.append(_percent_of(method.novel))
        cells += _open_cells(method.auroc, method.right_at_1, method.right_at_5)
        if apart:
            cells += _open_cells(
                method.novel_auroc, method.novel_right_at_1, method.novel_right_at_5
            )
        cells += [_percent_of(method.calibration), _percent_of(method.open_calibration)]
        cells.append(f"{method.seconds:.1f}")
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    lines += _several_lines(one)
    for method in one.methods:
        lines += _decision_lines(method)
    return lines


def _called(method: Measured) -> str:
    return method.method if method.model is None else f"{method.method} (model {method.model})"


def _open_cells(area: Series | None, *shares: Series | None) -> list[str]:
    means = [float("nan") if series is None else spread(series).mean for series in (area, *shares)]
    return [_number(means[0], 1, ".2f"), *(_number(mean) for mean in means[1:])]


def _several_lines(one: SetResult) -> list[str]:
    """The models of a set as one, where there are several."""
    by_method: dict[str, list[Measured]] = {}
    for method in one.methods:
        if method.model is not None:
            by_method.setdefault(method.method, []).append(method)
    if not by_method:
        return []
    floors = [method for method in one.methods if method.method.startswith("DTW")]
    shown = [
        figure
        for figure in FIGURES
        if any(getattr(row, figure) is not None for rows in by_method.values() for row in rows)
    ]
    titles = [FIGURES[figure] for figure in shown]
    titles[1:1] = [f"against {floor.method}" for floor in floors]
    count = len(next(iter(by_method.values())))
    lines = [f"The {count} models as one. {_SEVERAL}", ""]
    lines += ["| method | " + " | ".join(titles) + " |", "|---|" + "---|" * len(titles)]
    for name, rows in by_method.items():
        cells = [several(_over(rows, figure), figure) for figure in shown]
        accuracy = [row.accuracy for row in rows]
        cells[1:1] = [
            several(paired_over_seeds(accuracy, [floor.accuracy] * len(rows)), signed=True)
            for floor in floors
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _over(rows: Sequence[Measured], figure: str) -> SeedSpread | None:
    found = [getattr(row, figure) for row in rows]
    return None if any(series is None for series in found) else over_seeds(found)


def several(value: SeedSpread | None, figure: str = "accuracy", *, signed: bool = False) -> str:
    """Return `81.2 ± 1.7 (0.4; 1.6)`: in brackets over the seeds and over the episodes; a dash
    where there is none. Shares in %, AUROC as it is."""
    if value is None or value.episodes == 0:
        return "-"
    times, digits = (1, 3) if figure.endswith("auroc") else (100, 1)
    sign = "+" if signed else ""
    apart = [_number(v, times, f".{digits}f") for v in (value.over_seeds, value.over_episodes)]
    return (
        f"{times * value.mean:{sign}.{digits}f} ± {times * value.sd:.{digits}f} "
        f"({apart[0]}; {apart[1]})"
    )


def _decision_lines(method: Measured) -> list[str]:
    if not method.decisions:
        return []
    names = list(next(iter(method.decisions.values())))
    lines = [f"Decisions of {method.method}, % of the queries:", ""]
    lines += ["| queries | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for group, shares in method.decisions.items():
        lines.append(f"| {group} | " + " | ".join(_number(shares[n]) for n in names) + " |")
    return [*lines, ""]


def percent(value: Spread, *, signed: bool = False) -> str:
    """Return a spread of shares as `74.6 ± 3.0`, the mean alone where nothing is known of the
    deviation, a dash where there is no value."""
    if value.count == 0:
        return "-"
    form = "+.1f" if signed else ".1f"
    mean = f"{100 * value.mean:{form}}"
    return mean if math.isnan(value.sd) else f"{mean} ± {100 * value.sd:.1f}"


def _percent_of(series: Series | None) -> str:
    return "-" if series is None else percent(spread(series))


def _number(value: float, times: float = 100, form: str = ".1f") -> str:
    return "-" if math.isnan(value) else f"{times * value:{form}}"


def measured_from(tree: Mapping[str, Any]) -> Measured:
    """Return a record from its JSON; a figure that an older report lacks is None."""
    series = {
        name: None if tree.get(name) is None else tuple(_real(value) for value in tree[name])
        for name in FIGURES
    }
    decisions = tree["decisions"]
    if decisions is not None:
        decisions = {
            group: {name: _real(value) for name, value in shares.items()}
            for group, shares in decisions.items()
        }
    return Measured(**{**tree, **series, "decisions": decisions})


def _real(value: float | None) -> float:
    return float("nan") if value is None else value


def plain(tree: Any) -> Any:
    """Return a tree of JSON values; JSON has no NaN: it becomes null."""
    if isinstance(tree, dict):
        return {name: plain(value) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [plain(value) for value in tree]
    return None if isinstance(tree, float) and math.isnan(tree) else tree

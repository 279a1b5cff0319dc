"""The report of an evaluation: Markdown to read, JSON to compute with (ours)."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.evaluation.metrics import Spread, paired_difference, spread
from training.evaluation.results import Evaluation, Measured, Series, SetResult

_PROTOCOL = (
    "Every subject gives the exemplars in turn: one random clip per class, a class that the "
    "subject did not perform taking one from another subject (then no query). Queries are all "
    "clips of every other subject. Accuracy in %, mean ± standard deviation over the episodes; "
    "differences are paired: same exemplars, same queries. Open set: half of the classes, drawn "
    "anew each episode, are not enrolled; AUROC of the best similarity, and the share of the "
    "enrolled classes' clips rightly matched at the threshold that accepts 1 % or 5 % of the "
    "unknown. Truly novel: queries of classes whose action does not occur in training "
    "(`class_groups.csv`), with all classes enrolled."
)


def write_report(evaluation: Evaluation, folder: Path) -> tuple[Path, Path]:
    """Write `evaluation.md` and `evaluation.json` into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(plain(asdict(evaluation)), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        write_whole(folder / "evaluation.md", markdown(evaluation)),
        write_whole(folder / "evaluation.json", content + "\n"),
    )


def read_report(path: Path) -> Evaluation:
    """Read an `evaluation.json` back."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    return Evaluation(
        facts=tree["facts"],
        sets=tuple(
            SetResult(
                **{
                    **entry,
                    "novel": None if entry["novel"] is None else tuple(entry["novel"]),
                    "methods": tuple(_measured(method) for method in entry["methods"]),
                }
            )
            for entry in tree["sets"]
        ),
    )


def markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown."""
    lines = ["# Evaluation", "", _PROTOCOL, ""]
    for one in evaluation.sets:
        lines += _set_lines(one)
    lines += ["## Made with", ""]
    lines += [f"- {name}: {value}" for name, value in evaluation.facts.items()]
    return "\n".join(lines) + "\n"


def _set_lines(one: SetResult) -> list[str]:
    known = one.novel is not None
    floors = [method for method in one.methods if method.method.startswith("DTW")]
    lines = [
        f"## {one.name}",
        "",
        f"{one.clips} clips, {one.classes} classes, {one.subjects} subjects; "
        f"{one.episodes} episodes, {one.borrowed} borrowed exemplars.",
        "Truly novel classes: "
        + (f"{len(one.novel)} ({', '.join(one.novel)})." if one.novel else "none.")
        if one.novel is not None
        else "Truly novel classes: not asked, the training classes are not known.",
        "",
        "| method | accuracy"
        + "".join(f" | against {floor.method}" for floor in floors)
        + (" | truly novel" if known else "")
        + " | open set: AUROC | right at 1 % | right at 5 % | calibration error | seconds |",
    ]
    lines.append("|" + "---|" * (lines[-1].count("|") - 1))
    for method in one.methods:
        cells = [method.method, percent(spread(method.accuracy))]
        for floor in floors:
            same = floor is method
            gap = paired_difference(method.accuracy, floor.accuracy)
            cells.append("" if same else percent(gap, signed=True))
        if known:
            cells.append(_percent_of(method.novel))
        cells.append(_number(spread(method.auroc).mean, 1, ".2f"))
        cells += [_number(spread(s).mean) for s in (method.right_at_1, method.right_at_5)]
        cells.append(_percent_of(method.calibration))
        cells.append(f"{method.seconds:.1f}")
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    for method in one.methods:
        lines += _decision_lines(method)
    return lines


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
    """Return a spread of shares as `74.6 ± 3.0`, a dash where there is none."""
    if value.count == 0:
        return "-"
    form = "+.1f" if signed else ".1f"
    return f"{100 * value.mean:{form}} ± {100 * value.sd:.1f}"


def _percent_of(series: Series | None) -> str:
    return "-" if series is None else percent(spread(series))


def _number(value: float, times: float = 100, form: str = ".1f") -> str:
    return "-" if math.isnan(value) else f"{times * value:{form}}"


def _measured(tree: Mapping[str, Any]) -> Measured:
    series = {
        name: None if tree[name] is None else tuple(_real(value) for value in tree[name])
        for name in ("accuracy", "novel", "auroc", "right_at_1", "right_at_5", "calibration")
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


def write_whole(path: Path, text: str) -> Path:
    """Write a file whole or not at all, and return its path."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return path

"""The report of an ablation: Markdown to read, JSON to compute with (ours)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skeleton.whole_file import write_whole
from training.ablation.comparison import TO_CHOOSE_BY, Finished, Row
from training.ablation.evaluation_sets import EvaluationSet
from training.ablation.measurement import WHOLE
from training.ablation.plan import Entry
from training.evaluation.metrics import spread
from training.evaluation.report import percent, plain, several
from training.evaluation.results import Measured
from training.evaluation.seeds import SeedSpread

_HOW_TO_READ = (
    "All runs of an encoder had the same data and budget and met the same episodes (one-shot "
    "protocol of "
    "`python -m training evaluate`); an episode's figure is in %, AUROC as it is. "
    "`81.2 ± 1.7 (0.4; 1.6)`: mean ± standard deviation over seeds and episodes together; in "
    "brackets the sample deviation (n - 1) of the seeds' means, and the deviation of the episodes' "
    "means over the seeds. `+1.3 ± 2.0, s.e. 0.4`: the difference to {baseline} on the same "
    "episodes and the same seeds, its deviation over both together, and the standard error over "
    "seeds (a dash for one seed). **Choose by the classes kept out of training, never by truly "
    "novel classes of the other sets**: those are for the report. Calibration error: of "
    "probabilities fitted on classes kept out, not on the set itself."
)
_CLOSED = ("accuracy", "novel", "calibration")
_OPEN = ("auroc", "right_at_1", "right_at_5", "open_calibration")
_NOVEL = ("novel_auroc", "novel_right_at_1", "novel_right_at_5")
_TITLES = {
    "accuracy": "all classes", "novel": "truly novel", "calibration": "calibration error",
    "auroc": "AUROC", "right_at_1": "right at 1 %", "right_at_5": "right at 5 %",
    "open_calibration": "calibration error",
    "novel_auroc": "AUROC", "novel_right_at_1": "right at 1 %", "novel_right_at_5": "right at 5 %",
}  # fmt: skip


@dataclass(frozen=True)
class Ablation:
    """Everything that is known so far. `unfinished` gives each run's state; `sets` are by encoder,
    `floor` is time warping by encoder and set; `remarks` are for the reader."""

    facts: Mapping[str, str]
    baseline: str
    planned: Sequence[Entry]
    finished: Sequence[Finished]
    unfinished: Mapping[str, str]
    sets: Mapping[str, Sequence[EvaluationSet]]
    floor: Mapping[tuple[str, str], Measured]
    rows: Sequence[Row]
    remarks: Sequence[str]


def write_report(ablation: Ablation, folder: Path) -> tuple[Path, Path]:
    """Write `ablation.md` and `ablation.json`, each whole or not at all."""
    content = json.dumps(plain(_tree(ablation)), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        write_whole(folder / "ablation.md", markdown(ablation)),
        write_whole(folder / "ablation.json", content + "\n"),
    )


def _tree(ablation: Ablation) -> dict[str, Any]:
    return {
        "facts": dict(ablation.facts),
        "baseline": ablation.baseline,
        "unfinished": dict(ablation.unfinished),
        "remarks": list(ablation.remarks),
        "sets": {
            encoder: {one.name: _set_tree(one) for one in sets}
            for encoder, sets in ablation.sets.items()
        },
        "warping": [
            {"encoder": encoder, "set": name, "figures": asdict(measured)}
            for (encoder, name), measured in ablation.floor.items()
        ],
        "runs": [_run_tree(run) for run in ablation.finished],
        "comparison": [asdict(row) for row in ablation.rows],
    }


def _set_tree(one: EvaluationSet) -> dict[str, Any]:
    return {
        "role": one.role,
        "digest": one.digest,
        "clips": len(one.archive),
        "classes": len(one.episodes[0].classes),
        "episodes": [
            {"subject": episode.subject, "repeat": episode.repeat, "queries": len(episode.queries)}
            for episode in one.episodes
        ],
    }


def _run_tree(run: Finished) -> dict[str, Any]:
    entry = run.entry
    return {
        "name": entry.name,
        "encoder": entry.encoder,
        "variant": entry.variant,
        "seed": entry.seed,
        "overrides": list(entry.overrides),
        "time": asdict(run.time),
        **asdict(run.measurement),
    }


def markdown(ablation: Ablation) -> str:
    """Return the report as Markdown."""
    lines = ["# Ablation", "", _HOW_TO_READ.format(baseline=ablation.baseline), ""]
    done, planned = len(ablation.finished), len(ablation.planned)
    lines += [f"{done} of {planned} runs are finished.", ""]
    if ablation.unfinished:
        lines += ["Not finished, and in no figure below:", ""]
        lines += [f"- {name}: {state}" for name, state in ablation.unfinished.items()] + [""]
    lines += [f"- {remark}" for remark in ablation.remarks]
    lines += [""] if ablation.remarks else []
    for encoder in dict.fromkeys(row.encoder for row in ablation.rows):
        lines += _encoder_lines(ablation, encoder)
    lines += ["## Made with", ""]
    lines += [f"- {name}: {value}" for name, value in ablation.facts.items()]
    return "\n".join(lines) + "\n"


def _encoder_lines(ablation: Ablation, encoder: str) -> list[str]:
    lines = [f"## {encoder}", ""]
    lines += _cost_lines([run for run in ablation.finished if run.entry.encoder == encoder])
    sets = {one.name: one for one in ablation.sets[encoder]}
    rows = [row for row in ablation.rows if row.encoder == encoder]
    for name in dict.fromkeys(row.set_name for row in rows):
        lines += [f"### {encoder}: {name}", ""]
        here = [row for row in rows if row.set_name == name]
        if name == TO_CHOOSE_BY:
            lines += [
                "**Choose by this table.** The mean of the sets below; in place of the episodes "
                "stand the sets.",
                "",
            ]
            floor = None
        else:
            novel = next(
                run.measurement.sets[name].novel
                for run in ablation.finished
                if run.entry.encoder == encoder
            )
            lines += [_about(sets[name], novel), ""]
            floor = ablation.floor[encoder, name]
        for title, figures in (
            ("Closed set", _CLOSED),
            ("Open set, half of the classes enrolled", _OPEN),
            ("Open set, queries of truly novel classes alone", _NOVEL),
        ):
            lines += _table(title, figures, here, floor, ablation.baseline)
    return lines


def _about(one: EvaluationSet, novel: Sequence[str] | None) -> str:
    what = "to report on" if one.role == "development" else "to choose by"
    if novel is None:
        listed = "not known, class_groups.csv does not list this set or one of those trained on"
    else:
        listed = f"{len(novel)} ({', '.join(novel)})" if novel else "none"
    return (
        f"A set {what}: {len(one.archive)} clips, {len(one.episodes[0].classes)} classes, "
        f"{len(one.episodes)} episodes (`{one.digest[:12]}`). "
        f"Truly novel classes: {listed}."
    )


def _cost_lines(runs: Sequence[Finished]) -> list[str]:
    lines = [
        "| variant | seeds | parameters | training, s | processor, s | starts |",
        "|---|---|---|---|---|---|",
    ]
    for variant in dict.fromkeys(run.entry.variant for run in runs):
        here = [run for run in runs if run.entry.variant == variant]
        seconds = spread([run.time.seconds for run in here])
        processor = spread([run.time.processor_seconds for run in here])
        lines.append(
            f"| {variant} | {', '.join(str(run.entry.seed) for run in here)} "
            f"| {here[0].measurement.parameters} | {seconds.mean:.0f} ± {seconds.sd:.0f} "
            f"| {processor.mean:.0f} ± {processor.sd:.0f} "
            f"| {sum(run.time.starts for run in here)} |"
        )
    return [*lines, ""]


def _table(
    title: str,
    figures: Sequence[str],
    rows: Sequence[Row],
    floor: Measured | None,
    baseline: str,
) -> list[str]:
    """One row for each variant and part; beside each figure its difference to the baseline."""
    shown = [
        figure
        for figure in figures
        if any(row.figures[figure].episodes for row in rows if figure in row.figures)
    ]
    if not shown:
        return []
    compared = any(row.against_baseline for row in rows)
    header = ["variant", "by", "seeds"]
    for figure in shown:
        header += [_TITLES[figure], *([f"against {baseline}"] if compared else [])]
        header += ["against DTW"] if figure == "accuracy" else []
    lines = [f"{title}:", "", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    if floor is not None and any(getattr(floor, figure) is not None for figure in shown):
        cells = ["time warping", "", ""]
        for figure in shown:
            cells += [_of_floor(floor, figure), *([""] if compared else [])]
            cells += [""] if figure == "accuracy" else []
        lines.append("| " + " | ".join(cells) + " |")
    for row in rows:
        by = "the whole" if row.part == WHOLE else f"{row.part} alone"
        cells = [row.variant, by, ", ".join(map(str, row.seeds))]
        for figure in shown:
            cells.append(several(row.figures.get(figure), figure))
            if compared:
                cells.append(_difference(row.against_baseline.get(figure), figure))
            if figure == "accuracy":
                cells.append(_difference(row.against_warping.get(figure), figure))
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _of_floor(floor: Measured, figure: str) -> str:
    series = getattr(floor, figure)
    if series is None:
        return "-"
    value = spread(series)
    if not figure.endswith("auroc"):
        return percent(value)
    return "-" if value.count == 0 else f"{value.mean:.3f} ± {value.sd:.3f}"


def _difference(value: SeedSpread | None, figure: str) -> str:
    if value is None or value.episodes == 0:
        return ""
    times, digits = (1, 3) if figure.endswith("auroc") else (100, 1)
    error = "-" if value.seeds < 2 else f"{times * value.standard_error:.{digits}f}"
    return f"{times * value.mean:+.{digits}f} ± {times * value.sd:.{digits}f}, s.e. {error}" + (
        "" if value.seeds > 1 else " (one seed)"
    )

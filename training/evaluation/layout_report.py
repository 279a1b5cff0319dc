"""The table of layouts: Markdown to read, JSON to compute with (ours)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from skeleton.whole_file import write_whole
from training.evaluation.layout_pairs import Cell, Pairs
from training.evaluation.report import plain

#: The same movement must be recognised from layout to layout at least this often.
BAR = 0.95


@dataclass(frozen=True)
class LayoutTable:
    """A whole run: `actions` actions, each performed `takes` times; the `joints` of the model.
    `facts` says when, where and with what it was made."""

    facts: Mapping[str, str]
    actions: int
    takes: int
    joints: tuple[str, ...]
    pairs: Pairs


def write_report(table: LayoutTable, folder: Path) -> tuple[Path, Path]:
    """Write `layouts.md` and `layouts.json` into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(plain(asdict(table)), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        write_whole(folder / "layouts.md", markdown(table)),
        write_whole(folder / "layouts.json", content + "\n"),
    )


def markdown(table: LayoutTable) -> str:
    """Return the report as Markdown."""
    cells = table.pairs.cells
    low = [cell for cell in cells if cell.same < BAR]
    lines = [
        "# Layouts",
        "",
        f"{table.actions} actions of the animator, {table.takes} performances each: "
        f"{cells[0].queries} queries a cell. Enrolled in the row's layout, one exemplar an "
        "action; asked in the column's. % recognised as their action.",
        "",
        "## The same movement",
        "",
        f"One performance, told in two layouts. The bar is {100 * BAR:g} % in every cell: "
        + (f"{len(low)} of {len(cells)} cells are below it." if low else "kept everywhere."),
        "",
        *_grid(cells, lambda cell: f"{100 * cell.same:.1f}"),
        "",
        "Mean cosine of query and exemplar, which tells more than a share near 100 %; the least "
        f"margin of a right action over the best wrong one is "
        f"{min(cell.margin for cell in cells):.3f}:",
        "",
        *_grid(cells, lambda cell: f"{cell.cosine:.3f}"),
        "",
        "## Another performance",
        "",
        "Another body, draw, speed (0.75 to 1.35), view (± 60°) and twice the noise.",
        "",
        *_grid(cells, lambda cell: f"{100 * cell.other:.1f}"),
        "",
        "## What each layout gives the model",
        "",
        "| layout | derived | missing |",
        "|---|---|---|",
    ]
    for source in table.pairs.sources:
        derived = (f"{joint} ({', '.join(names)})" for joint, names in source.derived.items())
        lines.append(
            f"| {source.layout} | {'; '.join(derived) or '-'} | "
            f"{', '.join(source.missing) or '-'} |"
        )
    if low:
        lines += ["", "## Below the bar", ""]
        lines += ["| enrolled | asked | % | confusions |", "|---|---|---|---|"]
        for cell in low:
            told = ", ".join(f"{a} → {b} ({count})" for a, b, count in cell.confusions)
            lines.append(f"| {cell.enrolled} | {cell.asked} | {100 * cell.same:.1f} | {told} |")
    lines += ["", "## Made with", ""]
    lines += [f"- {name}: {value}" for name, value in table.facts.items()]
    return "\n".join(lines) + "\n"


def _grid(cells: tuple[Cell, ...], text: Callable[[Cell], str]) -> list[str]:
    names = list(dict.fromkeys(cell.asked for cell in cells))
    lines = ["| enrolled ↓ asked → | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    found = {(cell.enrolled, cell.asked): text(cell) for cell in cells}
    for row in dict.fromkeys(cell.enrolled for cell in cells):
        values = (found[row, column] for column in names)
        lines.append(f"| {row} | " + " | ".join(values) + " |")
    return lines

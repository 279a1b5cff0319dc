"""The table: what was measured beside what is published, as Markdown and as JSON (ours)."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skeleton.whole_file import write_whole
from training.benchmark.measure import COSINE, SCORE
from training.evaluation.metrics import sample_spread, spread
from training.evaluation.report import percent, plain
from training.split import Split

_DASH = "-"


@dataclass(frozen=True)
class Cell:
    """One trained encoder: variant, number of base classes, seed, and what `measure` gave."""

    variant: str
    base: int
    seed: int
    found: Mapping[str, Any]


def markdown(
    split: Split, base: Sequence[int], seeds: int, cells: Sequence[Cell], facts: Mapping[str, str]
) -> str:
    """Return the table; what is not measured yet is a dash."""
    variants = list(dict.fromkeys(cell.variant for cell in cells))
    lines = [
        f"# {split.title}, one-shot, {len(split.novel)} novel classes",
        "",
        "Accuracy in %, by the number of base classes. Published: one fixed exemplar a class, and "
        "base subsets that are not known. Ours: the last epoch (never the best on the novel "
        f"classes), mean ± sample deviation over training seeds ({_finished(cells, seeds)}), the "
        "listed base "
        "subsets, to which the mirror images of one-sided classes add classes of their own. "
        "Drawn: a random exemplar a class, many times; mean over seeds and draws ± standard "
        "deviation over the draws.",
        "",
        "| method | " + " | ".join(map(str, base)) + " | parameters |",
        "|---|" + "---|" * (len(base) + 1),
    ]
    for name, row in split.published.items():
        said = [f"{row[count]:.1f}" if count in row else _DASH for count in base]
        size = split.parameters.get(name, _DASH)
        lines.append(f"| {name} (published) | {' | '.join(said)} | {size} |")
    if not split.published:
        lines.append(f"| published: figures not at hand {'| ' * (len(base) + 1)}|")
    for variant in variants:
        for title, rule, kind in _ROWS:
            figures = [_cell(_of(cells, variant, count), rule, kind) for count in base]
            size = _size(cells, variant) if kind == "fixed" and rule == COSINE else ""
            lines.append(f"| **{variant}**, {title} | {' | '.join(figures)} | {size} |")
    for variant in variants[1:]:
        gaps = [_gap(cells, variant, variants[0], count) for count in base]
        lines.append(f"| {variant} less {variants[0]}, fixed, paired by seed | "
                     f"{' | '.join(gaps)} | |")  # fmt: skip
        gaps = [_gap(cells, variant, variants[0], count, "drawn") for count in base]
        lines.append(f"| {variant} less {variants[0]}, drawn, paired by seed | "
                     f"{' | '.join(gaps)} | |")  # fmt: skip
    lines += ["", "## Made with", "", *(f"- {name}: {value}" for name, value in facts.items()), ""]
    return "\n".join(lines)


def _finished(cells: Sequence[Cell], seeds: int) -> str:
    """How many seeds the entries of the table are of."""
    counts = Counter((cell.variant, cell.base) for cell in cells)
    fewest, most = min(counts.values(), default=0), max(counts.values(), default=0)
    return f"{most} of {seeds}" if fewest == most else f"{fewest} to {most} of {seeds}"


_ROWS = (
    ("fixed exemplar", COSINE, "fixed"),
    ("drawn exemplars", COSINE, "drawn"),
    ("drawn exemplars, ranked as served", SCORE, "drawn"),
)


def write_table(
    folder: Path,
    split: Split,
    base: Sequence[int],
    seeds: int,
    cells: Sequence[Cell],
    facts: Mapping[str, str],
) -> tuple[Path, Path]:
    """Write `table.md` and `table.json` into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    tree = {
        "benchmark": split.name,
        "novel": split.novel,
        "base": {str(count): split.base[count] for count in base},
        "published": {m: {str(k): v for k, v in row.items()} for m, row in split.published.items()},
        "cells": [{"variant": c.variant, "base": c.base, "seed": c.seed, **c.found} for c in cells],
        "facts": facts,
    }
    content = json.dumps(plain(tree), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        write_whole(folder / "table.md", markdown(split, base, seeds, cells, facts)),
        write_whole(folder / "table.json", content + "\n"),
    )


def _of(cells: Sequence[Cell], variant: str, base: int) -> dict[int, Cell]:
    """The cells of a variant and number of base classes by seed."""
    return {cell.seed: cell for cell in cells if (cell.variant, cell.base) == (variant, base)}


def _accuracy(cell: Cell, rule: str, kind: str) -> list[float]:
    """By episode."""
    return list(cell.found[rule][kind]["accuracy"])


def _cell(by_seed: Mapping[int, Cell], rule: str, kind: str) -> str:
    if not by_seed:
        return _DASH
    series = [_accuracy(cell, rule, kind) for cell in by_seed.values()]
    if kind == "fixed":
        return percent(sample_spread([episodes[0] for episodes in series]))
    # Over the seeds first: the deviation is then that of the draw.
    return percent(spread([sum(draw) / len(draw) for draw in zip(*series, strict=True)]))


def _gap(cells: Sequence[Cell], variant: str, other: str, base: int, kind: str = "fixed") -> str:
    ours, theirs = _of(cells, variant, base), _of(cells, other, base)
    seeds = sorted(ours.keys() & theirs.keys())
    if not seeds:
        return _DASH
    means = [
        [spread(_accuracy(side[seed], COSINE, kind)).mean for seed in seeds]
        for side in (ours, theirs)
    ]
    gaps = [mine - other for mine, other in zip(*means, strict=True)]
    return percent(sample_spread(gaps), signed=True)


def _size(cells: Sequence[Cell], variant: str) -> str:
    sizes = [cell.found["parameters"] for cell in cells if cell.variant == variant]
    return f"{sizes[0] / 1e6:.2f} M"

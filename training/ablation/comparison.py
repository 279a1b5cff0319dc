"""What an ablation says: figures of every variant, and paired differences (ours)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.ablation.measurement import WHOLE, Measurement
from training.ablation.plan import Entry
from training.ablation.run_folder import TrainingTime
from training.evaluation.metrics import spread
from training.evaluation.results import FIGURES, Measured
from training.evaluation.seeds import SeedSpread, over_seeds, paired_over_seeds

#: The mean of the sets of classes kept out of training, as if each were one episode.
TO_CHOOSE_BY = "all classes kept out"

_Table = dict[int, list[float]]


@dataclass(frozen=True)
class Finished:
    """A run that is trained and measured."""

    entry: Entry
    measurement: Measurement
    time: TrainingTime


@dataclass(frozen=True)
class Row:
    """One variant of one encoder on one set, matched by one part of the embedding.

    `figures` are over `seeds` and episodes, by the fields of `Measured`. `against_baseline` are
    differences over the same episodes and the seeds that both have, empty for the baseline itself;
    `against_warping` those to time warping on the same episodes.
    """

    encoder: str
    set_name: str
    part: str
    variant: str
    seeds: tuple[int, ...]
    figures: Mapping[str, SeedSpread]
    against_baseline: Mapping[str, SeedSpread]
    against_warping: Mapping[str, SeedSpread]


def compare(
    finished: Sequence[Finished],
    baseline: str,
    to_choose_by: Mapping[str, Sequence[str]],
    floor: Mapping[tuple[str, str], Measured],
) -> list[Row]:
    """Return the rows, in the order of the runs, the whole embedding before its parts.

    `to_choose_by` names each encoder's sets of classes kept out; `floor` is time warping by
    encoder and set.
    """
    rows: list[Row] = []
    for encoder in dict.fromkeys(run.entry.encoder for run in finished):
        of_encoder = [run for run in finished if run.entry.encoder == encoder]
        names = list(dict.fromkeys(name for run in of_encoder for name in run.measurement.sets))
        chosen = list(to_choose_by.get(encoder, ()))
        for name in (*((TO_CHOOSE_BY,) if len(chosen) > 1 else ()), *names):
            for part in _parts(of_encoder):
                over = chosen if name == TO_CHOOSE_BY else name
                warping = _floor(floor, encoder, over)
                rows += _of_set(of_encoder, (encoder, name, part), over, baseline, warping)
    return rows


def _of_set(
    of_encoder: Sequence[Finished],
    where: tuple[str, str, str],
    over: str | list[str],
    baseline: str,
    warping: Mapping[str, list[float]],
) -> list[Row]:
    encoder, name, part = where
    rows = []
    tables = {
        variant: _tables([r for r in of_encoder if r.entry.variant == variant], over, part)
        for variant in dict.fromkeys(run.entry.variant for run in of_encoder)
    }
    for variant, figures in tables.items():
        plain = {} if variant == baseline else tables.get(baseline, {})
        rows.append(
            Row(
                encoder,
                name,
                part,
                variant,
                seeds=tuple(figures["accuracy"]),
                figures={f: over_seeds(list(table.values())) for f, table in figures.items()},
                against_baseline={
                    f: _paired(table, plain[f]) for f, table in figures.items() if f in plain
                },
                against_warping={
                    f: _paired(table, dict.fromkeys(table, warping[f]))
                    for f, table in figures.items()
                    if f in warping
                },
            )
        )
    return rows


def _paired(ours: _Table, theirs: _Table) -> SeedSpread:
    both = [seed for seed in ours if seed in theirs]
    return paired_over_seeds([ours[seed] for seed in both], [theirs[seed] for seed in both])


def _tables(runs: Sequence[Finished], over: str | list[str], part: str) -> dict[str, _Table]:
    """By figure and seed, a value for each episode of a set, or the mean of each of several."""
    found: dict[str, _Table] = {}
    for figure in FIGURES:
        table = {}
        for run in runs:
            sets = run.measurement.sets
            names = [over] if isinstance(over, str) else over
            series = [_series(sets[name].parts[part], figure) for name in names]
            if any(values is None for values in series):
                continue
            known = [values for values in series if values is not None]
            table[run.entry.seed] = known[0] if isinstance(over, str) else _means(known)
        if table:
            found[figure] = table
    return found


def _floor(
    floor: Mapping[tuple[str, str], Measured], encoder: str, over: str | list[str]
) -> dict[str, list[float]]:
    names = [over] if isinstance(over, str) else over
    found = {}
    for figure in FIGURES:
        series = [_series(floor[encoder, name], figure) for name in names]
        known = [values for values in series if values is not None]
        if known and len(known) == len(names):
            found[figure] = known[0] if isinstance(over, str) else _means(known)
    return found


def _series(measured: Measured, figure: str) -> list[float] | None:
    series = getattr(measured, figure)
    return None if series is None else list(series)


def _means(series: Sequence[Sequence[float]]) -> list[float]:
    return [spread(values).mean for values in series]


def _parts(runs: Sequence[Finished]) -> list[str]:
    """The parts that every run has, the whole first."""
    first = next(iter(runs[0].measurement.sets.values())).parts
    names = [part for part in first if all(_has(run, part) for run in runs)]
    return sorted(names, key=lambda part: part != WHOLE)


def _has(run: Finished, part: str) -> bool:
    return all(part in one.parts for one in run.measurement.sets.values())

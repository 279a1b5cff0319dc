"""`python -m training robustness`: what a model loses when clips get worse, and from where on."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from skeleton import Archive, UnreadableClip, UnusableClip
from training.arguments import count, folder, seed
from training.data_folder import DataMissing, archive_path
from training.evaluation.encoders import BadModelFile, Encoder, encoder_from_model
from training.evaluation.evaluate import DEVELOPMENT_SETS
from training.evaluation.machine import machine
from training.evaluation.metrics import spread
from training.evaluation.protocol import UnusableSet, episodes, evenly
from training.evaluation.robustness_curves import (
    Curve,
    accuracies,
    curves,
    measure_curve,
    shortened,
)
from training.evaluation.robustness_exemplars import measure_numbers, measure_person
from training.evaluation.robustness_floor import Against, measure_floor
from training.evaluation.robustness_report import (
    Robustness,
    SetRobustness,
    markdown,
    write_report,
)

_QUICK_EPISODES = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--model", type=Path, required=True, help="an exported model file, .onnx")
    parser.add_argument("--sets", default=DEVELOPMENT_SETS, help="names of archives, by commas")
    parser.add_argument(
        "--floor", default="utdmhad", help="sets on which time warping is degraded too, by commas"
    )
    parser.add_argument("--repeats", type=count, default=3, help="draws for each subject")
    parser.add_argument("--seed", type=seed, default=0, help="of the draws and of the degradations")
    parser.add_argument(
        "--quick", action="store_true", help="only the worst level of each curve, four episodes"
    )
    parser.add_argument("--out", type=folder, required=True, help="the folder of the report")


def run(args: argparse.Namespace) -> int:
    """Measure, write the report, print it. Returns the exit status."""
    names, floors = (
        [name.strip() for name in text.split(",") if name.strip()]
        for text in (args.sets, args.floor)
    )
    begun = time.monotonic()
    try:
        archives = [Archive.open(archive_path(name)) for name in names]
        encoder = encoder_from_model(args.model)
        sets = tuple(_one_set(a, encoder, args, floor=a.name in floors) for a in archives)
    except DataMissing as error:
        print(f"NO DATA, NO MEASUREMENT: {error}", file=sys.stderr)
        return 2
    except (UnreadableClip, UnusableClip, UnusableSet, BadModelFile, OSError) as error:
        print(f"robustness: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("robustness: interrupted; nothing was written", file=sys.stderr)
        return 130
    facts = machine() | {
        "sets": ", ".join(names),
        "repeats": str(args.repeats),
        "seed": str(args.seed),
        "quick": "yes" if args.quick else "no",
        **encoder.facts,
        "run time": f"{time.monotonic() - begun:.0f} s",
    }
    result = Robustness(facts, sets)
    written = write_report(result, args.out)
    print(markdown(result))
    print("written: " + ", ".join(str(path) for path in written))
    return 0


def _one_set(
    archive: Archive, encoder: Encoder, args: argparse.Namespace, *, floor: bool
) -> SetRobustness:
    drawn = episodes(archive.labels, archive.subjects, repeats=args.repeats, seed=args.seed)
    asked = curves()
    if args.quick:
        drawn, asked = evenly(drawn, _QUICK_EPISODES), shortened(asked)
    # One draw for each subject is plenty for time warping, which is slow.
    few = len({episode.subject for episode in drawn})
    with tqdm(
        total=_steps(asked, floor=floor), desc=archive.name, unit="level", disable=None
    ) as bar:
        clean = encoder.encode(archive)
        similarity = encoder.scores(clean, clean)
        series = accuracies(similarity, archive, drawn)
        measured = tuple(
            measure_curve(c, archive, drawn, encoder, clean, seed=args.seed, tick=bar.update)
            for c in asked
        )
        warping: tuple[Against, ...] = ()
        if floor:
            warping = measure_floor(
                asked, measured, series, archive, drawn,
                episodes=few, seed=args.seed, tick=bar.update,
            )  # fmt: skip
        return SetRobustness(
            name=archive.name,
            clips=len(archive),
            fps=archive.fps,
            episodes=len(drawn),
            clean=spread(series),
            curves=measured,
            floor=warping,
            numbers=measure_numbers(similarity, archive, repeats=args.repeats, seed=args.seed),
            person=measure_person(similarity, archive, repeats=args.repeats, seed=args.seed),
        )


def _steps(asked: Sequence[Curve], *, floor: bool) -> int:
    levels = [level for curve in asked for level in curve.levels]
    return len(levels) + (1 + sum(level.floor for level in levels) if floor else 0)

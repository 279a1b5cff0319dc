"""`python -m training evaluate`: methods meet on the same episodes; a report comes out."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive, UnreadableClip
from training.arguments import count, folder, seed
from training.data_folder import DataMissing, archive_path
from training.evaluation.encoders import Encoder, encoder_from_checkpoint, encoder_from_model
from training.evaluation.machine import machine
from training.evaluation.methods import Method, encoder_methods, floor, summed
from training.evaluation.metrics import Answers, answers
from training.evaluation.novelty import UnknownClass, trained_classes, truly_novel
from training.evaluation.over_http import Service, ServiceFailed
from training.evaluation.protocol import Episode, UnusableSet, episodes, evenly
from training.evaluation.report import markdown, write_report
from training.evaluation.results import Evaluation, Measured, SetResult, measured

DEVELOPMENT_SETS = "utdmhad,msraction3d"
SERVED = "service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    asked = parser.add_mutually_exclusive_group()
    for option, what in (
        ("--checkpoint", "a training run's last.pt"),
        ("--model", "an exported model file, .onnx"),
    ):
        several = f"{what}; several (the seeds of one configuration) are reported as one too"
        asked.add_argument(
            option, type=Path, nargs="+", action="extend", metavar="FILE", help=several
        )
    asked.add_argument("--url", help="a running service, e.g. http://127.0.0.1:8000")
    parser.add_argument("--threads", type=count, default=4, help="queries in flight (--url)")
    parser.add_argument("--sets", default=DEVELOPMENT_SETS, help="names of archives, by commas")
    parser.add_argument("--repeats", type=count, default=3, help="draws for each subject")
    parser.add_argument("--seed", type=seed, default=0, help="of the draws")
    parser.add_argument("--episodes", type=count, help="only so many, spread over the subjects")
    parser.add_argument("--out", type=folder, required=True, help="the folder of the report")


def run(args: argparse.Namespace) -> int:
    """Evaluate, write the report, print it. Returns the exit status."""
    names = [name.strip() for name in args.sets.split(",") if name.strip()]
    try:
        encoders = _encoders(args)
        archives = [Archive.open(archive_path(name)) for name in names]
        service = _service(args)
        try:
            told = service.model() if service else {}
            sets = tuple(_one_set(a, args, encoders, service, told) for a in archives)
        finally:
            if service:
                service.close()
    except DataMissing as error:
        print(f"NO DATA, NO EVALUATION: {error}", file=sys.stderr)
        return 2
    except (UnreadableClip, UnusableSet, UnknownClass, ServiceFailed, ValueError, OSError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("evaluate: interrupted; nothing was written", file=sys.stderr)
        return 130
    facts = machine() | {
        "sets": ", ".join(names),
        "repeats": str(args.repeats),
        "seed": str(args.seed),
        "episodes": "all" if args.episodes is None else str(args.episodes),
        **_encoder_facts(encoders),
        **({"service": args.url} if service else {}),
        **{f"service {k}": str(v) for k, v in told.items() if isinstance(v, str | int | float)},
    }
    evaluation = Evaluation(facts, sets)
    written = write_report(evaluation, args.out)
    print(markdown(evaluation))
    print("written: " + ", ".join(str(path) for path in written))
    return 0


def _one_set(
    archive: Archive,
    args: argparse.Namespace,
    encoders: Sequence[Encoder],
    service: Service | None,
    told: Mapping[str, Any],
) -> SetResult:
    drawn = episodes(archive.labels, archive.subjects, repeats=args.repeats, seed=args.seed)
    drawn = evenly(drawn, args.episodes)
    trained = _trained_by_all(encoders) if encoders else _trained(told)
    novel = None if trained is None else truly_novel(archive.name, archive.label_names, trained)
    known = trained_classes(archive.name, archive.label_names, trained or ())
    marked = marked_clips(archive, novel)
    found = [
        replace(by_matrix(method, archive, drawn, marked), model=model)
        for model, method in _methods(archive, encoders)
    ]
    if service:
        served = service.serve(archive, drawn)
        if served.refused:
            print(f"{archive.name}: the service refused {served.refused} clips", file=sys.stderr)
        found.append(
            measured(
                SERVED, served.seconds, drawn, served.closed, served.opened, marked,
                served.decisions,
            )
        )  # fmt: skip
    return SetResult(
        name=archive.name,
        clips=len(archive),
        classes=len(np.unique(archive.labels)),
        subjects=len(np.unique(archive.subjects)),
        episodes=len(drawn),
        borrowed=int(sum(episode.borrowed.sum() for episode in drawn)),
        novel=novel,
        methods=tuple(found),
        trained_on=known,
    )


def _methods(archive: Archive, encoders: Sequence[Encoder]) -> Iterator[tuple[str | None, Method]]:
    """The methods without learning once, then those of each model, by its number if several."""
    without = floor(archive)
    yield from ((None, method) for method in without)
    for number, encoder in enumerate(encoders, start=1):
        model = str(number) if len(encoders) > 1 else None
        ours = encoder_methods(archive, encoder)
        for method in (*ours, summed(ours[0], without[1])):
            yield model, method


def marked_clips(archive: Archive, novel: tuple[str, ...] | None) -> NDArray[np.bool_] | None:
    """Mark the clips `(n,)` whose class is one of `novel`; None where these are not known."""
    if novel is None:
        return None
    return np.isin(np.array(archive.label_names)[archive.labels], novel)


def by_matrix(
    method: Method, archive: Archive, drawn: Sequence[Episode], marked: NDArray[np.bool_] | None
) -> Measured:
    """Measure a method on the drawn episodes; `marked` `(n,)` are clips of truly novel classes."""

    def ask(half: bool) -> list[Answers]:
        return [
            answers(method.similarity, archive.labels, e, half=half, probability=method.probability)
            for e in drawn
        ]

    return measured(method.name, method.seconds, drawn, ask(False), ask(True), marked)


def _trained(told: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Training classes as `GET /model` lists them, where it does."""
    training = told.get("training")
    classes = (training if isinstance(training, dict) else told).get("classes")
    return tuple(map(str, classes)) if isinstance(classes, list) and classes else None


def _encoders(args: argparse.Namespace) -> list[Encoder]:
    if args.checkpoint:
        return [encoder_from_checkpoint(path) for path in args.checkpoint]
    return [encoder_from_model(path) for path in args.model or ()]


def _trained_by_all(encoders: Sequence[Encoder]) -> tuple[str, ...] | None:
    """What any of the models was trained on, so that novel classes are novel to every one."""
    known = [encoder.trained for encoder in encoders]
    if None in known:
        return None
    return tuple(dict.fromkeys(name for trained in known for name in trained or ()))


def _encoder_facts(encoders: Sequence[Encoder]) -> dict[str, str]:
    if len(encoders) == 1:
        return dict(encoders[0].facts)
    return {
        f"model {number}: {name}": value
        for number, encoder in enumerate(encoders, start=1)
        for name, value in encoder.facts.items()
    }


def _service(args: argparse.Namespace) -> Service | None:
    if not args.url:
        return None
    return Service(args.url, threads=args.threads)

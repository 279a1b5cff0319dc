"""`python -m training benchmark`: rows of the paper's table, trained, measured, set beside it."""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from skeleton import Archive
from skeleton.whole_file import write_whole
from training import train
from training.arguments import count, folder
from training.benchmark.measure import measure
from training.benchmark.table import Cell, markdown, write_table
from training.benchmark.variants import SHIPPED, read_variants
from training.config import BadConfig, load_config
from training.data_folder import VARIABLE, DataMissing, data_folder
from training.evaluation.machine import machine
from training.evaluation.one_shot import drawn_episodes, fixed_episode
from training.evaluation.protocol import UnusableSet
from training.split import Split, split_names

#: Beside the runs: the SHA-256 of the archive that they were made with.
_OF_ARCHIVE = "archive.sha256"
_CONFIGS = Path(train.__file__).parent / "configs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("name", choices=split_names(), help="which benchmark")
    parser.add_argument("--archive", type=Path, help="of `import` (NAME.npz of the data folder)")
    parser.add_argument("--base", help="numbers of base classes, by commas (all that are listed)")
    parser.add_argument("--variants", help="names, by commas (plain,guided; kinetics: plain)")
    parser.add_argument("--variant-file", type=Path, default=SHIPPED, help="YAML of variants")
    parser.add_argument("--seeds", type=count, default=3, help="training runs of each")
    parser.add_argument("--draws", type=count, default=100, help="draws of exemplars")
    parser.add_argument("--out", type=folder, help="the folder of runs and table (runs/NAME)")
    parser.add_argument("--config", type=Path, help="instead of training/configs/NAME.yaml")
    parser.add_argument("--set", action="append", default=[], metavar="section.field=value",
                        help="a difference for all runs; may be given again")  # fmt: skip
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


@dataclass(frozen=True)
class _Plan:
    """What is to be trained and where; `overrides` by variant."""

    split: Split
    archive: Path
    base: tuple[int, ...]
    variants: dict[str, tuple[str, ...]]
    seeds: int
    draws: int
    config: Path
    out: Path
    device: str

    def runs(self) -> Iterator[tuple[str, int, int]]:
        """Every variant, number of base classes and seed: one seed of all before the next."""
        for seed in range(self.seeds):
            for base in self.base:
                yield from ((variant, base, seed) for variant in self.variants)

    def folder(self, variant: str, base: int, seed: int) -> Path:
        """Where a run lies."""
        return self.out / variant / f"base_{base}" / f"seed_{seed}"

    def overrides(self, variant: str, base: int, seed: int) -> list[str]:
        """The differences of a run to the configuration."""
        listed = f"{self.split.name}/base_{base}"
        entry = json.dumps(
            {"archive": self.archive.stem, "as": _family(self.split), "only": listed}
        )
        return [*self.variants[variant], f"data.sets=[{entry}]", f"seed={seed}"]


def run(arguments: argparse.Namespace) -> int:
    """Train what is not trained, measure what is not measured, write the table after each."""
    plan = _plan(arguments)
    if not plan.archive.is_file():
        raise DataMissing(
            f"{plan.archive} does not exist: make it with `python -m training import`, or name "
            "it with --archive"
        )
    # The runs find their set by its name in the folder of the data.
    os.environ[VARIABLE] = str(plan.archive.parent)
    try:
        _check(plan)
        _bind(plan)
        cells: list[Cell] = []
        for variant, base, seed in plan.runs():
            print(f"{plan.split.name}: {variant}, {base} base classes, seed {seed}")
            status = _train(plan, variant, base, seed)
            if status:
                return status
            cells.append(Cell(variant, base, seed, _measured(plan, variant, base, seed)))
            facts = _facts(plan)
            written = write_table(plan.out, plan.split, plan.base, plan.seeds, cells, facts)
    except UnusableSet as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("benchmark: interrupted; the same command goes on", file=sys.stderr)
        return 130
    print(markdown(plan.split, plan.base, plan.seeds, cells, facts))
    print("written: " + ", ".join(map(str, written)))
    return 0


def _plan(arguments: argparse.Namespace) -> _Plan:
    split = Split.read(arguments.name)
    asked = split.variants if arguments.variants is None else _names(arguments.variants)
    variants = read_variants(asked, arguments.variant_file)
    given = tuple(arguments.set)
    device = arguments.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    base = _base(split, arguments.base)
    if not variants or not base:
        raise BadConfig("--base and --variants need one at least")
    archive = arguments.archive or data_folder() / f"{_family(split)}.npz"
    return _Plan(
        split=split,
        archive=archive.resolve(),
        base=base,
        variants={name: (*overrides, *given) for name, overrides in variants.items()},
        seeds=arguments.seeds,
        draws=arguments.draws,
        config=arguments.config or _CONFIGS / f"{split.name}.yaml",
        out=arguments.out or _default_out(split),
        device=device,
    )


def _default_out(split: Split) -> Path:
    """`runs/NAME`; what stands in its way is told as it is of `--out`."""
    try:
        return folder(f"runs/{split.name}")
    except argparse.ArgumentTypeError as error:
        raise BadConfig(f"argument --out: {error}") from error


def _base(split: Split, asked: str | None) -> tuple[int, ...]:
    if asked is None:
        return tuple(split.base)
    known = {str(count): count for count in split.base}
    unknown = [name for name in _names(asked) if name not in known]
    if unknown:
        raise BadConfig(
            f"--base: {split.name} lists no {', '.join(unknown)} base classes: it has "
            f"{', '.join(known)}"
        )
    return tuple(known[name] for name in _names(asked))


def _check(plan: _Plan) -> None:
    """Find out now, and not after days, what would end a later run."""
    archive = Archive.open(plan.archive)
    fixed_episode(archive, plan.split)
    drawn_episodes(archive, plan.split, 1)
    for variant, base, seed in plan.runs():
        load_config(plan.config, tuple(plan.overrides(variant, base, seed)))
    there = {archive.label_name(clip) for clip in range(len(archive))}
    absent = [label for label in plan.split.base[max(plan.base)] if label not in there]
    if absent:
        raise UnusableSet(f"the archive {archive.name} has no clip of {', '.join(absent)}")


def _bind(plan: _Plan) -> None:
    """Keep one folder's runs and figures to one archive's content: of another they would be taken
    for finished. Raises `BadConfig`."""
    held = plan.out / _OF_ARCHIVE
    with plan.archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not held.is_file():
        if any(plan.out.rglob("last.pt")):
            raise BadConfig(
                f"{plan.out} holds runs that do not say of which clips they are; name another "
                f"--out, or, if they are of this archive, write {digest} into {held}"
            )
        plan.out.mkdir(parents=True, exist_ok=True)
        write_whole(held, digest + "\n")
    elif held.read_text(encoding="utf-8").strip() != digest:
        raise BadConfig(
            f"the runs in {plan.out} were made with other clips than {plan.archive} holds now; "
            "name another --out, or remove that folder"
        )


def _train(plan: _Plan, variant: str, base: int, seed: int) -> int:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    options = ["--config", str(plan.config), "--device", plan.device]
    options += ["--out", str(plan.folder(variant, base, seed))]
    overrides = plan.overrides(variant, base, seed)
    return train.run(parser.parse_args([*options, "--", *overrides]))


def _measured(plan: _Plan, variant: str, base: int, seed: int) -> Any:
    """What a finished run came to; read back where it was measured before in the same way."""
    checkpoint = plan.folder(variant, base, seed) / "last.pt"
    path = checkpoint.with_name(f"one_shot_{plan.draws}.json")
    if path.is_file() and path.stat().st_mtime_ns >= checkpoint.stat().st_mtime_ns:
        return json.loads(path.read_text(encoding="utf-8"))
    archive = Archive.open(plan.archive)
    found = measure(checkpoint, archive, plan.split, plan.draws, plan.device)
    write_whole(path, json.dumps(found, indent=1, allow_nan=False) + "\n")
    return found


def _facts(plan: _Plan) -> dict[str, str]:
    return machine() | {
        "archive": plan.archive.name,
        "configuration": plan.config.name,
        "device": plan.device,
        "draws of exemplars": str(plan.draws),
        **{f"variant {name}": ", ".join(o) or "as it is" for name, o in plan.variants.items()},
    }


def _family(split: Split) -> str:
    """The name that classes go by in training, under which they are described in words: that of
    NTU's 60 classes is the name of all its 120."""
    return "ntu120" if split.name.startswith("ntu") else split.name


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))

"""`python -m training ablate`: variants × encoders × seeds, trained alike and measured in pairs."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from skeleton import UnreadableClip
from skeleton.whole_file import remove_unfinished, write_whole
from training.ablation.ablation_report import Ablation, write_report
from training.ablation.comparison import Finished, compare
from training.ablation.evaluation_sets import EvaluationSet, evaluation_sets
from training.ablation.plan import SHIPPED, BadPlan, Entry, Plan, entries
from training.ablation.run_folder import ForeignFolder, RunFolder, is_foreign
from training.ablation.schedule import Schedule
from training.ablation.warping import warping
from training.arguments import count, folder
from training.config import BadConfig
from training.data_folder import DataMissing, archive_path
from training.errors import BadCheckpoint
from training.evaluation.evaluate import by_matrix, marked_clips
from training.evaluation.machine import machine
from training.evaluation.methods import DTW, Method
from training.evaluation.novelty import UnknownClass, truly_novel
from training.evaluation.protocol import UnusableSet
from training.evaluation.results import Measured
from training.lock import FolderBusy, locked

_RUNS = "runs"
_PLAN = "plan.yaml"
_WAITING = "not begun"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("overrides", nargs="*", help="differences of every run to the default")
    parser.add_argument(
        "--plan", type=Path, default=SHIPPED, help="variants, encoders, seeds: YAML"
    )
    parser.add_argument("--config", type=Path, help="YAML of differences to the default")
    parser.add_argument("--epochs", type=count, help="the budget of every run")
    parser.add_argument("--jobs", type=count, default=1, help="runs at a time")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--out", type=folder, required=True, help="the folder of runs and report")


def run(args: argparse.Namespace) -> int:
    """Bring every run of the plan to its end and write the report after each.

    Returns 0 with all runs finished, 1 where some failed, 2 for a mistake (nothing was begun).
    """
    try:
        plan = Plan.read(args.plan)
        planned = entries(plan, args.config, args.overrides, args.epochs)
        sets, remarks = _sets(plan, planned)
        _check_folder(args.out, planned)
        with locked(args.out) as held:
            remove_unfinished(args.out)
            write_whole(args.out / _PLAN, args.plan.read_text(encoding="utf-8"))
            for entry in planned:
                RunFolder(args.out / _RUNS / entry.name).claim(entry)
            session = _Session(args, plan, planned, sets, remarks)
            failed = session.bring_to_end(held)
    except (
        BadPlan, BadConfig, BadCheckpoint, DataMissing, FolderBusy, ForeignFolder, UnknownClass,
        UnreadableClip, UnusableSet, OSError,
    ) as error:  # fmt: skip
        print(f"ablate: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ablate: interrupted; the same command goes on", file=sys.stderr)
        return 130
    return 1 if failed else 0


def _sets(plan: Plan, planned: Sequence[Entry]) -> tuple[dict[str, list[EvaluationSet]], list[str]]:
    """Each encoder's sets: the same ones, unless encoders differ in the data they train on."""
    of_data: dict[str, tuple[list[EvaluationSet], list[str]]] = {}
    found, remarks = {}, []
    for entry in planned:
        for one in entry.config.data.sets:
            archive_path(one.archive)  # absent data is told now, not after the first hours
        data = entry.config.data.model_dump_json()
        if data not in of_data:
            of_data[data] = evaluation_sets(entry.config, plan.sets, plan.repeats)
            remarks += of_data[data][1]
        found[entry.encoder] = of_data[data][0]
    for name in plan.sets:
        truly_novel(name, (), ())  # so is an absent list of canonical actions
    return found, list(dict.fromkeys(remarks))


def _check_folder(out: Path, planned: Sequence[Entry]) -> None:
    """Raise `ForeignFolder` where anything is that the plan would not put there."""
    if out.is_dir() and not (out / _PLAN).exists() and any(map(is_foreign, out.iterdir())):
        raise ForeignFolder(f"{out} holds files that this command did not make; use another --out")
    for entry in planned:
        RunFolder(out / _RUNS / entry.name).check(entry)


class _Session:
    """One start of the command in its folder."""

    def __init__(
        self,
        args: argparse.Namespace,
        plan: Plan,
        planned: Sequence[Entry],
        sets: Mapping[str, Sequence[EvaluationSet]],
        remarks: Sequence[str],
    ) -> None:
        self._args, self._plan, self._planned = args, plan, planned
        self._sets, self._remarks = sets, remarks
        self._failures: dict[str, str] = {}
        self._floor: dict[tuple[str, tuple[str, ...] | None], Measured] = {}

    def bring_to_end(self, held: int | None) -> int:
        """Train and measure what is not finished; returns how many runs failed."""
        for sets in self._sets.values():
            for one in sets:
                warping(one.archive, self._args.out / "warping")
        left = [entry for entry in self._planned if self._finished(entry) is None]
        print(f"{len(self._planned) - len(left)} of {len(self._planned)} runs are finished")
        written = self._report(left)
        schedule = Schedule(
            self._plan, self._args.out / _RUNS, self._args.device, self._args.jobs, held
        )
        with schedule:
            for ended in schedule.run(left):
                name = ended.entry.name
                if ended.failure is None:
                    left = [entry for entry in left if entry != ended.entry]
                    print(f"{name}: finished; {len(left)} runs are left", flush=True)
                else:
                    self._failures[name] = f"failed: {ended.failure}"
                    print(f"{name}: {self._failures[name]}", file=sys.stderr, flush=True)
                written = self._report(left)
        print(written[0].read_text(encoding="utf-8"))
        print("written: " + ", ".join(str(path) for path in written))
        return len(self._failures)

    def _folder(self, entry: Entry) -> RunFolder:
        return RunFolder(self._args.out / _RUNS / entry.name)

    def _finished(self, entry: Entry) -> Finished | None:
        folder = self._folder(entry)
        found = folder.measurement({one.name: one.digest for one in self._sets[entry.encoder]})
        return None if found is None else Finished(entry, found, folder.time())

    def _report(self, left: Sequence[Entry]) -> tuple[Path, Path]:
        finished = [done for entry in self._planned if (done := self._finished(entry))]
        floor = {
            (run.entry.encoder, one.name): self._warping(one, run.measurement.sets[one.name].novel)
            for run in finished
            for one in self._sets[run.entry.encoder]
        }
        to_choose_by = {
            encoder: [one.name for one in sets if one.role == "kept out"]
            for encoder, sets in self._sets.items()
        }
        ablation = Ablation(
            facts=self._facts(finished),
            baseline=self._plan.baseline,
            planned=self._planned,
            finished=finished,
            unfinished={entry.name: self._state(entry) for entry in left},
            sets=self._sets,
            floor=floor,
            rows=compare(finished, self._plan.baseline, to_choose_by, floor),
            remarks=self._remarks,
        )
        return write_report(ablation, self._args.out)

    def _state(self, entry: Entry) -> str:
        if entry.name in self._failures:
            return self._failures[entry.name]
        return "begun" if self._folder(entry).time().starts else _WAITING

    def _warping(self, one: EvaluationSet, novel: tuple[str, ...] | None) -> Measured:
        key = (one.digest, novel)
        if key not in self._floor:
            similarity = warping(one.archive, self._args.out / "warping")
            method = Method(DTW, similarity, 0.0)
            marked = marked_clips(one.archive, novel)
            self._floor[key] = by_matrix(method, one.archive, list(one.episodes), marked)
        return self._floor[key]

    def _epochs(self) -> str:
        """The budget, by encoder where it differs."""
        of = {entry.encoder: str(entry.config.optimiser.epochs) for entry in self._planned}
        if len(set(of.values())) == 1:
            return next(iter(of.values()))
        return ", ".join(f"{encoder}: {epochs}" for encoder, epochs in of.items())

    def _facts(self, finished: Sequence[Finished]) -> dict[str, str]:
        commits = dict.fromkeys(run.measurement.commit or "not known" for run in finished)
        return machine() | {
            "plan": str(self._args.plan),
            "configuration": str(self._args.config or "the default"),
            "overrides": " ".join((*self._plan.overrides, *self._args.overrides)) or "none",
            "epochs": self._epochs(),
            "repeats": str(self._plan.repeats),
            "device": self._args.device,
            "jobs": str(self._args.jobs),
            "commit": ", ".join(commits),
        }

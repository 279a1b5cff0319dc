"""The training run: one loop, resumable, the same on CPU and CUDA."""

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from skeleton import Layout, resolve_layout
from skeleton.whole_file import remove_unfinished
from training import checkpoint
from training.arguments import folder
from training.augmentation import Augmentation, mirrored
from training.bodies import Bodies
from training.canonical_actions import canonical_actions
from training.cohort import base_statistics
from training.config import BadConfig, Config, load_config
from training.data_folder import archive_path
from training.dataset import SkeletonDataset, draw_epoch
from training.encoder import Encoder, Spectrum
from training.errors import BadCheckpoint
from training.evaluation.machine import processor
from training.guidance import leak
from training.guidance.guidance import Told
from training.learner import Learner
from training.lock import locked
from training.relatives import Relatives
from training.scatter import Body, Scatter
from training.targets import Targets, targets

_SHORT = {
    "loss_skeleton": "skeleton",
    "loss_calibrate": "calibrate",
    "loss_cross_modal": "cross",
    "right_cross_modal": "cross right",
    "loss_spectrum": "spectrum",
    "right_spectrum": "spectrum right",
    "loss_completion": "completion",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of `python -m training train`."""
    parser.add_argument("overrides", nargs="*", help="differences, e.g. encoder.dropout=0.2")
    parser.add_argument("--config", type=Path, help="YAML of differences to the default")
    parser.add_argument("--out", type=folder, default="runs/default", help="the run's folder")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--restart", action="store_true", help="ignore an earlier, unfinished run")


def run(arguments: argparse.Namespace) -> int:
    """Train, or go on where an earlier run with this configuration was stopped."""
    config = load_config(arguments.config, tuple(arguments.overrides))
    device = arguments.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise BadConfig("--device cuda: torch finds no GPU here; use --device cpu, or auto")
    if not arguments.out.exists():
        for entry in config.data.sets:
            archive_path(entry.archive)  # absent data is told before the folder is made
    try:
        with locked(arguments.out):
            return _in_folder(
                arguments.out, config, torch.device(device), restart=arguments.restart
            )
    except KeyboardInterrupt:
        how = "the same command without --restart" if arguments.restart else "the same command"
        print(f"train: interrupted; {how} goes on after the last whole epoch", file=sys.stderr)
        return 130


def _named(classes: Iterable[tuple[str, str]]) -> str:
    return ", ".join("/".join(one) for one in sorted(classes))


def _in_folder(out: Path, config: Config, device: torch.device, *, restart: bool) -> int:
    """Bring the run of a folder, in which nobody else is at work, to its end."""
    last = out / "last.pt"
    for name in (last.name, leak.FILE):
        remove_unfinished(out, name)
    if restart:
        last.unlink(missing_ok=True)
        (out / leak.FILE).unlink(missing_ok=True)
    earlier, resume = checkpoint.load(last) if last.exists() else (None, None)
    if earlier is not None and earlier.config != config:
        raise BadCheckpoint(
            f"{last} was trained with another configuration; use --restart or another --out"
        )
    if earlier is not None and resume is None:
        print(f"{last} is finished already")
        return 0
    session = Run(config, device)
    if earlier is not None and resume is not None:
        if earlier.classes != session.class_names:
            raise BadCheckpoint(
                f"{last} was begun with other classes than the data sets hold now; use --restart "
                "or another --out"
            )
        session.resume(resume)
        print(f"going on after epoch {session.epoch}")
    print(
        f"{len(session.data)} clips of {len(session.data.classes)} base classes "
        f"({session.targets.count} with mirror images), {device}"
    )
    if not config.data.relatives:
        relatives = Relatives.of(config.data, canonical_actions())
        if relatives.found:
            print(f"left out, the same action as a class kept out: {_named(relatives.found)}")
        if relatives.untold:
            print(
                "class_groups.csv does not tell the action of these classes kept out; others of "
                f"the same, if there are any, are trained on: {_named(relatives.untold)}"
            )
    # What an earlier start logged after the last checkpoint comes again.
    with SummaryWriter(str(out), purge_step=session.epoch + 1) as writer:
        for report in session.epochs():
            for name, value in report.items():
                writer.add_scalar(name, value, session.epoch)
            finished = session.epoch == config.optimiser.epochs
            state = None if finished else session.state()
            if finished and session.learner.guidance is not None:
                leak.keep(out / leak.FILE, config, session.learner)
            checkpoint.save(last, session.trained(), state)
    print(f"finished: {last}, {session.epoch} epochs{session.took_in_all()}")
    return 0


class Run:
    """One training run on one device. `epoch` counts the finished ones."""

    def __init__(self, config: Config, device: torch.device) -> None:
        torch.manual_seed(config.seed)
        self.commit = _commit()  # now: whoever works on the source meanwhile changes no run
        self.config, self.device = config, device
        self.layout: Layout = resolve_layout(config.encoder.layout)
        # Long enough to be cut and warped; and as the service prepares clips, for the statistics.
        persons, frames = config.encoder.persons, config.encoder.input_frames
        self.data = data = SkeletonDataset.load(config.data, self.layout, persons=persons)
        self.served = SkeletonDataset.load(config.data, self.layout, frames=frames, persons=persons)
        self.targets: Targets = targets(data, self.layout, config.augmentation.sided)
        self.learner = Learner.of(config, data, self.targets, self.layout)
        # Channels last: the many 1 x 1 convolutions are quicker so on a CPU (RESULTS.md).
        learned: Any = self.learner.modules().to(device)
        learned.to(memory_format=torch.channels_last)  # torch's own types know no such word
        self.average = AveragedModel(
            torch.nn.ModuleList([self.learner.encoder, self.learner.spectrum]),
            multi_avg_fn=_average(config.optimiser.average),
            use_buffers=True,
        )
        self.augment = Augmentation(config.augmentation, self.layout, frames)
        self.epoch = 0
        self.took: list[float] = []  # seconds for each epoch of this start
        # Seconds of earlier starts, up to their last checkpoints, by what they ran on; None where
        # one did not say, which was of an older version.
        self.earlier: dict[str, float] | None = {}
        self.where = _name_of(device)
        self.draws, self.hides = torch.Generator(), torch.Generator()
        self.steps = len(self._draw(0)) // config.optimiser.batch
        if self.steps == 0:
            raise BadConfig(
                f"an epoch has fewer clips than optimiser.batch {config.optimiser.batch}"
            )
        parameters = list(self.learner.modules().parameters())
        groups: list[dict[str, Any]] = [
            {"params": [p for p in parameters if p.ndim > 1]},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(
            groups,
            lr=config.optimiser.learning_rate,
            weight_decay=config.optimiser.weight_decay,
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            max_lr=config.optimiser.learning_rate,
            total_steps=config.optimiser.epochs * self.steps,
            pct_start=config.optimiser.warm_up,
        )
        self.started = time.monotonic()

    @property
    def class_names(self) -> tuple[str, ...]:
        """The base classes, as a checkpoint lists them."""
        return tuple(known.name for known in self.data.classes)

    def _draw(self, epoch: int) -> Tensor:
        """The clips of an epoch; depends on seed and epoch only, so a resumed run sees the same."""
        rng = np.random.default_rng((self.config.seed, epoch))
        return torch.from_numpy(draw_epoch(self.data.labels, self.config.data.clips_per_class, rng))

    def epochs(self) -> Iterator[dict[str, float]]:
        """Train the remaining epochs; yields the means of each for the log."""
        while self.epoch < self.config.optimiser.epochs:
            begun = time.monotonic()
            torch.manual_seed(self.config.seed * 100_003 + self.epoch)
            # Alike, as the shipped models were trained so; what they draw is not compared.
            for generator in (self.draws, self.hides):
                generator.manual_seed(self.config.seed * 100_003 + self.epoch)
            totals = self._one_epoch()
            self.epoch += 1
            yield totals
            self.took.append(time.monotonic() - begun)  # with what the caller does after an epoch

    def _to_go(self) -> str:
        """How long the rest takes, as the epochs of this start went; nothing before the first."""
        if not self.took:
            return ""
        left = self.config.optimiser.epochs - self.epoch
        return f", {left * statistics.median(self.took) / 60:.0f} min to go"

    def _seconds(self) -> dict[str, float] | None:
        """How long all epochs took so far, with what the caller does after each, by what they ran
        on."""
        if self.earlier is None:
            return None
        took = self.earlier.get(self.where, 0) + time.monotonic() - self.started
        return {**self.earlier, self.where: took}

    def took_in_all(self) -> str:
        """How long the epochs of all starts took and on what; nothing where that is not known."""
        seconds = self._seconds() or {}
        told = [f"{took / 60:.1f} min on {where}" for where, took in seconds.items()]
        return f" in {' and '.join(told)}" if told else ""

    def _one_epoch(self) -> dict[str, float]:
        self.learner.modules().train()
        order = self._draw(self.epoch)
        size = self.config.optimiser.batch
        batches = order[: self.steps * size].split(size)
        totals: Counter[str] = Counter()
        label = f"epoch {self.epoch + 1}/{self.config.optimiser.epochs}{self._to_go()}"
        for count, batch in enumerate(bar := tqdm(batches, desc=label, mininterval=2), start=1):
            totals.update(self._step(batch))
            bar.set_postfix({_SHORT.get(n, n): f"{v / count:.3f}" for n, v in totals.items()})
        rate = float(self.schedule.get_last_lr()[0])
        means = {name: value / self.steps for name, value in totals.items()}
        return means | {"learning_rate": rate}

    def _step(self, batch: Tensor) -> dict[str, float]:
        bodies = Bodies.of(self.data.joints[batch], self.data.seen[batch])
        joints, seen = bodies.joints.to(self.device), bodies.seen.to(self.device)
        base = torch.from_numpy(self.data.labels)[batch]
        flip = torch.rand(len(batch)) < self.config.augmentation.mirror
        labels = self.targets.number[flip.long(), base].to(self.device)
        sides = self.targets.sidedness[batch]
        told = Told(labels, base.to(self.device), flip.to(self.device), sides.to(self.device))
        flipped = told.flipped[bodies.owner.to(self.device)]
        swapped, swapped_seen = mirrored(joints, seen, self.layout)
        joints = torch.where(flipped[:, None, None, None], swapped, joints)
        seen = torch.where(flipped[:, None, None], swapped_seen, seen)
        body = self._augmented(joints, seen)
        loss, parts = self.learner.losses(body, told, bodies, self.draws)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if self.learner.spectrum_classifier is not None:
            parts |= self._teach_spectrum(body, joints, seen, told.labels, bodies)
        if self.learner.completion is not None:
            missed = self.learner.completion_loss(body, self.hides)
            missed.backward()
            parts["loss_completion"] = missed.detach()
        # Each by itself: none is held back by the others' steps.
        for parameters in self.learner.parameters_apart():
            torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        self.optimiser.step()
        self.schedule.step()
        self.average.update_parameters(
            torch.nn.ModuleList([self.learner.encoder, self.learner.spectrum])
        )
        return {name: part.item() for name, part in parts.items()}

    @torch.no_grad()
    def _augmented(self, joints: Tensor, seen: Tensor) -> Body:
        """A fresh augmented copy of bodies, in their frame."""
        joints, seen = self.augment(joints, seen)
        local, path, weight = self.learner.encoder.body_frame(joints, seen)
        return *self.augment.turned(local, path), weight

    def _teach_spectrum(
        self, body: Body, joints: Tensor, seen: Tensor, labels: Tensor, bodies: Bodies
    ) -> dict[str, Tensor]:
        """Add the gradients of the spectrum's learned view, which sees further copies besides."""
        copies = self.config.spectrum.learned.copies
        losses, rights = [], []
        for number in range(copies):
            seen_now = body if number == 0 else self._augmented(joints, seen)
            loss, right = self.learner.spectrum_loss(seen_now, labels, bodies)
            (loss / copies).backward()
            losses.append(loss.detach())
            rights.append(right)
        return {
            "loss_spectrum": torch.stack(losses).mean(),
            "right_spectrum": torch.stack(rights).mean(),
        }

    def state(self) -> dict[str, Any]:
        """Everything that `resume` needs."""
        return {
            "epoch": self.epoch,
            "seconds": self._seconds(),
            "learner": self.learner.modules().state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on after the epoch that `state` was taken at."""
        self.epoch = state["epoch"]
        self.earlier = state.get("seconds")
        self.learner.modules().load_state_dict(state["learner"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])

    def trained(self) -> checkpoint.Trained:
        """The averaged encoder with the statistics of its base classes."""
        finished = self.epoch == self.config.optimiser.epochs
        encoder, spectrum = self.average.module.children()
        assert isinstance(encoder, Encoder)
        assert isinstance(spectrum, Spectrum)
        clips, copies = (40, self.config.spectrum.copies) if finished else (8, 0)
        scatter = Scatter(self.data, self.targets, self.augment, copies)
        embedder, cohort = base_statistics(
            encoder, self.config, self.served, clips, spectrum, scatter
        )
        return checkpoint.Trained(
            config=self.config,
            classes=self.class_names,
            state={name: value.cpu() for name, value in embedder.state_dict().items()},
            cohort=cohort.cpu(),
            epoch=self.epoch,
            commit=self.commit,
        )


def _name_of(device: torch.device) -> str:
    """What a device is called, and with how many threads it computes."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"{processor()} ({threads} thread{'s' if threads > 1 else ''})"


def _average(decay: float) -> Callable[..., None]:
    """The exponential average of what is a quantity; counts and indices are taken as they are."""
    quantities = get_ema_multi_avg_fn(decay)

    def update(averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
        if averaged[0].is_floating_point():  # they come by type
            quantities(averaged, current, count)
            return
        for kept, now in zip(averaged, current, strict=True):
            kept.copy_(now)

    return update


def _commit() -> str:
    """The source's commit, marked where the tree differs from it; empty outside a checkout."""
    folder = Path(__file__).parent
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""

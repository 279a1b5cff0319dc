"""Text leak: whether the cross-modal branch reads the class off the text (PAPER.md's test [R])."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from skeleton import resolve_layout
from skeleton.whole_file import whole_file
from training.bodies import Bodies
from training.config import Config, config_from
from training.dataset import SkeletonDataset
from training.errors import BadCheckpoint
from training.guidance.guidance import Guidance, Told
from training.learner import Learner
from training.targets import Targets, targets

#: Beside a finished run's `last.pt`: the learner as it ended, the guidance with it.
FILE = "guidance.pt"
#: How far beyond chance the branch may be right about a class that only its text is of [R].
ALLOWED = 0.05

_FORMAT = 1
_BATCH = 128
_DRAWS = 4


@dataclass(frozen=True)
class Leak:
    """Shares of the base clips that the branch gives to a class: with their own text, to their own
    (`right`); with the text of another class B, to their own (`right_with_other`), and to B
    (`at_other`), which only the text says. `chance` is one of the number of classes."""

    right: float
    right_with_other: float
    at_other: float
    chance: float
    clips: int

    @property
    def leaks(self) -> bool:
        """Whether the text alone decides more than it may."""
        return self.at_other > self.chance + ALLOWED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of `python -m training leak`."""
    parser.add_argument(
        "--checkpoint", type=Path, required=True, help=f"a finished run's last.pt; {FILE} is by it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure on the base classes' clips; 1 where the text leaks."""
    checkpoint: Path = arguments.checkpoint
    if not checkpoint.is_file():
        what = "is no file" if checkpoint.exists() else "does not exist"
        raise BadCheckpoint(f"{checkpoint} {what}")
    kept = checkpoint.with_name(FILE)
    config, state = _kept(kept)
    layout = resolve_layout(config.encoder.layout)
    frames, persons = config.encoder.input_frames, config.encoder.persons
    stored = SkeletonDataset.load(config.data, layout, persons=persons)
    data = SkeletonDataset.load(config.data, layout, frames=frames, persons=persons)
    aims = targets(stored, layout, config.augmentation.sided)
    learner = Learner.of(config, data, aims, layout)
    try:
        learner.modules().load_state_dict(state)
    except RuntimeError as error:
        raise BadCheckpoint(
            f"{kept} is of other classes than the data sets now hold: "
            f"{str(error).splitlines()[-1].strip()}"
        ) from error
    found = measure(learner, data, aims)
    print(
        f"{found.clips} clips of {aims.count} classes, chance {found.chance:.1%}\n"
        f"right with their own text             {found.right:.1%}\n"
        f"right with the text of another class  {found.right_with_other:.1%}\n"
        f"given to the class of that text       {found.at_other:.1%}"
    )
    limit = f"{ALLOWED:.0%} beyond chance are allowed"
    print(f"the text leaks: {limit}" if found.leaks else f"the text does not leak: {limit}")
    return int(found.leaks)


@torch.no_grad()
def measure(learner: Learner, data: SkeletonDataset, aims: Targets, seed: int = 0) -> Leak:
    """Ask the trained branch about base clips at the encoder's length, with texts of their own
    and of classes drawn for each several times. Raises `ValueError` without such a branch."""
    guidance = learner.guidance
    if guidance is None or guidance.branch is None:
        raise ValueError("the run has no cross-modal branch (guidance.cross_modal.weight)")
    learner.modules().eval()
    device = learner.encoder.device
    generator = torch.Generator().manual_seed(seed)
    counts, asked = torch.zeros(3), 0
    for clips in torch.arange(len(data)).split(_BATCH):
        bodies = Bodies.of(data.joints[clips], data.seen[clips])
        base = torch.from_numpy(data.labels)[clips]
        told = Told(
            aims.number[0, base].to(device),
            base.to(device),
            torch.zeros(len(clips), dtype=torch.bool, device=device),
            aims.sidedness[clips].to(device),
        ).of(bodies.owner.to(device))
        asked += len(bodies.owner)
        joints, seen = bodies.joints.to(device), bodies.seen.to(device)
        given = learner.encoder.features(*learner.encoder.body_frame(joints, seen)).joints
        same = learner.classifier.same[told.labels]
        counts[0] += _at(guidance, learner, guidance.text(told), given, told.labels, same)
        for _ in range(_DRAWS):
            other = guidance.other_text(told, generator)
            text, aim = guidance.sentences[other], aims.number.to(device)[other]
            counts[1] += _at(guidance, learner, text, given, told.labels, same) / _DRAWS
            counts[2] += _at(guidance, learner, text, given, aim, same) / _DRAWS
    right, kept, at = (counts / asked).tolist()
    return Leak(right, kept, at, 1 / aims.count, len(data))


def _at(
    guidance: Guidance, learner: Learner, text: Tensor, joints: Tensor, aim: Tensor, same: Tensor
) -> Tensor:
    """How many clips are given to `aim` `(N,)`; what may be the clip's own action too is left out
    of the contest, as in training."""
    assert guidance.branch is not None
    cosines = learner.classifier.cosines(guidance.branch(text, joints))
    return (cosines.masked_fill(same, -1).argmax(1) == aim).sum().cpu()


def keep(path: Path, config: Config, learner: Learner) -> None:
    """Write the learner as it is, in one step."""
    tree = config.model_dump(mode="json", by_alias=True)
    with whole_file(path) as file:
        torch.save(
            {"format": _FORMAT, "config": tree, "learner": learner.modules().state_dict()}, file
        )


def _kept(path: Path) -> tuple[Config, dict[str, Tensor]]:
    if not path.is_file():
        raise BadCheckpoint(f"{path} does not exist: only a finished run with guidance leaves one")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] != _FORMAT:
            raise BadCheckpoint(f"{path} has format {content['format']}, not {_FORMAT}")
        config = config_from(content["config"])
        state: dict[str, Tensor] = content["learner"]
    except BadCheckpoint:
        raise
    except Exception as error:
        raise BadCheckpoint(f"{path} is no guidance of this project: {error}") from error
    if config.cross_modal is None:
        raise BadCheckpoint(f"{path} has no cross-modal branch (guidance.cross_modal.weight=0)")
    return config, state

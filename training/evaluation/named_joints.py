"""`python -m training importance`: is a model's joint importance that of the joints words name?"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive, Layout
from training.data_folder import archive_path
from training.evaluation.encoders import (
    BadModelFile,
    encoder_from_checkpoint,
    encoder_from_model,
)
from training.text.body_words import action_weights
from training.text.descriptions import Descriptions, read_folder
from training.text.errors import BadDescription

IMPORTANCE = "joint_importance"
_SETS = "utdmhad,msraction3d"


@dataclass(frozen=True, eq=False)
class NamedJoints:
    """What a set's classes get on the joints that their global texts name, `(C,)` each.

    `own` is the share of importance in the class's own clips, `others` in all other clips,
    `level` what it would be if all joints had alike; `leading` is the share of the own clips whose
    most important joint is a named one, for which `level` is chance.
    """

    own: NDArray[np.float64]
    others: NDArray[np.float64]
    level: NDArray[np.float64]
    leading: NDArray[np.float64]

    def line(self, name: str) -> str:
        """One row of the table."""
        cells = (
            f"{len(self.own)}",
            f"{self.own.mean():.2f}",
            f"{self.others.mean():.2f}",
            f"{self.level.mean():.2f}",
            f"{(self.own > self.others).mean():.0%}",
            f"{self.leading.mean():.0%}",
        )
        return f"| {name} | " + " | ".join(cells) + " |"


def importance_on_named(
    importance: NDArray[np.float32],
    labels: NDArray[np.integer],
    wanted: Mapping[int, NDArray[np.bool_]],
) -> NamedJoints:
    """Ask the importance `(n, V)` of n clips with these `labels` `(n,)` for the joints `(V,)` that
    are `wanted` of each class."""
    rows = []
    for label, joints in wanted.items():
        mine = labels == label
        share = importance[:, joints].sum(axis=1)
        leads = joints[importance[mine].argmax(axis=1)]
        rows.append((share[mine].mean(), share[~mine].mean(), joints.mean(), leads.mean()))
    own, others, level, leading = np.array(rows, dtype=np.float64).T
    return NamedJoints(own, others, level, leading)


def wanted_joints(
    archive: Archive, layout: Layout, texts: Descriptions
) -> dict[int, NDArray[np.bool_]]:
    """The joints that each class's text names, by its number. Left out is a class of which people
    do the one or the other side, whose text names only one of them, and one that names all.

    Raises `BadDescription` for a class without texts."""
    found = {}
    for label in np.unique(archive.labels):
        action = texts[archive.label_names[label]]
        named = action_weights(action, layout) > 0
        if action.side != "either" and not named.all():
            found[int(label)] = named
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--checkpoint", type=Path, help="a training run's last.pt")
    asked.add_argument("--model", type=Path, help="an exported model file, .onnx")
    parser.add_argument("--sets", default=_SETS, help="names of described archives, by commas")


def run(arguments: argparse.Namespace) -> int:
    """Print the table. Raises `BadCheckpoint`, `BadModelFile`, `BadDescription`, `DataMissing`,
    `UnreadableClip`."""
    encoder = (
        encoder_from_checkpoint(arguments.checkpoint)
        if arguments.checkpoint
        else encoder_from_model(arguments.model)
    )
    described = read_folder()
    lines = []
    for name in filter(None, map(str.strip, arguments.sets.split(","))):
        if name not in described:
            raise BadDescription(f"{name} has no texts in training/text/descriptions")
        archive = Archive.open(archive_path(name))
        outputs = encoder.encode(archive)
        if IMPORTANCE not in outputs:
            raise BadModelFile("the model tells no joint importance")
        wanted = wanted_joints(archive, encoder.layout, described[name])
        if len(wanted) == 0 or len(np.unique(archive.labels)) < 2:
            raise BadDescription(f"{name} has no class to ask: two sides for each, or all joints")
        lines.append(importance_on_named(outputs[IMPORTANCE], archive.labels, wanted).line(name))
    print("Importance on the joints that a class's text names, of 1 in all; the mean over classes.")
    print("| set | classes | own clips | other clips | all joints alike | own > others | leading |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(lines))
    print("leading: own clips whose most important joint is a named one; chance: all joints alike.")
    return 0

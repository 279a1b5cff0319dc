"""`python -m training decisions`: what a model's thresholds let pass, by how much is enrolled."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive
from training.data_folder import archive_path
from training.evaluation.encoders import BadModelFile, Encoder, encoder_from_model
from training.evaluation.gallery_scale import Similarity, table
from training.evaluation.metrics import expected_calibration_error
from training.evaluation.probability import STRANGERS
from training.evaluation.protocol import Labels, UnusableSet

_SETS = "utdmhad,msraction3d"
_ACTIONS = (1, 2, 3, 5, 10, 14, 20, 30, 45)
_DRAWS = 60
_ASKED = 300  # queries of a gallery at most


@dataclass(frozen=True)
class Stated:
    """Probabilities against the truth: which is stated in the mean, the `true` share that is right,
    and the calibration `error`."""

    probability: float
    true: float
    error: float

    def cell(self) -> str:
        """One cell of the table."""
        if np.isnan(self.true):
            return "-"
        return f"{self.probability:.2f} / {self.true:.2f}, {self.error:.2f}"


@dataclass(frozen=True)
class Decisions:
    """What galleries of so many actions decide, in shares.

    Of clips whose action is not enrolled `strangers` pass, by the share that the threshold states;
    at the one that decides `enrolled` pass of those whose action is, and `right` of these are
    right. `half` is what the probabilities are worth where every second clip is a stranger's,
    `none` where none is, and the model is told so. NaN where nobody is asked.
    """

    actions: int
    strangers: dict[str, float]
    enrolled: float
    right: float
    half: Stated
    none: Stated

    def line(self, name: str, whose: str) -> str:
        """One row of the table."""
        passing = " / ".join(_percent(share) for share in self.strangers.values())
        cells = (
            f"{self.actions}",
            passing,
            _percent(self.enrolled),
            _percent(self.right),
            self.half.cell(),
            self.none.cell(),
        )
        return f"| {name} | {whose} | " + " | ".join(cells) + " |"


def measure_decisions(
    encoder: Encoder,
    similarity: Similarity,
    archive: Archive,
    actions: int,
    *,
    several: bool,
    seed: int,
) -> Decisions:
    """Draw galleries of `actions` classes of a set, one exemplar each, and ask them.

    The exemplars are of one person, where they did the action, or each of anybody's, with
    `several`; other people's clips are asked, or with `several` all others. `similarity` has the
    encoder's scores of the set's clips.
    """
    labels, subjects = archive.labels, archive.subjects
    classes, people = np.unique(labels), np.unique(subjects)
    draw = np.random.default_rng([seed, actions, several])
    best, behind, right, known = [], [], [], []
    for _ in range(_DRAWS):
        person = draw.choice(people)
        enrolled = draw.choice(classes, actions, replace=False)
        giver = None if several else person
        exemplars = np.array([_exemplar(archive, label, giver, draw) for label in enrolled])
        others = np.arange(len(labels)) if several else np.flatnonzero(subjects != person)
        queries = draw.permutation(np.setdiff1d(others, exemplars))[:_ASKED]
        scored, unit = table(similarity, queries, exemplars)
        best.append(scored.max(axis=1))
        behind.append((best[-1][:, None] - scored) * unit)
        right.append(labels[exemplars[scored.argmax(axis=1)]] == labels[queries])
        known.append(np.isin(labels[queries], enrolled))
    asked = _Asked(*map(np.concatenate, (best, behind, right, known)))
    return _decided(encoder, actions, asked, draw)


class _Asked(NamedTuple):
    """All queries: the best scores `(Q,)`, how far each action lies behind, in cosines, `(Q, C)`,
    whether the best is `right` `(Q,)` and the query's action enrolled, `known` `(Q,)`."""

    best: NDArray[np.float64]
    behind: NDArray[np.float64]
    right: NDArray[np.bool_]
    known: NDArray[np.bool_]


def _decided(encoder: Encoder, actions: int, asked: _Asked, draw: np.random.Generator) -> Decisions:
    """What the scores of all queries decide."""
    assert encoder.threshold is not None
    best, _, right, known = asked
    passing = best >= encoder.threshold
    return Decisions(
        actions,
        {
            share: _mean(best[~known] >= threshold)
            for share, threshold in sorted(encoder.thresholds.items(), reverse=True)
        },
        _mean(passing[known]),
        _mean(right[known & passing]),
        _stated(encoder, asked, _half_strangers(known, draw), STRANGERS),
        _stated(encoder, asked, np.flatnonzero(known), 0.0),
    )


def _stated(encoder: Encoder, asked: _Asked, queries: Labels, strangers: float) -> Stated:
    """What is stated of these queries, and what is true."""
    assert encoder.probability is not None
    right = asked.right[queries].astype(np.float64)
    stated = encoder.probability(asked.best[queries], asked.behind[queries], strangers)
    return Stated(_mean(stated), _mean(right), expected_calibration_error(stated, right))


def _exemplar(archive: Archive, label: int, person: int | None, draw: np.random.Generator) -> int:
    """A random clip of a class, the person's where there is one."""
    clips = np.flatnonzero(archive.labels == label)
    own = clips[archive.subjects[clips] == person]
    return int(draw.choice(own if len(own) else clips))


def _half_strangers(known: NDArray[np.bool_], draw: np.random.Generator) -> Labels:
    """As many of the known queries as of the others; none where there are no others."""
    of = [draw.permutation(np.flatnonzero(known == kind)) for kind in (True, False)]
    return np.concatenate([one[: min(map(len, of))] for one in of])


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.0f}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--model", type=Path, required=True, help="an exported model file, .onnx")
    parser.add_argument("--sets", default=_SETS, help="names of archives, by commas")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (0)")


def run(arguments: argparse.Namespace) -> int:
    """Print the table. Raises `BadModelFile`, `DataMissing`, `UnreadableClip`."""
    try:
        archives = _archives(arguments.sets)
    except UnusableSet as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    encoder = encoder_from_model(arguments.model)
    if encoder.threshold is None or not encoder.thresholds:
        raise BadModelFile(f"{arguments.model} states no thresholds: it was exported without any")
    print(f"Shares in %, of {_DRAWS} galleries a row, one exemplar an action. Strangers are clips")
    print("whose action is not enrolled; probabilities are told how many there are.")
    print(
        f"| set | exemplars of | actions | strangers at {_shares(encoder)} % | enrolled "
        "| right of these | half strangers: probability / true, error | none |"
    )
    print("|---" * 8 + "|")
    for archive in archives:
        outputs = encoder.encode(archive)
        similarity = encoder.scores(outputs, outputs)
        classes = len(np.unique(archive.labels))
        for several in (False, True):
            for actions in sorted({*(n for n in _ACTIONS if n < classes), classes}):
                found = measure_decisions(
                    encoder, similarity, archive, actions, several=several, seed=arguments.seed
                )
                whose = "several people" if several else "one person"
                print(found.line(archive.name, whose), flush=True)
    return 0


def _archives(names: str) -> list[Archive]:
    """Raises `UnusableSet` for one of fewer than two classes or people, `DataMissing`."""
    archives = [
        Archive.open(archive_path(name.strip())) for name in names.split(",") if name.strip()
    ]
    for archive in archives:
        classes, people = len(np.unique(archive.labels)), len(np.unique(archive.subjects))
        if classes < 2 or people < 2:
            raise UnusableSet(
                f"{archive.name} has {classes} classes by {people} people, and two of either are "
                "needed"
            )
    return archives


def _shares(encoder: Encoder) -> str:
    return " / ".join(f"{100 * float(s):g}" for s in sorted(encoder.thresholds, reverse=True))

"""What is measured of one trained encoder on a benchmark (ours, but for the fixed exemplar)."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skeleton import Archive
from training.checkpoint import load
from training.evaluation.encoders import Outputs, encoder_from_checkpoint
from training.evaluation.gallery_scale import Similarity
from training.evaluation.metrics import Answers, answers
from training.evaluation.one_shot import drawn_episodes, fixed_episode
from training.evaluation.protocol import Episode
from training.evaluation.report import plain
from training.evaluation.results import measured
from training.split import Split

#: The paper's rule, the nearest exemplar, by the cosine of the embeddings (less the base classes'
#: mean, which is ours); and the service's, which takes away how much both clips resemble these.
COSINE, SCORE = "cosine", "score"


def measure(checkpoint: Path, archive: Archive, split: Split, draws: int, device: str) -> Any:
    """Return a tree of JSON values: for each rule `fixed` and `drawn` as `results.Measured`.

    Raises `MissingExemplar`, `UnusableSet`.
    """
    trained, _ = load(checkpoint)
    fixed, drawn = [fixed_episode(archive, split)], drawn_episodes(archive, split, draws)
    novel = np.union1d(fixed[0].queries, fixed[0].exemplars)
    encoder = encoder_from_checkpoint(checkpoint, device)
    outputs = encoder.encode(archive.clip(int(clip)) for clip in novel)
    labels = archive.labels[novel]
    rules: dict[str, Callable[[Outputs, Outputs], Similarity]] = {
        COSINE: lambda asked, enrolled: asked["embedding"] @ enrolled["embedding"].T,
        SCORE: encoder.scores,
    }
    found: dict[str, Any] = {
        "epoch": trained.epoch,
        "commit": trained.commit,
        "classes": len(trained.classes),
        "parameters": sum(p.numel() for p in trained.branch().encoder.parameters()),
        "queries": len(fixed[0].queries),
    }
    for name, rule in rules.items():
        for kind, episodes in (("fixed", fixed), ("drawn", drawn)):
            here = [_within(episode, novel) for episode in episodes]
            closed, opened = (_answers(outputs, rule, labels, here, half) for half in (False, True))
            told = measured(name, 0.0, here, closed, opened, None)
            found.setdefault(name, {})[kind] = asdict(told)
    return plain(found)


def _within(episode: Episode, novel: NDArray[np.int64]) -> Episode:
    """The same episode by the places of its clips among the novel ones."""
    return replace(
        episode,
        exemplars=np.searchsorted(novel, episode.exemplars),
        queries=np.searchsorted(novel, episode.queries),
    )


def _answers(
    outputs: Outputs,
    rule: Callable[[Outputs, Outputs], Similarity],
    labels: NDArray[np.int64],
    episodes: Sequence[Episode],
    half: bool,
) -> list[Answers]:
    """Ask every episode; only its exemplars' columns of the similarities are ever computed."""
    given = []
    for episode in episodes:
        enrolled = {name: values[episode.exemplars] for name, values in outputs.items()}
        columns = replace(episode, exemplars=np.arange(len(episode.exemplars)))
        given.append(answers(rule(outputs, enrolled), labels, columns, half=half))
    return given

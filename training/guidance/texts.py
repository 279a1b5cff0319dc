"""The texts of all base classes as tensors, as they are and mirrored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor

from skeleton import Layout
from training.config import SHIPPED, GuidanceConfig
from training.dataset import TrainingClass
from training.text.action_text import ActionText
from training.text.body_words import action_weights
from training.text.descriptions import SHIPPED as SHIPPED_DESCRIPTIONS
from training.text.descriptions import Descriptions, read_folder
from training.text.embeddings import SHIPPED as SHIPPED_EMBEDDINGS
from training.text.embeddings import TextEmbeddings
from training.text.errors import BadDescription, BadEmbeddings

#: The side a class's texts are written for, where people differ; 0 where they do not.
_SIDES = {"left": 1, "right": -1, "both": 0}


@dataclass(frozen=True, eq=False)
class ClassTexts:
    """The texts of B base classes; on the first axis as written, then mirrored.

    `sentences` `(2, B, V, D_text)`, the embeddings of the joints' sentences [N]; `importance`
    `(2, B, V)`, `k_gt` of the global texts [N]; `written_for` `(B,)`: of a class that people do
    with either hand, 1 where its texts are of the left side, -1 of the right; else 0.
    """

    sentences: Tensor
    importance: Tensor
    written_for: Tensor

    @classmethod
    def read(cls, config: GuidanceConfig, classes: Iterable[TrainingClass], layout: Layout) -> Self:
        """Read what a configuration names. Raises `BadDescription` for a class without texts,
        `BadEmbeddings` for texts that were not embedded."""
        actions = _actions(_descriptions(config.descriptions), tuple(classes))
        embeddings = _embeddings(config.embeddings)
        pairs = [(action, action.mirrored()) for action in actions]
        sentences = np.stack(
            [[embeddings.of(a, layout).joints for a in side] for side in zip(*pairs, strict=True)]
        )
        moving = config.importance.named == "moving"
        importance = np.stack(
            [[action_weights(a, layout, moving) for a in side] for side in zip(*pairs, strict=True)]
        )
        written = [_SIDES[a.written_for] if a.side == "either" else 0 for a in actions]
        return cls(torch.from_numpy(sentences), torch.from_numpy(importance), torch.tensor(written))


def _descriptions(sources: Iterable[str]) -> Mapping[str, Descriptions]:
    """The descriptions by data set; a later source replaces the classes that it names."""
    found: dict[str, Descriptions] = {}
    for source in sources:
        path = SHIPPED_DESCRIPTIONS if source == SHIPPED else Path(source)
        if path.is_dir():
            read = read_folder(path)
        else:
            one = Descriptions.read(path)
            read = {one.dataset: one}
        for name, new in read.items():
            old = found.get(name)
            actions = {**old.actions, **new.actions} if old else new.actions
            found[name] = replace(new, actions=actions)
    return found


def _actions(
    descriptions: Mapping[str, Descriptions], classes: tuple[TrainingClass, ...]
) -> list[ActionText]:
    sets: dict[str, list[str]] = {}
    for known in classes:
        sets.setdefault(known.set_name, []).append(known.label)
    for name, labels in sets.items():
        if name not in descriptions:
            raise BadDescription(
                f"guidance.descriptions: no texts for the data set {name!r}, only for "
                f"{', '.join(sorted(descriptions))}: describe its classes (docs/describe.md), or "
                "train without guidance (guidance=null)"
            )
        descriptions[name].require(labels)
    return [descriptions[known.set_name][known.label] for known in classes]


def _embeddings(sources: Iterable[str]) -> TextEmbeddings:
    read = [TextEmbeddings.read(SHIPPED_EMBEDDINGS if s == SHIPPED else s) for s in sources]
    first, *others = read
    for other in others:
        if (other.model, other.width) != (first.model, first.width):
            raise BadEmbeddings(
                f"guidance.embeddings are by different models, {first.model} and {other.model}: "
                "embed all texts by one (python -m training embed)"
            )
    keys, rows = np.unique(np.concatenate([one.keys for one in read]), return_index=True)
    return TextEmbeddings(first.model, keys, np.concatenate([one.vectors for one in read])[rows])

"""Descriptions: the texts of all classes of a data set, checked against its class names."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from skeleton.joint_names import did_you_mean
from training.text.action_text import ActionText
from training.text.body_words import named_joints
from training.text.description_file import read_file, write_file
from training.text.errors import BadDescription

#: The shipped descriptions, one file a data set.
SHIPPED = Path(__file__).parent / "descriptions"

_MOST_NAMED = 8


@dataclass(frozen=True)
class Descriptions:
    """The texts of a set by class, where they come from, and the file they were read from."""

    dataset: str
    source: str
    actions: Mapping[str, ActionText]
    path: Path

    @classmethod
    def read(cls, path: str | Path, labels: Iterable[str] | None = None) -> Self:
        """Read a file; with `labels`, these classes must be in it. Raises `BadDescription`."""
        path = Path(path)
        descriptions = cls(*read_file(path), path)
        if labels is not None:
            descriptions.require(labels)
        return descriptions

    def __getitem__(self, label: str) -> ActionText:
        self.require((label,))
        return self.actions[label]

    def require(self, labels: Iterable[str]) -> None:
        """Raises `BadDescription` naming the classes that have no texts."""
        missing = [
            f"{label!r}{did_you_mean(get_close_matches(label, self.actions, 1, 0.75))}"
            for label in labels
            if label not in self.actions
        ]
        if missing:
            more = len(missing) - _MOST_NAMED
            named = missing[:_MOST_NAMED] + ([f"and {more} more"] if more > 0 else [])
            raise BadDescription(f"{self.path}: no texts for the classes {', '.join(named)}")

    def write(self) -> None:
        """Write the file in one step."""
        write_file(self.path, self.dataset, self.source, self.actions)

    def remarks(self) -> list[str]:
        """What can be used but teaches less than it could, a line each."""
        lines = []
        for label, action in self.actions.items():
            if not action.joints:
                lines.append(f"{label}: no joint moves: all are said to stay still")
            for number, text in enumerate(action.paraphrases, start=1):
                if not named_joints(text, action.written_for):
                    lines.append(f"{label}: global: {number}: names no part of the body")
        owners = Counter(
            text for action in self.actions.values() for text in dict.fromkeys(action.texts())
        )
        shared = [text for text, count in owners.items() if count > 1]
        for text in shared:
            where = ", ".join(label for label, a in self.actions.items() if text in a.texts())
            lines.append(f"{where}: share a sentence: {text[:60]!r}")
        return lines


def read_folder(folder: str | Path = SHIPPED) -> dict[str, Descriptions]:
    """Read every `*.yaml` of a folder, by data set; a set may be in several files.

    Raises `BadDescription`, also for a class that is in two of them.
    """
    folder = Path(folder)
    found: dict[str, Descriptions] = {}
    for path in sorted(folder.glob("*.yaml")):
        descriptions = Descriptions.read(path)
        earlier = found.get(descriptions.dataset)
        if earlier is not None:
            for label in descriptions.actions.keys() & earlier.actions:
                raise BadDescription(f"{path}: {label}: has texts in {earlier.path} already")
            actions = {**earlier.actions, **descriptions.actions}
            descriptions = replace(descriptions, actions=actions, path=folder)
        found[descriptions.dataset] = descriptions
    if not found:
        raise BadDescription(f"{folder}: the folder holds no *.yaml")
    return found

"""Splits: the listed classes of a published benchmark, and the figures published for it.

One YAML file each in `splits/`: the novel classes and their exemplars, the development classes, the
subsets of base classes by their number, and the published accuracies. What in it is the paper's and
what is ours is said in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from training.config import BadConfig
from training.yaml_text import load_yaml

FOLDER = Path(__file__).parent / "splits"
_FIELDS = frozenset(
    {"title", "variants", "novel", "exemplars", "development", "base", "published", "parameters"}
)


@dataclass(frozen=True)
class Split:
    """The classes of a benchmark by their names in its archive.

    `variants` are compared unless others are asked for (`training/benchmark`). `exemplars` gives
    the name of the one fixed exemplar clip of each novel class; None: the first clip by name.
    `base` gives lists of base classes by their length, each part of the next.
    `published` gives accuracies in % by method and number of base classes, `parameters` the
    published size by method.
    """

    name: str
    title: str
    variants: tuple[str, ...]
    novel: tuple[str, ...]
    exemplars: Mapping[str, str] | None
    development: tuple[str, ...]
    base: Mapping[int, tuple[str, ...]]
    published: Mapping[str, Mapping[int, float]]
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, name: str) -> Self:
        """Read a shipped split. Raises `BadConfig` for an unknown name or a file that cannot be."""
        path = FOLDER / f"{name}.yaml"
        if name not in split_names():
            raise BadConfig(f"no split {name!r}: there are {', '.join(split_names())}")
        try:
            tree: Any = load_yaml(path.read_text(encoding="utf-8"))
            if set(tree) - _FIELDS:
                raise ValueError(f"unknown fields {', '.join(sorted(set(tree) - _FIELDS))}")
            exemplars = tree["exemplars"]
            split = cls(
                name=name,
                title=tree["title"],
                variants=tuple(tree["variants"]),
                novel=tuple(tree["novel"]),
                exemplars=None if exemplars == "first" else dict(exemplars),
                development=tuple(tree["development"]),
                base={int(count): tuple(listed) for count, listed in tree["base"].items()},
                published=tree.get("published") or {},
                parameters=tree.get("parameters") or {},
            )
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise BadConfig(f"the split {path} cannot be read: {error!r}") from error
        split._check()
        return split

    def listed(self, which: str) -> tuple[str, ...]:
        """Return a list of classes: `novel`, `development`, or `base_20`, …. Raises `BadConfig`."""
        lists = {"novel": self.novel, "development": self.development}
        lists |= {f"base_{count}": classes for count, classes in self.base.items()}
        if which not in lists:
            raise BadConfig(f"{self.name} has no list {which!r}: there are {', '.join(lists)}")
        return lists[which]

    def _check(self) -> None:
        smaller: frozenset[str] = frozenset()
        for count, classes in sorted(self.base.items()):
            base = frozenset(classes)
            if len(base) != count or not smaller <= base or base & set(self.novel):
                raise BadConfig(
                    f"{self.name}: base {count} must list {count} classes, the smaller subsets "
                    "among them and no novel one"
                )
            smaller = base
        if both := set(self.development) & set(self.novel):
            raise BadConfig(f"{self.name}: both development and novel: {', '.join(sorted(both))}")
        if self.exemplars is not None and set(self.exemplars) != set(self.novel):
            raise BadConfig(f"{self.name}: every novel class needs one exemplar")


def split_names() -> tuple[str, ...]:
    """Return the names of the shipped splits."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def listed_classes(only: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes that `data.sets[].only` means: themselves, or a split's list by
    `SPLIT/LIST`, e.g. `ntu120/base_20`. Raises `BadConfig`."""
    if not isinstance(only, str):
        return only
    name, slash, which = only.partition("/")
    if not slash:
        raise BadConfig(f"data.sets: only: {only!r} is neither a list of classes nor SPLIT/LIST")
    return Split.read(name).listed(which)

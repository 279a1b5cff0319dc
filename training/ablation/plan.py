"""The plan of an ablation: variants × encoders × seeds, each a complete configuration (ours)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from training.config import BadConfig, Config, differences_of, load_config
from training.yaml_text import load_yaml

SHIPPED = Path(__file__).parent.parent / "configs" / "ablation.yaml"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
#: What all variants of one encoder have in common: the same data and the same budget.
_SHARED = ("data", "optimiser.epochs", "optimiser.batch")


class BadPlan(ValueError):
    """A plan that cannot be carried out; the message names the entry."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderPlan(_Section):
    """One encoder: a YAML of differences (a path from the plan's own folder) and overrides, and
    which variants it takes part in (all of them, if none)."""

    config: str | None = None
    overrides: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


class Plan(_Section):
    """What is to be compared. `baseline` is the variant that the others are compared with; `sets`
    are archives that no run is trained on; `repeats` are draws for each of their subjects;
    `overrides` hold for every run."""

    baseline: str
    seeds: tuple[int, ...] = Field(min_length=1)
    sets: tuple[str, ...] = Field(min_length=1)
    repeats: int = Field(default=3, gt=0)
    overrides: tuple[str, ...] = ()
    variants: dict[str, tuple[str, ...]]
    encoders: dict[str, EncoderPlan] = Field(min_length=1)
    folder: Path = Path()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for kind, names in (("variants", self.variants), ("encoders", self.encoders)):
            for name in names:
                if not _NAME.fullmatch(name):
                    raise ValueError(
                        f"{kind}: {name!r} must be letters, digits, '.', '_', '+', '-': "
                        "it names a folder"
                    )
        if self.baseline not in self.variants:
            raise ValueError(f"baseline: there is no variant {self.baseline!r}")
        for name, encoder in self.encoders.items():
            unknown = [one for one in encoder.variants if one not in self.variants]
            if unknown:
                raise ValueError(f"encoders.{name}: there is no variant {', '.join(unknown)}")
            if encoder.variants and self.baseline not in encoder.variants:
                raise ValueError(f"encoders.{name}: the baseline {self.baseline!r} is missing")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: one is named twice")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a plan's YAML. Raises `BadPlan`."""
        try:
            tree = load_yaml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BadPlan(f"cannot read the plan {path}: {error}") from error
        try:
            return cls.model_validate(tree).model_copy(update={"folder": path.parent})
        except ValidationError as error:
            lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            raise BadPlan(f"{path}: " + "; ".join(lines)) from error


@dataclass(frozen=True)
class Entry:
    """One run of a plan: what it is called, and its configuration."""

    encoder: str
    variant: str
    seed: int
    overrides: tuple[str, ...]
    config: Config

    @property
    def name(self) -> str:
        """`encoder/variant/seed0`, also the run's place below the ablation's folder."""
        return f"{self.encoder}/{self.variant}/seed{self.seed}"


def entries(
    plan: Plan, difference: Path | None, overrides: Sequence[str], epochs: int | None
) -> tuple[Entry, ...]:
    """Return every run of a plan, seed by seed, so that a stopped ablation holds whole comparisons.

    `difference`, `overrides` and `epochs` (a budget for all) come before encoders and variants.
    Raises `BadConfig`, and `BadPlan` where the comparison would not be one: an encoder's variants
    with different data or budget, two of the same configuration, or a set that is trained on.
    """
    budget = () if epochs is None else (f"optimiser.epochs={epochs}",)
    found: list[Entry] = []
    for seed in plan.seeds:
        for name, encoder in plan.encoders.items():
            for variant in encoder.variants or tuple(plan.variants):
                own = (*encoder.overrides, *plan.variants[variant])
                if encoder.config is not None:
                    own = (*_as_overrides(plan.folder / encoder.config), *own)
                given = (*plan.overrides, *overrides, *budget, *own, f"seed={seed}")
                found.append(Entry(name, variant, seed, own, load_config(difference, given)))
    for name in plan.encoders:
        _check_comparable(name, [e for e in found if e.encoder == name], plan.seeds[0])
    for entry in found:
        trained = {one.archive for one in entry.config.data.sets}
        both = [one for one in plan.sets if one in trained]
        if both:
            raise BadPlan(f"{', '.join(both)}: trained on, and cannot be a set to report on")
    return tuple(found)


def _as_overrides(path: Path) -> tuple[str, ...]:
    try:
        trees = differences_of(path)
    except BadConfig as error:
        raise BadPlan(str(error)) from error
    return tuple(f"{name}={json.dumps(value)}" for tree in trees for name, value in _leaves(tree))


def _check_comparable(name: str, of_encoder: Sequence[Entry], seed: int) -> None:
    variants = [entry for entry in of_encoder if entry.seed == seed]
    first = variants[0]
    for entry in variants[1:]:
        for path, ours, theirs in differences(entry.config, first.config):
            if any(path == field or path.startswith(f"{field}.") for field in _SHARED):
                raise BadPlan(
                    f"encoders.{name}: variants {first.variant} and {entry.variant} differ in "
                    f"{path} ({theirs} and {ours}); data and budget must be the same"
                )
    for at, entry in enumerate(variants):
        for other in variants[:at]:
            if entry.config == other.config:
                raise BadPlan(
                    f"encoders.{name}: variants {other.variant} and {entry.variant} come to the "
                    "same configuration"
                )


def differences(ours: Config, theirs: Config) -> list[tuple[str, Any, Any]]:
    """Return the fields in which two configurations differ: dotted name, ours, theirs."""
    mine, other = (
        dict(_leaves(ours.model_dump(mode="json"))),
        dict(_leaves(theirs.model_dump(mode="json"))),
    )
    return [
        (path, mine.get(path), other.get(path))
        for path in dict.fromkeys((*mine, *other))
        if mine.get(path) != other.get(path)
    ]


def _leaves(tree: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict) and name != "pseudo_novel":  # which is replaced as a whole
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value

"""Variants: what is compared in a benchmark, each a list of differences to its configuration."""

from pathlib import Path
from typing import Any

import yaml

from training.config import BadConfig
from training.yaml_text import load_yaml

SHIPPED = Path(__file__).with_name("variants.yaml")


def read_variants(names: tuple[str, ...], path: Path = SHIPPED) -> dict[str, tuple[str, ...]]:
    """Return `section.field=value` overrides by variant. Raises `BadConfig`."""
    try:
        tree: Any = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadConfig(f"cannot read the variants {path}: {error}") from error
    if not isinstance(tree, dict):
        raise BadConfig(f"{path} must hold a list of overrides by variant")
    unknown = [name for name in names if name not in tree]
    if unknown:
        raise BadConfig(f"{path} has no variant {', '.join(unknown)}: it has {', '.join(tree)}")
    found = {name: tree[name] or [] for name in names}
    for name, overrides in found.items():
        if not isinstance(overrides, list) or not all(isinstance(o, str) for o in overrides):
            raise BadConfig(f"{path}: {name} must be a list of section.field=value")
    return {name: tuple(overrides) for name, overrides in found.items()}

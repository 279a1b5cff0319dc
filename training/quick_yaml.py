"""YAML by libyaml, where PyYAML was built with it: ten times as fast as PyYAML's own (ours)."""

from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """The plain values of a text. Raises `yaml.YAMLError`."""
    return yaml.load(text, Loader=Loader)

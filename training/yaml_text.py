"""YAML by libyaml, several times faster than PyYAML's own parser (ours).

Both read the same but for tabs, of which libyaml takes more. PyYAML's refusals are the better ones:
they show the line.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import yaml

_Read = TypeVar("_Read")
_LIBYAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # not every PyYAML has it


def load_yaml(text: str) -> Any:
    """The plain values of a text. Raises `yaml.YAMLError`."""
    return by_libyaml(yaml.load, text, yaml.SafeLoader)


def by_libyaml(read: Callable[[str, Any], _Read], text: str, otherwise: Any) -> _Read:
    """What `read`, a function of PyYAML's, makes of a text: by libyaml, or by the loader
    `otherwise` what libyaml refuses or would read in another way. Raises `yaml.YAMLError`."""
    if "\t" not in text:
        with suppress(yaml.YAMLError, UnicodeError):
            return read(text, _LIBYAML)
    return read(text, otherwise)

"""YAML as people write it by hand: texts, numbers, lists and maps, each with its line (ours).

JSON is YAML but for its tabs. Nothing is executed, and nothing grows beyond the text: aliases,
tags and deep nesting are refused before anything is built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MOST_EVENTS = 20_000
_DEEPEST = 3  # a list in the document's map, and one level to say what is wrong with more
_TAG = "tag:yaml.org,2002:"


class BadYaml(ValueError):
    """A text that is not the plain YAML that is read here; `line` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Marked:
    """A value, what kind it is, as a message says it, and the line it stands in, from 1.

    A list holds `Marked`, a map text to `Marked`. True, false and numbers that are not whole stay
    as they are written. `key_line` is the line of its key in a map.
    """

    value: Any
    kind: str
    line: int
    key_line: int = 0


def read_marked(text: str) -> Marked:
    """Parse a YAML or JSON text. Raises `BadYaml` with the line at fault."""
    try:
        import yaml
    except ImportError as error:
        raise BadYaml("it needs PyYAML: pip install pyyaml") from error
    try:
        _refuse_growth(yaml.parse(text, Loader=yaml.SafeLoader))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise BadYaml(f"not YAML: {error.problem or error.context}", line) from error
    except yaml.YAMLError as error:
        raise BadYaml(f"not YAML: {str(error).splitlines()[0][:200]}") from error
    if node is None:
        raise BadYaml("it holds nothing", 1)
    return _marked(node)


def _refuse_growth(events: Iterator[Any]) -> None:
    import yaml

    depth = 0
    for number, event in enumerate(events):
        mark = event.start_mark
        line = None if mark is None else mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise BadYaml("aliases (*) are not read here: write the value out", line)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise BadYaml("it is nested too deeply", line)
        if number > _MOST_EVENTS:
            raise BadYaml("it goes on for too long", line)


def _marked(node: Any, key_line: int = 0) -> Marked:
    """The value of a node of PyYAML's."""
    line = node.start_mark.line + 1
    if node.tag == _TAG + "seq" and node.id == "sequence":
        return Marked([_marked(item) for item in node.value], "a list", line, key_line)
    if node.tag == _TAG + "map" and node.id == "mapping":
        found: dict[str, Marked] = {}
        for key, value in node.value:
            name, at = _marked(key), key.start_mark.line + 1
            if name.kind != "text":
                raise BadYaml(f"a key must be text, not {name.kind}: put it in quotes", at)
            if name.value in found:
                raise BadYaml(f"{name.value[:60]!r} is there a second time", at)
            found[name.value] = _marked(value, at)
        return Marked(found, "a map", line, key_line)
    if node.id != "scalar":
        raise BadYaml(f"{node.tag[:60]} is not read here", line)
    value, kind = _scalar(node.tag.removeprefix(_TAG), node.value, line)
    return Marked(value, kind, line, key_line)


def _scalar(kind: str, text: str, line: int) -> tuple[str | int | None, str]:
    if kind == "str":
        return text, "text"
    if kind == "null":
        return None, "nothing"
    if kind == "bool":
        return text, "true or false"
    if kind == "int" and re.fullmatch(r"[-+]?[0-9]{1,9}", text):
        return int(text), "a whole number"
    if kind in ("int", "float"):
        return text, "a number"
    raise BadYaml(f"{text[:60]!r} has the YAML type {kind[:60]}: put it in quotes", line)

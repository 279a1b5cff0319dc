"""Description files: YAML to the texts of a set's classes, and back.

dataset: my_set
source: written by hand
classes:
  wave:                  # the class's exact name
    side: right          # right | left | both | either
    certain: false       # only where its writer is not sure
    global: ["Waving with the right hand: …", "The right forearm …"]
    joints: {right_wrist: "swings from side to side above the shoulder."}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from skeleton.joint_names import canonical, did_you_mean, nearest_joints
from skeleton.whole_file import write_whole
from training.text.action_text import SIDES, ActionText, Side, says_still
from training.text.errors import BadDescription
from training.yaml_text import by_libyaml

_MOST_COMPLAINTS = 8


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text.strip()


def _exact(name: str) -> str:
    _said(name)
    return name


def _told_apart(texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(texts)) < 2:
        raise ValueError("needs two or more paraphrases that differ")
    return texts


def _joint(name: str) -> str:
    if canonical(name) is None:
        raise ValueError(f"is not a joint{did_you_mean(nearest_joints(name))}")
    return name


def _moving(joints: dict[str, str]) -> dict[str, str]:
    """By canonical name, without those that are said to stay still."""
    said: dict[str, str] = {}
    for name, text in joints.items():
        joint = canonical(name)
        assert joint is not None
        if joint in said:
            raise ValueError(f"{name!r} is the joint {joint} a second time")
        said[joint] = text
    return {joint: text for joint, text in said.items() if not says_still(text)}


_Text = Annotated[str, AfterValidator(_said)]


class _Class(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: _Text | None = None
    side: Side
    certain: StrictBool = True
    whole: Annotated[tuple[_Text, ...], AfterValidator(_told_apart)] = Field(
        alias="global", strict=False
    )
    joints: Annotated[dict[Annotated[str, AfterValidator(_joint)], _Text], AfterValidator(_moving)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    dataset: _Text
    source: _Text
    classes: dict[Annotated[str, AfterValidator(_exact)], _Class]


def read_file(path: Path) -> tuple[str, str, dict[str, ActionText]]:
    """Return data set, source, and the texts by class. Raises `BadDescription`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadDescription(f"{path}: {reason}") from error
    try:
        file = _File.model_validate(_tree(path, text))
    except ValidationError as error:
        found = [f"{_where(e['loc'])}: {_complaint(e)}" for e in error.errors()]
        more = len(found) - _MOST_COMPLAINTS
        lines = found[:_MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
        raise BadDescription("\n".join(f"{path}: {line}" for line in lines)) from error
    actions = {
        label: ActionText(label, c.name or label, c.side, c.whole, c.joints, c.certain)
        for label, c in file.classes.items()
    }
    return file.dataset, file.source, actions


def write_file(path: Path, dataset: str, source: str, actions: Mapping[str, ActionText]) -> None:
    """Write a description file in one step: whoever reads sees the old one or the new one."""
    classes: dict[str, dict[str, Any]] = {}
    for label, action in actions.items():
        fields: dict[str, Any] = {} if action.name == label else {"name": action.name}
        fields["side"] = action.side
        if not action.certain:
            fields["certain"] = False
        fields["global"] = list(action.paraphrases)
        fields["joints"] = dict(action.joints)
        classes[label] = fields
    tree = {"dataset": dataset, "source": source, "classes": classes}
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=10_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(
                problem="aliases (*) are not read here: write the text out", problem_mark=mark
            )
        return super().compose_node(parent, index)


def _tree(path: Path, text: str) -> Any:
    try:
        # libyaml would follow an alias.
        node = (
            yaml.compose(text, _Loader) if "*" in text else by_libyaml(yaml.compose, text, _Loader)
        )
        if node is None:
            raise BadDescription(f"{path}: it holds nothing")
        _refuse_duplicates(path, node, "")
        return _Loader("").construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = "" if mark is None else f"line {mark.line + 1}: "
        raise BadDescription(f"{path}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise BadDescription(f"{path}: not YAML: {error}") from error


def _refuse_duplicates(path: Path, node: yaml.Node, where: str) -> None:
    """YAML's own reader would keep the last of two texts and say nothing."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        line = f"{path}: line {key.start_mark.line + 1}: {where}"
        if key.tag != "tag:yaml.org,2002:str":
            raise BadDescription(f"{line}{key.value!r} is not text: put it in quotes")
        if key.value in seen:
            raise BadDescription(f"{line}{key.value!r} is there a second time")
        seen.add(key.value)
        _refuse_duplicates(path, value, f"{where}{key.value}: ")


def _where(location: tuple[int | str, ...]) -> str:
    """`classes: wave: joints: right_wrist`, as the file nests; a list's entries count from 1."""
    steps = [str(step + 1) if isinstance(step, int) else step for step in location]
    return ": ".join(step for step in steps if step != "[key]") or "the file"


def _complaint(error: Any) -> str:
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not known here"
    if kind == "literal_error":
        return f"must be one of {', '.join(SIDES)}, not {given!r}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    wanted = {
        "string_type": "text",
        "tuple_type": "a list of texts",
        "dict_type": "a map",
        "model_type": "a map",
        "bool_type": "true or false",
    }.get(kind)
    return f"must be {wanted}, not {given!r:.60}" if wanted else str(error["msg"])

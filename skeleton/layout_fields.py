"""The fields of a layout file: what they must hold, and what they mean (ours).

Every function raises `Fault`.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from skeleton.joint_names import OTHER, canonical, did_you_mean, nearest_joints, other
from skeleton.layouts import MOST_JOINTS, told_apart
from skeleton.marked_yaml import Marked


class Fault(ValueError):
    """What is wrong with a layout file: the field, and the line where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def own_names(field: Marked) -> list[str]:
    """The data's own names of its joints, in order."""
    names: list[str] = []
    given: list[Marked] = expect(field, "a list", "joints")
    if not 1 <= len(given) <= MOST_JOINTS:
        raise Fault(f"joints: there must be 1 to {MOST_JOINTS}, not {len(given)}", field.line)
    for position, item in enumerate(given, 1):
        name = expect(item, "text", f"joints: joint {position}")
        if other(name) is None:
            raise Fault(f"joints: joint {position}, {name[:60]!r}, is no name", item.line)
        if name in names:
            raise Fault(f"joints: {name[:60]!r} is there a second time", item.line)
        names.append(name)
    return names


def meanings(own: Sequence[str], given: Sequence[Marked], synonyms: Marked | None) -> list[str]:
    """The canonical name of every joint, or `other:` and its own."""
    said = _synonyms(synonyms, own)
    joints: list[str] = []
    for name, item in zip(own, given, strict=True):
        joint = said[name] if name in said else canonical(name)
        if joint is None:
            close = did_you_mean(nearest_joints(name))
            raise Fault(
                f"joints: {name[:60]!r} is not a known joint name{close}; say what it means in "
                "synonyms, null if it has no meaning",
                item.line,
            )
        joints.append(joint)
    joints = told_apart(joints, [None if name in said else name for name in own])
    for position, joint in enumerate(joints):
        if joint in joints[:position]:
            first = own[joints.index(joint)]
            raise Fault(
                f"joints: {first[:60]!r} and {own[position][:60]!r} both mean {joint}",
                given[position].line,
            )
    if all(joint.startswith(OTHER) for joint in joints):
        raise Fault("joints: none has a known meaning, so that no clip could be recognised")
    return joints


def _synonyms(field: Marked | None, own: Sequence[str]) -> dict[str, str]:
    if field is None:
        return {}
    said: dict[str, str] = {}
    for name, item in expect(field, "a map", "synonyms").items():
        if name not in own:
            message = f"synonyms: {name[:60]!r} is not among the joints{nearest(name, own)}"
            raise Fault(message, item.key_line)
        if item.value is None:
            said[name] = f"{OTHER}{name.strip()}"
            continue
        meaning = expect(item, "text", f"synonyms: {name[:60]}")
        joint = canonical(meaning)
        if joint is None:
            message = f"synonyms: {meaning[:60]!r} is not a joint the project knows"
            raise Fault(message + did_you_mean(nearest_joints(meaning)), item.line)
        said[name] = joint
    return said


def own_parents(field: Marked, own: Sequence[str]) -> tuple[int, ...]:
    """The parent's index of every joint, -1: a root."""
    if field.kind == "a list":
        parents, lines = _listed_parents(field, own)
    else:
        parents, lines = _named_parents(field, own)
    for joint in range(len(own)):
        at, steps = joint, 0
        while parents[at] >= 0:
            at, steps = parents[at], steps + 1
            if steps > len(own):
                raise Fault(f"parents: {own[at][:60]!r} is its own ancestor", lines[at])
    return tuple(parents)


def _listed_parents(field: Marked, own: Sequence[str]) -> tuple[list[int], list[int]]:
    items: list[Marked] = field.value
    if len(items) != len(own):
        raise Fault(f"parents: {len(own)} are needed, one a joint, not {len(items)}", field.line)
    for position, item in enumerate(items, 1):
        index = expect(item, "a whole number", f"parents: parent {position}")
        if not -1 <= index < len(own):
            raise Fault(
                f"parents: parent {position}, {index}, is neither -1 nor the index of a joint, "
                f"0 to {len(own) - 1}",
                item.line,
            )
    return [item.value for item in items], [item.line for item in items]


def _named_parents(field: Marked, own: Sequence[str]) -> tuple[list[int], list[int]]:
    at = {name: index for index, name in enumerate(own)}
    parents, lines = [-1] * len(own), [field.line] * len(own)
    given: dict[str, Marked] = expect(field, "a map or a list", "parents")
    for name, item in given.items():
        if name not in at:
            message = f"parents: {name[:60]!r} is not among the joints{nearest(name, own)}"
            raise Fault(message, item.key_line)
        lines[at[name]] = item.line
        if item.value is None:
            continue
        parent = expect(item, "text", f"parents: {name[:60]}")
        if parent not in at:
            message = f"parents: {parent[:60]!r} is not among the joints{nearest(parent, own)}"
            raise Fault(message, item.line)
        parents[at[name]] = at[parent]
    left_out = [name for name in own if name not in given]
    if len(left_out) > 1:
        raise Fault(
            f"parents: {', '.join(left_out)[:200]} have none; only one joint, the root, may be "
            "left out; null makes a joint a further root",
            field.line,
        )
    return parents, lines


def expect(found: Marked, kind: str, field: str) -> Any:
    """The value of a field, if it is of that kind."""
    if found.kind == kind or (kind == "a map or a list" and found.kind == "a map"):
        return found.value
    quotable = kind == "text" and found.kind not in ("a list", "a map", "nothing")
    hint = ": put it in quotes" if quotable else ""
    raise Fault(f"{field} must be {kind}, not {found.kind}{hint}", found.line)


def nearest(name: str, known: Sequence[str]) -> str:
    """What a message says about a name that is not among `known`."""
    return did_you_mean(get_close_matches(name[:60], known))

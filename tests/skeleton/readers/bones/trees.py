"""Skeletons as trees of names, as tools build them."""

from __future__ import annotations

from typing import Any

from skeleton.readers.bones.hierarchy import Bone
from skeleton.readers.bones.names import joint_meanings

#: A skeleton as `{name: {...}}`, `""` the nameless end of a bone.
Tree = dict[str, Any]


def bones_of(tree: Tree) -> list[Bone]:
    """Every bone one unit above its parent, so that heights follow from the order."""
    bones: list[Bone] = []

    def add(branch: Tree, parent: int) -> None:
        for name, inner in branch.items():
            bones.append(Bone(name, parent, (0.0, 1.0, 0.0), end=not name))
            add(inner, len(bones) - 1)

    add(tree, -1)
    return bones


def meanings(tree: Tree) -> dict[str, str]:
    """Joint → name of the bone that begins there; an end is `its parent + " end"`."""
    bones = bones_of(tree)
    found = {}
    for joint, i in joint_meanings(bones).joints.items():
        found[joint] = f"{bones[bones[i].parent].name} end" if bones[i].end else bones[i].name
    return found


def row(*names: str) -> Tree:
    tree: Tree = {}
    for name in reversed(names):
        tree = {name: tree}
    return tree


def both(tree: Tree, left: str, right: str) -> Tree:
    """A limb and its mirror image: `*` in names is the side."""

    def renamed(branch: Tree, side: str) -> Tree:
        return {name.replace("*", side): renamed(inner, side) for name, inner in branch.items()}

    return renamed(tree, left) | renamed(tree, right)


def limbs(pattern: dict[str, str], left: str, right: str) -> dict[str, str]:
    sides = (("left", left), ("right", right))
    return {f"{s}_{joint}": n.replace("*", w) for s, w in sides for joint, n in pattern.items()}

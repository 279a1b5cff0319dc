"""Files of texts that a configuration names: in its file they go by that file's folder, in a
`Config` by the current one (ours)."""

import os
from pathlib import Path
from typing import Any

#: In their place, what came with the project.
SHIPPED = "shipped"

_FIELDS = ("descriptions", "embeddings")


def from_folder(tree: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the plain tree of a file in `folder` as it is from the current folder."""
    return _moved(tree, folder.resolve(), Path.cwd())


def for_folder(tree: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a plain tree as it is to be written into a file in `folder`."""
    return _moved(tree, Path.cwd(), folder.resolve())


def _moved(tree: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
    guidance = tree.get("guidance")
    if not isinstance(guidance, dict):
        return tree
    named = {field: guidance[field] for field in _FIELDS if isinstance(guidance.get(field), list)}
    moved = {field: [_seen(one, old, new) for one in files] for field, files in named.items()}
    return {**tree, "guidance": {**guidance, **moved}}


def _seen(file: Any, old: Path, new: Path) -> Any:
    """A file named from one folder, named from another; what is no path, or absolute, as it is."""
    if not isinstance(file, str) or file == SHIPPED or Path(file).is_absolute():
        return file
    return os.path.relpath(old / file, new)

"""Read a configuration: files and overrides over each other, then into its sections."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from training.config.sections import Config
from training.config.text_files import from_folder
from training.yaml_text import load_yaml

DEFAULT = Path(__file__).parents[1] / "configs" / "default.yaml"


class BadConfig(ValueError):
    """The configuration cannot be used; the message names the field."""


def load_config(difference: Path | None = None, overrides: tuple[str, ...] = ()) -> Config:
    """Read the default, a difference file over it, then `section.field=value` overrides.

    A file that names another as its `base`, in its own folder or by a path from there, is a
    difference to that one. The files of texts that a file names go by its folder too, those of an
    override by the current one. Raises `BadConfig` for unknown fields, wrong values, unreadable
    files and files that are each other's base.
    """
    tree = _read(DEFAULT)
    for part in differences_of(difference):
        tree = _merged(tree, part)
    return config_from(overridden(tree, overrides))


def overridden(tree: dict[str, Any], overrides: tuple[str, ...]) -> dict[str, Any]:
    """Return a plain tree with `section.field=value` overrides over it. Raises `BadConfig`."""
    for override in overrides:
        path, sign, value = override.partition("=")
        if not sign:
            raise BadConfig(f"{override!r} is not of the form section.field=value")
        if path == "base":
            raise BadConfig(f"{override!r}: a base is named in a file of differences")
        try:
            branch: Any = load_yaml(value)
        except yaml.YAMLError:
            raise BadConfig(f"{override!r}: {value!r} is no value of YAML") from None
        for key in reversed(path.split(".")):
            branch = {key: branch}
        tree = _merged(tree, branch)
    return tree


def config_from(tree: dict[str, Any]) -> Config:
    """Validate a plain tree, e.g. a checkpoint's. Raises `BadConfig`."""
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise BadConfig("configuration: " + "; ".join(lines)) from error


def differences_of(file: Path | None) -> list[dict[str, Any]]:
    """The plain trees that a difference file puts over the default, one after the other: its bases'
    and its own, which is the last; files of texts by the current folder. Raises `BadConfig` as
    `load_config`.
    """
    trees: list[dict[str, Any]] = []
    read: list[Path] = []
    while file is not None:
        if file.resolve() in read:
            raise BadConfig(f"{file} is a base of itself")
        if read and not file.is_file():
            raise BadConfig(f"{read[-1]}: base {file} is no file")
        read.append(file.resolve())
        tree = _read(file)
        base = tree.pop("base", None)
        if not isinstance(base, str | None):
            raise BadConfig(f"{file}: base must name a file, not {base!r}")
        trees.insert(0, from_folder(tree, file.parent))
        file = None if base is None else file.parent / base
    return trees


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadConfig(f"cannot read the configuration {path}: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise BadConfig(f"{path} must hold sections, not {type(tree).__name__}")
    return tree


def _merged(base: dict[str, Any], difference: dict[str, Any]) -> dict[str, Any]:
    """Sections merge; everything else, lists included, is replaced. `data.pseudo_novel` is by the
    names of sets, and is replaced whole."""
    tree = dict(base)
    for key, value in difference.items():
        section = isinstance(value, dict) and isinstance(tree.get(key), dict)
        tree[key] = _merged(tree[key], value) if section and key != "pseudo_novel" else value
    return tree

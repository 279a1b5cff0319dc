"""Layout files: a user's own layouts, written by hand as YAML or JSON (ours).

    name: my_camera
    axes: x,-y,-z
    joints: [Hip_C, Torso, ArmUpL, Prop_1]
    synonyms: {Hip_C: pelvis, ArmUpL: left_shoulder, Prop_1: null}
    parents: {Torso: Hip_C, ArmUpL: Torso, Prop_1: ArmUpL}

`joints` are the data's own names in its order. `synonyms` say what those mean whose names the
project does not understand; null is a joint without a meaning, which is kept and drawn and from
which no other joint comes. `parents` are own names, or the indices of all joints' parents with -1
for a root; without them they follow from the meaning. `axes` and `synonyms` may be left out too.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from skeleton.axes import DEFAULT_AXES, parse_axes
from skeleton.errors import UnknownAxes
from skeleton.layout_fields import Fault, expect, meanings, nearest, own_names, own_parents
from skeleton.layouts import LAYOUTS, Layout, derived_parents
from skeleton.marked_yaml import BadYaml, Marked, read_marked

LARGEST_FILE = 2**20  # bytes
SUFFIXES = (".yaml", ".yml", ".json")

_KEYS = ("name", "axes", "joints", "synonyms", "parents")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_RESERVED = "custom"  # what a list of joint names is called


class BadLayoutFile(ValueError):
    """A layout file that cannot be used; the message says the file, the line and the field."""


def load_layouts(path: Path) -> Mapping[str, Layout]:
    """Return the built-in layouts and those of a file, or of every `*.yaml`, `*.yml` and `*.json`
    of a folder, by name. Raises `BadLayoutFile`."""
    path = Path(path)
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not files:
            raise BadLayoutFile(
                f"{path}: the folder holds no {', '.join('*' + s for s in SUFFIXES)}"
            )
    layouts = dict(LAYOUTS)
    origin: dict[str, Path] = {}
    for file in files:
        layout = read_layout_file(file)
        if layout.name in origin:
            raise BadLayoutFile(
                f"{file}: name: {layout.name} is the layout of {origin[layout.name]} already"
            )
        layouts[layout.name] = layout
        origin[layout.name] = file
    return MappingProxyType(layouts)


def read_layout_file(path: Path) -> Layout:
    """Read one layout file. Raises `BadLayoutFile`."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadLayoutFile(f"{path}: {error.strerror or error}") from error
    try:
        if len(data) > LARGEST_FILE:
            raise Fault(f"it is larger than {LARGEST_FILE} bytes")
        return _layout(_parsed(data, json=path.suffix.lower() == ".json"))
    except Fault as fault:
        line = "" if fault.line is None else f"line {fault.line}: "
        raise BadLayoutFile(f"{path}: {line}{fault}") from fault


def _parsed(data: bytes, *, json: bool) -> Marked:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault("it is not UTF-8 text", line) from error
    try:
        return read_marked(text.replace("\t", " ") if json else text)
    except BadYaml as error:
        raise Fault(str(error), error.line) from error


def _layout(document: Marked) -> Layout:
    fields: dict[str, Marked] = expect(document, "a map", "the file")
    for key, found in fields.items():
        if key not in _KEYS:
            raise Fault(f"{key[:60]!r} is not known{nearest(key, _KEYS)}", found.key_line)
    # Left open is left out.
    fields = {key: found for key, found in fields.items() if found.kind != "nothing"}
    for key in ("name", "joints"):
        if key not in fields:
            raise Fault(f"{key} is missing")
    name, axes = _name(fields["name"]), _axes(fields.get("axes"))
    own = own_names(fields["joints"])
    joints = meanings(own, fields["joints"].value, fields.get("synonyms"))
    parents = derived_parents(joints)
    if "parents" in fields:
        parents = own_parents(fields["parents"], own)
    return Layout(name, tuple(joints), parents, axes)


def _name(field: Marked) -> str:
    name: str = expect(field, "text", "name")
    if not _NAME.fullmatch(name):
        raise Fault(
            f"name: {name[:80]!r} must be 1 to 64 letters, digits, dots, dashes or underscores",
            field.line,
        )
    if name in LAYOUTS or name == _RESERVED:
        raise Fault(f"name: {name} is a layout of the project; choose another", field.line)
    return name


def _axes(field: Marked | None) -> str:
    if field is None:
        return DEFAULT_AXES
    axes: str = expect(field, "text", "axes")
    try:
        parse_axes(axes)
    except UnknownAxes as error:
        raise Fault(f"axes: {error}", field.line) from error
    return axes

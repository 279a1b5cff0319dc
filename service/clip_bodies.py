"""Clip bodies: from bytes and query to a recording. Coordinates never pass through pydantic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from service.bodies import FIELDS, JSON, MULTIPART, NPY, Body, parse_json
from service.clip_fields import (
    ClipFields,
    ClipQuery,
    EnrolledFile,
    EnrollFields,
    EnrollQuery,
    RecognizeFields,
)
from service.multipart import Form, Upload, parse_form
from service.problems import Unparsable, Unusable, describe
from skeleton import (
    LAYOUTS,
    Layout,
    Recording,
    UnreadableClip,
    UnusableClip,
    record,
    resolve_layout,
)
from skeleton.errors import UnknownKey
from skeleton.readers import Source, find_format, read_joint_lists, read_npy, read_source
from skeleton.readers.containers.json_text import parse_json as parse_file
from skeleton.readers.containers.json_text import starts_json
from skeleton.readers.registry import HEAD

Query = TypeVar("Query", bound=ClipQuery)
Layouts = Mapping[str, Layout]

_BONES, _MOTION = "skeleton", "motion"
_BY_DATA = "curl's --data took the line breaks out; use --data-binary or -F file=@FILE"


@dataclass(frozen=True, eq=False)
class ClipInput(Generic[Query]):
    """A clip as a request brought it: the query with a form's fields, the name of the format, the
    recording, and the action that an enrolled JSON body or file holds itself."""

    query: Query
    format: str
    recording: Recording
    action: str | None = None


def enroll_input(
    body: Body, query: EnrollQuery, layouts: Layouts = LAYOUTS
) -> tuple[str, ClipInput[EnrollQuery]]:
    """Return the action and the clip of `/enroll`. An action in the address or in a form goes
    before the one that a file holds.

    Raises `Unparsable`, `UnreadableClip`, `Unusable`, `UnusableClip`.
    """
    given = clip_input(body, query, EnrollFields, layouts)
    action = given.action if given.query.action is None else given.query.action
    if action is None:
        raise Unusable(
            "action: it needs a name, ?action=NAME in the address or -F action=NAME in a form; "
            "only JSON can hold it itself"
        )
    return action, given


def clip_input(
    body: Body,
    query: Query,
    fields: type[EnrollFields] | type[RecognizeFields],
    layouts: Layouts = LAYOUTS,
) -> ClipInput[Query]:
    """Return the clip of a call whose JSON body has these fields: one that is sent as JSON, with
    no `format`, which makes it a file. Raises as `enroll_input`."""
    if body.media_type == MULTIPART:
        form = parse_form(body)
        file, bones = _files(form)
        return _file_input(_with_fields(query, form), file, bones, layouts)
    try:
        return _whole_input(body, query, fields, layouts)
    except UnreadableClip as error:
        if _lost_its_lines(body):
            raise Unparsable(f"{error}; {_BY_DATA}") from error
        raise


def _whole_input(
    body: Body,
    query: Query,
    fields: type[EnrollFields] | type[RecognizeFields],
    layouts: Layouts,
) -> ClipInput[Query]:
    """The clip that is all of a body."""
    if query.format == "npy" or (query.format is None and body.media_type == NPY):
        return ClipInput(query, "npy", _npy_recording(body, query, layouts))
    if query.format is None and body.media_type == JSON:
        described, joints = _json_fields(parse_json(body.data), query, fields)
        action = described.action if isinstance(described, EnrollFields) else None
        return ClipInput(query, "json", _json_recording(described.clip, joints, layouts), action)
    return _file_input(query, Upload(body.data), None, layouts)


def _lost_its_lines(body: Body) -> bool:
    """Whether a file was sent as curl's `--data` sends it: without its line breaks. JSON needs
    none."""
    broken = b"\n" in body.data or b"\r" in body.data
    return body.media_type == FIELDS and not broken and not starts_json(body.data[:HEAD])


def _file_input(
    query: Query, file: Upload, bones: Upload | None, layouts: Layouts
) -> ClipInput[Query]:
    if not file.data:
        raise Unparsable("the file is empty")
    format = find_format(query.format, file.data, file.name)
    source = Source(
        file.data,
        file.name,
        None if bones is None else bones.data,
        None if query.layout is None else resolve_layout(query.layout, layouts),
        layouts,
    )
    try:
        recording = read_source(source, format, fps=query.fps, axes=query.axes, person=query.person)
    except UnknownKey as error:
        raise UnusableClip(f"{error}{_place_of(error.key, query)}") from error
    action = None
    if format.name == "json" and isinstance(query, EnrollQuery) and query.action is None:
        action = _action_of(file.data)
    return ClipInput(query, format.name, recording, action)


def _place_of(key: str, query: ClipQuery) -> str:
    """The end of a message about a key of a JSON file: where it belongs; empty where nowhere."""
    if key in ClipFields.model_fields:
        return "; it belongs into the clip"
    if key == "action":
        return '; it belongs beside the clip, {"action": ..., "clip": {...}}'
    if key in type(query).model_fields:
        return (
            f"; it belongs into the address, ?{key}=..., or into a form, -F {key}=..., "
            "not into a file"
        )
    return ""


def _action_of(file: bytes) -> str | None:
    """The action that a JSON file holds, of which the reader has taken no note."""
    try:
        return EnrolledFile.model_validate(parse_file(file)).action
    except ValidationError as error:
        raise Unusable(describe(error)) from error


def _with_fields(query: Query, form: Form) -> Query:
    """The query of the address and the fields of the form together, each key once."""
    given = query.model_dump(exclude_unset=True)
    for name in form.fields:
        if name in given:
            raise Unusable(f"{name}: given in the address and in the form; give it once")
    try:
        return query.model_validate({**given, **form.fields})
    except ValidationError as error:
        raise Unusable(describe(error)) from error


def _files(form: Form) -> tuple[Upload, Upload | None]:
    """The file of a form, and the one with its bones where there are two."""
    # Without a name and empty is a field for a file in which none was chosen.
    chosen = {name: file for name, file in form.files.items() if file.data or file.name}
    files = chosen or form.files
    if len(files) == 1:
        return next(iter(files.values())), None
    if set(files) == {_BONES, _MOTION}:
        return files[_MOTION], files[_BONES]
    found = "no file" if not files else f"the files {', '.join(n[:60] for n in files)}"
    raise Unusable(
        f"file: the form has {found}; send one clip, -F file=@FILE, or an ASF with its AMC, "
        "-F skeleton=@FILE.asf -F motion=@FILE.amc"
    )


def _npy_recording(body: Body, query: ClipQuery, layouts: Layouts) -> Recording:
    if query.layout is None:
        raise Unusable(
            "layout: an npy body needs ?layout=NAME in the address, one of "
            + ", ".join(layouts)
            + ", or the joint names in order, separated by commas"
        )
    return record(
        read_npy(body.data),
        resolve_layout(query.layout, layouts),
        fps=query.fps,
        axes=query.axes,
        person=query.person,
    )


def _json_recording(clip: ClipFields, joints: Any, layouts: Layouts) -> Recording:
    return record(
        read_joint_lists(joints),
        resolve_layout(clip.layout, layouts),
        fps=clip.fps,
        axes=clip.axes,
        person=clip.person,
    )


def _json_fields(
    tree: Any, query: ClipQuery, model: type[EnrollFields] | type[RecognizeFields]
) -> tuple[EnrollFields | RecognizeFields, Any]:
    """Take the joints out of a JSON body and validate the rest."""
    for name in ("layout", "fps", "axes", "person"):
        if getattr(query, name) is not None:
            raise Unusable(f"{name}: it belongs into the clip of a JSON body, not into the address")
    if isinstance(query, EnrollQuery) and query.action is not None:
        raise Unusable(
            "action: it belongs into a JSON body, not into the address; of a file, sent with "
            "?format=json, the address may name it"
        )
    if not isinstance(tree, dict) or not isinstance(clip := tree.get("clip"), dict):
        raise Unusable(
            'clip: the body must be an object with a "clip", like '
            '{"clip": {"layout": "kinect_v2", "fps": 30, "joints": [...]}}'
        )
    if "joints" not in clip:
        raise Unusable("clip.joints: it is missing; give [T][V][3] or [T][M][V][3] numbers")
    joints = clip.pop("joints")
    try:
        return model.model_validate(tree), joints
    except ValidationError as error:
        raise Unusable(describe(error, _right_places(query, model))) from error


def _right_places(
    query: ClipQuery, model: type[EnrollFields] | type[RecognizeFields]
) -> dict[str, str]:
    """Where the fields of a JSON body belong that stand in another's place, by that place."""
    places = dict.fromkeys(ClipFields.model_fields, "it belongs into the clip of a JSON body")
    if "action" in model.model_fields:
        places["clip.action"] = "it belongs beside the clip of a JSON body, not into it"
    not_in_the_address = ClipFields.model_fields.keys() | {"action", "format"}
    for name in type(query).model_fields.keys() - not_in_the_address:
        place = f"it belongs into the address, ?{name}=..., not into a JSON body"
        places |= {name: place, f"clip.{name}": place}
    return places

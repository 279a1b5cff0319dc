"""Clip bodies: from bytes and query to a recording. Coordinates never pass through pydantic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from service.bodies import JSON, MULTIPART, NPY, Body, parse_json
from service.clip_fields import (
    ClipFields,
    ClipQuery,
    EnrollFields,
    EnrollQuery,
    RecognizeFields,
)
from service.multipart import Form, Upload, parse_form
from service.problems import Unparsable, Unusable, describe
from skeleton import LAYOUTS, Layout, Recording, record, resolve_layout
from skeleton.readers import Source, find_format, read_joint_lists, read_npy, read_source

Query = TypeVar("Query", bound=ClipQuery)
Layouts = Mapping[str, Layout]

_OF_TYPE = {JSON: "json", NPY: "npy"}
_BONES, _MOTION = "skeleton", "motion"


@dataclass(frozen=True, eq=False)
class ClipInput(Generic[Query]):
    """A clip as a request brought it: the query with a form's fields, the name of the format, the
    recording, and the action where a JSON body names it."""

    query: Query
    format: str
    recording: Recording
    action: str | None = None


def enroll_input(
    body: Body, query: EnrollQuery, layouts: Layouts = LAYOUTS
) -> tuple[str, ClipInput[EnrollQuery]]:
    """Return the action and the clip of `/enroll`.

    Raises `Unparsable`, `UnreadableClip`, `Unusable`, `UnusableClip`.
    """
    given = clip_input(body, query, EnrollFields, layouts)
    if given.action is None:
        if given.query.action is None:
            raise Unusable(
                "action: it needs a name, ?action=NAME in the address or -F action=NAME in a form; "
                "only a JSON body holds it itself"
            )
        return given.query.action, given
    if given.query.action is not None:
        raise Unusable("action: it belongs into a JSON body, not into the address")
    return given.action, given


def clip_input(
    body: Body,
    query: Query,
    fields: type[EnrollFields] | type[RecognizeFields],
    layouts: Layouts = LAYOUTS,
) -> ClipInput[Query]:
    """Return the clip of a call whose JSON body has these fields. Raises as `enroll_input`."""
    if body.media_type == MULTIPART:
        form = parse_form(body)
        file, bones = _files(form)
        return _file_input(_with_fields(query, form), file, bones, layouts)
    name = query.format or _OF_TYPE.get(body.media_type)
    if name == "json" and not _is_file(tree := parse_json(body.data), query):
        described, joints = _json_fields(tree, query, fields)
        action = described.action if isinstance(described, EnrollFields) else None
        return ClipInput(query, name, _json_recording(described.clip, joints, layouts), action)
    if name == "npy":
        return ClipInput(query, name, _npy_recording(body, query, layouts))
    return _file_input(query, Upload(body.data), None, layouts)


def _file_input(
    query: Query, file: Upload, bones: Upload | None, layouts: Layouts
) -> ClipInput[Query]:
    if not file.data:
        raise Unparsable("the file is empty")
    format = find_format(query.format, file.data, file.name)
    recording = read_source(
        Source(
            file.data,
            file.name,
            None if bones is None else bones.data,
            None if query.layout is None else resolve_layout(query.layout, layouts),
            layouts,
        ),
        format,
        fps=query.fps,
        axes=query.axes,
        person=query.person,
    )
    return ClipInput(query, format.name, recording)


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
    files = form.files
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


def _is_file(tree: Any, query: ClipQuery) -> bool:
    """Whether JSON is a clip's file, which the address describes, and not a call's body."""
    if query.format is None or not isinstance(tree, dict):
        return False
    named = isinstance(query, EnrollQuery) and query.action is not None and "action" not in tree
    return named or ("clip" not in tree and "joints" in tree)


def _json_fields(
    tree: Any, query: ClipQuery, model: type[EnrollFields] | type[RecognizeFields]
) -> tuple[EnrollFields | RecognizeFields, Any]:
    """Take the joints out of a JSON body and validate the rest."""
    for name in ("layout", "fps", "axes", "person"):
        if getattr(query, name) is not None:
            raise Unusable(f"{name}: it belongs into the clip of a JSON body, not into the address")
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
        raise Unusable(describe(error)) from error

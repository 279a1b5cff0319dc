"""Clip bodies: from bytes and query to a recording. Coordinates never pass through pydantic."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from service.bodies import NPY, Body, parse_json
from service.names import ActionField, ActionName, CollectionField
from service.problems import Unusable, describe
from skeleton import LAYOUTS, Recording, record, resolve_layout
from skeleton.readers import read_joint_lists, read_npy

# A body has fewer joints than 100; longer lists and names are no layouts.
JointName = Annotated[str, StringConstraints(max_length=100)]
LayoutSpec = Annotated[
    Annotated[str, StringConstraints(max_length=4000)]
    | Annotated[list[JointName], Field(max_length=100)],
    Field(
        description="One of " + ", ".join(LAYOUTS) + "; or the joint names in order.",
        examples=["kinect_v2"],
    ),
]
Fps = Annotated[
    Annotated[float, Field(ge=1, le=1000)] | None,
    Field(description="Frames per second; 30 unless given."),
]
AxesSpec = Annotated[
    Annotated[str, StringConstraints(max_length=40)] | None,
    Field(
        description="Where the data keeps x, y (up) and z, e.g. `x,-y,-z`; the layout's own "
        "unless given.",
    ),
]
Person = Annotated[
    Annotated[int, Field(ge=0, le=1000)] | None,
    Field(description="Which person; the one with the most motion unless given."),
]


class ClipFields(BaseModel):
    """The clip of a JSON body, all but its coordinates."""

    model_config = ConfigDict(extra="forbid", strict=True)

    layout: LayoutSpec
    fps: Fps = None
    axes: AxesSpec = None
    person: Person = None


class EnrollFields(BaseModel):
    """A JSON body of `/enroll`, all but the coordinates."""

    model_config = ConfigDict(extra="forbid", strict=True)

    action: ActionField
    clip: ClipFields


class RecognizeFields(BaseModel):
    """A JSON body of `/recognize`, all but the coordinates."""

    model_config = ConfigDict(extra="forbid", strict=True)

    clip: ClipFields


class ClipQuery(BaseModel):
    """The query of a call that takes a clip. What describes the clip belongs to `.npy` bodies;
    in a JSON body it stands beside the joints."""

    model_config = ConfigDict(extra="forbid")

    collection: CollectionField = "default"
    layout: Annotated[
        str | None, Field(description="For npy: a layout's name, or joint names with commas.")
    ] = None
    fps: Fps = None
    axes: AxesSpec = None
    person: Person = None


class EnrollQuery(ClipQuery):
    """The query of `/enroll`."""

    action: Annotated[ActionName | None, Field(description="For npy: the action's name.")] = None


class RecognizeQuery(ClipQuery):
    """The query of `/recognize`."""

    k: Annotated[int, Field(ge=1, le=1000, description="How many actions to answer.")] = 5


Fields = TypeVar("Fields", EnrollFields, RecognizeFields)


def enroll_input(body: Body, query: EnrollQuery) -> tuple[str, Recording]:
    """Return the action and the recording of `/enroll`.

    Raises `Unparsable`, `UnreadableClip`, `Unusable`, `UnusableClip`.
    """
    if body.media_type == NPY:
        if query.action is None:
            raise Unusable("action: an npy body needs ?action=NAME in the address")
        return query.action, _npy_recording(body, query)
    fields, joints = _json_fields(body, query, EnrollFields)
    if query.action is not None:
        raise Unusable("action: it belongs into a JSON body, not into the address")
    return fields.action, _json_recording(fields.clip, joints)


def recognize_input(body: Body, query: RecognizeQuery) -> Recording:
    """Return the recording of `/recognize`. Raises as `enroll_input`."""
    if body.media_type == NPY:
        return _npy_recording(body, query)
    fields, joints = _json_fields(body, query, RecognizeFields)
    return _json_recording(fields.clip, joints)


def _npy_recording(body: Body, query: ClipQuery) -> Recording:
    if query.layout is None:
        raise Unusable(
            "layout: an npy body needs ?layout=NAME in the address, one of "
            + ", ".join(LAYOUTS)
            + ", or the joint names in order, separated by commas"
        )
    return record(
        read_npy(body.data),
        resolve_layout(query.layout),
        fps=query.fps,
        axes=query.axes,
        person=query.person,
    )


def _json_recording(clip: ClipFields, joints: Any) -> Recording:
    return record(
        read_joint_lists(joints),
        resolve_layout(clip.layout),
        fps=clip.fps,
        axes=clip.axes,
        person=clip.person,
    )


def _json_fields(body: Body, query: ClipQuery, model: type[Fields]) -> tuple[Fields, Any]:
    """Take the joints out of a JSON body and validate the rest."""
    for name in ("layout", "fps", "axes", "person"):
        if getattr(query, name) is not None:
            raise Unusable(f"{name}: it belongs into the clip of a JSON body, not into the address")
    tree = parse_json(body.data)
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

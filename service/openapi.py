"""What FastAPI cannot know of itself: bodies that are read raw, and the problems of each call."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from service.answers import Problem
from service.bodies import JSON, MULTIPART, NPY, OCTETS
from service.clip_fields import ClipQuery, EnrollFields, RecognizeFields
from service.problems import (
    KINDS,
    MEDIA_TYPE,
    TYPE_PREFIX,
    BodyTooLarge,
    Busy,
    CrossOrigin,
    Kind,
    NotReady,
    NotUsable,
    SlowBody,
    Unparsable,
    UnsupportedBody,
    Unusable,
)
from service.store import OutcomeUnknown, StoreCorrupt, StoreUnavailable
from skeleton import LAYOUTS, UnusableClip
from skeleton.errors import UnknownLayout
from skeleton.layouts import LONGEST_LAYOUT
from skeleton.readers import FORMATS

#: What can go wrong wherever the store is asked, where it is changed, where a body is read, and
#: where that is a clip.
STORE_PROBLEMS = (Busy, NotReady, NotUsable, StoreUnavailable, StoreCorrupt)
CHANGE_PROBLEMS = (CrossOrigin, *STORE_PROBLEMS, OutcomeUnknown)
BODY_PROBLEMS = (CrossOrigin, Unparsable, SlowBody, BodyTooLarge, UnsupportedBody, Unusable)
CLIP_PROBLEMS = (*BODY_PROBLEMS, UnknownLayout, UnusableClip)

Number = {"anyOf": [{"type": "number"}, {"type": "null"}]}
_JOINT = {"anyOf": [{"type": "array", "items": Number, "minItems": 3, "maxItems": 3},
                    {"type": "null"}]}  # fmt: skip
_BODY = {"type": "array", "items": _JOINT}
_JOINTS = {
    "description": "Metres: [T][V][3], or [T][M][V][3] for several persons. A joint that was not "
    "seen is null, and so is a person or a frame without any.",
    "type": "array",
    "minItems": 1,
    "items": {"anyOf": [{"type": "array", "items": {"anyOf": [_JOINT, _BODY]}}, {"type": "null"}]},
}
_NPY = {
    "type": "string",
    "format": "binary",
    "description": "An .npy file of floats or whole numbers, (T, V, 3) or (T, M, V, 3); NaN where "
    "a joint was not seen.",
}
_FILE = {
    "type": "string",
    "format": "binary",
    "description": "A file as it is: "
    + ", ".join(f"{format.title} (`{name}`)" for name, format in FORMATS.items())
    + ". Its format is told by its bytes where `format` does not name it; with `format` in the "
    "address the body may have any type.",
}
_LAYOUT_NAME = {"$ref": "#/components/schemas/LayoutName"}
_LAYOUT = (
    "For files that do not name their joints, such as npy: a layout's name, or the joint names in "
    "order, separated by commas."
)


def problems(*causes: type[Exception]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a call that can go wrong in these ways, with their types."""
    kinds = dict.fromkeys(KINDS[cause] for cause in causes)
    statuses = sorted({kind.status for kind in kinds})
    return {
        status: _problem([kind for kind in kinds if kind.status == status]) for status in statuses
    }


def _problem(kinds: Sequence[Kind]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": "; ".join(f"{kind.title} (`{TYPE_PREFIX}{kind.slug}`)" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if any(kind.retry_after for kind in kinds):
        always = all(kind.retry_after for kind in kinds)
        described["headers"] = {"Retry-After": _retry_after(always)}
    return described


def _retry_after(always: bool) -> dict[str, Any]:
    none = "" if always else " Where it may have been done there is none: look first."
    return {
        "description": f"Seconds to wait before the call is repeated.{none}",
        "required": always,
        "schema": {"type": "integer", "minimum": 1},
    }


def made(place: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a call that makes something, and says where it is."""
    location = {
        "description": place,
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
    return {201: {"headers": {"Location": location}}}


def images(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a call that also answers with pictures of these types."""
    picture = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"content": dict.fromkeys(media_types, picture)}}


def clip_call(
    fields: type[EnrollFields] | type[RecognizeFields], query: type[ClipQuery]
) -> dict[str, Any]:
    """Return the `openapi_extra` of a call that takes a clip: its JSON body has these `fields`,
    its address and its forms these parameters."""
    properties = query.model_json_schema()["properties"]
    properties["layout"] |= {"anyOf": [_LAYOUT_NAME, {"type": "null"}], "description": _LAYOUT}
    content = {
        JSON: _json_content(fields),
        NPY: {"schema": _NPY},
        MULTIPART: {"schema": _form_schema(list(properties))},
        OCTETS: {"schema": _FILE},
    }
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema["description"],
                "schema": schema,
            }
            for name, schema in properties.items()
        ],
        "requestBody": {"required": True, "content": content},
    }


def _json_content(fields: type[EnrollFields] | type[RecognizeFields]) -> dict[str, Any]:
    schema = fields.model_json_schema(ref_template="#/components/schemas/{model}")
    clip = schema.pop("$defs")["ClipFields"]
    names = next(way for way in clip["properties"]["layout"]["anyOf"] if way["type"] == "array")
    clip["properties"]["layout"] = {
        "description": "A layout's name; or the joint names in order.",
        "anyOf": [_LAYOUT_NAME, names],
    }
    clip["properties"]["joints"] = _JOINTS
    clip["required"] = [*clip["required"], "joints"]
    schema["properties"]["clip"] = clip
    example: dict[str, Any] = {
        "clip": {"layout": "kinect_v2", "fps": 30, "joints": _example_joints()}
    }
    if fields is EnrollFields:
        example = {"action": "raise the right arm", **example}
    return {"schema": schema, "example": example}


def _form_schema(parameters: list[str]) -> dict[str, Any]:
    """A form: one file, or bones and motion; and what stands in the address, if that is wished.

    The latter is said in words: `/docs` sends a made-up value of every field that is listed.
    """
    files = {
        "file": _FILE,
        "skeleton": _FILE | {"description": "The ASF of an AMC."},
        "motion": _FILE | {"description": "The AMC."},
    }
    return {
        "type": "object",
        "description": f"What is sent in the address may be a field of the form instead, each "
        f"once: {', '.join(parameters)}.",
        "properties": files,
        "additionalProperties": {"type": "string"},
        "oneOf": [{"required": ["file"]}, {"required": ["skeleton", "motion"]}],
    }


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """Return the `openapi_extra` of a call that takes a small JSON body."""
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def add_schemas(document: dict[str, Any], layouts: Iterable[str]) -> None:
    """Put what the calls refer to where they refer to it: the problem, and the name of a layout
    with those that this service knows."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    schemas["LayoutName"] = {
        "type": "string",
        "maxLength": LONGEST_LAYOUT,
        "description": f"One of {', '.join(layouts)}; or joint names in order, separated by "
        "commas.",
        "examples": ["kinect_v2"],
    }


def _example_joints() -> list[list[list[float]]]:
    """Six frames of a standing figure that raises its right arm: short, but accepted as it is."""
    height = {"pelvis": 1.0, "spine": 1.25, "neck": 1.5, "neck_top": 1.55, "head": 1.7}
    frames = []
    for lift in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        frame = []
        for joint in LAYOUTS["kinect_v2"].joints:
            side, _, part = joint.partition("_")
            x, y, z = 0.0, height.get(joint, 0.0), 2.5
            if joint not in height:
                x = {"shoulder": 0.2, "elbow": 0.25}.get(part, 0.12)
                y = {"shoulder": 1.45, "elbow": 1.2, "hip": 0.95, "knee": 0.5,
                     "ankle": 0.1, "foot": 0.05}.get(part, 0.95)  # fmt: skip
                arm = part in ("elbow", "wrist", "hand", "hand_tip", "thumb")
                if arm and side == "right":
                    y += lift * (1.45 - y) * 2
                if arm:
                    x = 0.25
                x = -x if side == "right" else x
                # Hands and feet stand out to the front: data without depth would be refused.
                z += {"hand": 0.05, "hand_tip": 0.1, "thumb": 0.05, "foot": 0.12}.get(part, 0.0)
            frame.append([round(x, 2), round(y, 2), round(z, 2)])
        frames.append(frame)
    return frames

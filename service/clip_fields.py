"""Clip fields: what describes a clip, in a JSON body, in the address or in a form."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from service.matching import STRANGERS
from service.names import ActionField, ActionName, CollectionField, CollectionName
from skeleton.layouts import LONGEST_LAYOUT, LONGEST_NAME, MOST_JOINTS
from skeleton.readers import FORMATS

JointName = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
LayoutText = Annotated[str, StringConstraints(max_length=LONGEST_LAYOUT)]
LayoutSpec = LayoutText | Annotated[list[JointName], Field(max_length=MOST_JOINTS)]
Fps = Annotated[
    Annotated[float, Field(ge=1, le=1000)] | None,
    Field(
        description="Frames per second; in the address or a form it goes before what the file "
        "says. 30 where nothing says it."
    ),
]
AxesSpec = Annotated[
    Annotated[str, StringConstraints(max_length=40)] | None,
    Field(
        description="Where the data keeps x, y (up) and z, e.g. `x,-y,-z`; the file's or the "
        "layout's own unless given.",
    ),
]
Person = Annotated[
    Annotated[int, Field(ge=0, le=1000)] | None,
    Field(description="Which person; the one with the most motion unless given."),
]


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise PydanticCustomError("format", "must be one of {formats}", {"formats": _FORMATS})
    return name


_FORMATS = ", ".join(FORMATS)
FormatName = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(_known_format),
    Field(json_schema_extra={"enum": list(FORMATS)}),
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


class EnrolledFile(BaseModel):
    """What `/enroll` takes of a JSON file besides its clip, which a reader of files reads."""

    model_config = ConfigDict(extra="ignore", strict=True)

    action: ActionName | None = None


class RecognizeFields(BaseModel):
    """A JSON body of `/recognize`, all but the coordinates."""

    model_config = ConfigDict(extra="forbid", strict=True)

    clip: ClipFields


class ClipQuery(BaseModel):
    """The query of a call that takes a clip; a form may hold the same as fields. What describes
    the clip belongs to files; in a JSON body it stands beside the joints. OpenAPI's description of
    `layout` lists what the running service knows (service/openapi.py)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collection: CollectionField = "default"
    format: Annotated[
        FormatName | None,
        Field(
            description="The body is a file of this format, whatever the Content-Type says. A "
            "JSON file may be a clip alone or hold an action, which only `/enroll` heeds.",
        ),
    ] = None
    layout: LayoutText | None = None
    fps: Fps = None
    axes: AxesSpec = None
    person: Person = None


class EnrollQuery(ClipQuery):
    """The query of `/enroll`."""

    action: Annotated[
        ActionName | None,
        Field(
            description="For all but JSON bodies: the action's name. A JSON file may hold it "
            "itself; this one goes before it.",
        ),
    ] = None


class InspectQuery(ClipQuery):
    """The query of `/clips:inspect`."""

    collection: Annotated[
        CollectionName, Field(description="As every call takes it; this one looks into none.")
    ] = "default"


class RecognizeQuery(ClipQuery):
    """The query of `/recognize`."""

    k: Annotated[int, Field(ge=1, le=1000, description="How many actions to answer.")] = 5
    strangers: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="The share of clips, as far as you know it, whose action is not enrolled: "
            "`probability` goes by it, the decision does not. 0 where every clip is of an enrolled "
            "action.",
        ),
    ] = STRANGERS

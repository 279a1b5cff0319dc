"""Answers: the bodies the service sends, as OpenAPI describes them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


Similarity = Annotated[float, Field(description="Raw cosine of the two embeddings, -1 to 1.")]
Score = Annotated[
    float,
    Field(
        description="The similarity less what both clips have with the training classes, counted "
        "from how near the enrolled actions come to each other, in units of how much they differ "
        "in that: it moves with the gallery. `threshold` and the answer's `margin` are in its "
        "units. Where the model also compares the course in time it counts that, too, and goes "
        "before `similarity`."
    ),
]
Probability = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        description="That this action is right, where the share `strangers` of what is asked is of "
        "no enrolled action. With those of all enrolled actions it adds up to 1, less that of such "
        "a stranger.",
    ),
]
Warnings = Annotated[
    list[str], Field(description="Remarks about clip and gallery, `code: meaning`.")
]
Space = Annotated[str, Field(description="Identity of the model's embeddings.")]
Revision = Annotated[int, Field(description="Rises with every change of the collection.")]


class Problem(BaseModel):
    """An error (RFC 9457). `type` is stable; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str


class QualityAnswer(_Answer):
    """What the clip is worth as an exemplar."""

    frames: int
    seconds: float
    seen: Annotated[float, Field(ge=0, le=1, description="Share of the joints that were seen.")]
    motion: Annotated[float, Field(description="Greatest extent of a joint's movement, metres.")]
    warnings: Warnings


class SimilarAnswer(_Answer):
    """Another enrolled action that resembles the new exemplar most."""

    action: str
    similarity: Similarity


class SameClipAnswer(_Answer):
    """An exemplar that was enrolled already, and is the same as the new one to the model."""

    action: str
    exemplar_id: str


class EnrollAnswer(_Answer):
    """The exemplar is stored, durably."""

    action: str
    collection: str
    exemplar_id: str
    exemplars: Annotated[int, Field(description="Exemplars of this action, this one included.")]
    space: Space
    revision: Revision
    quality: QualityAnswer
    similar: SimilarAnswer | None
    same_as: Annotated[
        SameClipAnswer | None,
        Field(
            description="An exemplar that is the same to the model: the same movement of the "
            "joints it knows, wherever, however large and fast. Under this action the new one adds "
            "nothing, under another the two cannot be told apart."
        ),
    ]


class MatchAnswer(_Answer):
    """One action, by its best exemplar."""

    action: str
    exemplar_id: str
    similarity: Similarity
    score: Score
    probability: Probability


class RecognizeAnswer(_Answer):
    """The decision, and the best actions whatever the decision."""

    decision: Annotated[
        Literal["match", "unknown", "ambiguous"],
        Field(
            description="`match`: the best action is right, as far as the calibrated threshold "
            "tells; `unknown`: nothing enrolled is near enough; `ambiguous`: two are too near."
        ),
    ]
    action: Annotated[str | None, Field(description="The action, null unless it is a match.")]
    probability: Probability | None
    similarity: Similarity | None
    score: Score | None
    margin: Annotated[
        float | None,
        Field(description="Best score minus the second best, in units of the score."),
    ]
    threshold: Annotated[float, Field(description="Scores below it are unknown.")]
    matches: Annotated[list[MatchAnswer], Field(description="The k best actions, best first.")]
    space: Space
    revision: Revision
    stale: Annotated[bool, Field(description="The store was away; enrolments may be missing.")]
    warnings: Warnings
    joint_importance: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=1)]],
        Field(
            default_factory=dict,
            description="The weight that the encoder gave each of the model's joints in this clip, "
            "largest first, 1 in all: where words about the training actions taught it to look. "
            "It is no share of the similarity. Only from models that tell; absent otherwise.",
        ),
    ]


class InspectAnswer(_Answer):
    """What was understood of a clip. Null stands for what is not known."""

    format: Annotated[str, Field(description="The file format the clip was read as.")]
    layout: Annotated[str, Field(description="The layout the clip came in.")]
    joints: Annotated[list[str], Field(description="The joints of that layout, in order.")]
    axes: Annotated[str, Field(description="Where the data keeps x, y (up) and z.")]
    fps: float
    fps_given: Annotated[bool, Field(description="False where the frame rate is assumed.")]
    frames: Annotated[int, Field(description="Frames as received.")]
    seconds: float
    persons: Annotated[int, Field(description="Persons that were seen.")]
    person: Annotated[int | None, Field(description="The person that is used.")]
    mapped: Annotated[list[str], Field(description="Joints of the model that the clip has.")]
    derived: Annotated[
        dict[str, list[str]],
        Field(description="Joints of the model that come from others, and from which."),
    ]
    missing: Annotated[list[str], Field(description="Joints of the model that cannot be had.")]
    never_seen: Annotated[
        list[str],
        Field(description="Joints of the model that the layout tells and the data never shows."),
    ]
    seen: Annotated[
        Annotated[float, Field(ge=0, le=1)] | None,
        Field(description="Share of the model's joints that were seen."),
    ]
    motion: Annotated[
        float | None, Field(description="Greatest extent of a joint's movement, metres.")
    ]
    height: Annotated[float | None, Field(description="How tall the body is, metres.")]
    usable: Annotated[bool, Field(description="Whether it can be enrolled and recognised.")]
    reason: Annotated[str | None, Field(description="Why it is not usable.")]
    warnings: Warnings


class ActionAnswer(_Answer):
    """One action of a collection."""

    action: str
    exemplars: int
    created: datetime
    updated: datetime


class ActionsAnswer(_Answer):
    """A page of actions in order of name; `next` is the `after` of the next page."""

    collection: str
    actions: list[ActionAnswer]
    next: str | None


class ExemplarAnswer(_Answer):
    """One exemplar of an action."""

    exemplar_id: str
    created: datetime
    quality: QualityAnswer | None


class ActionDetailAnswer(_Answer):
    """One action with its exemplars, oldest first."""

    action: str
    collection: str
    exemplars: list[ExemplarAnswer]


class CollectionAnswer(_Answer):
    """One collection. `space` is null while it is empty."""

    name: str
    space: str | None
    revision: Revision
    actions: int
    exemplars: int
    created: datetime


class CollectionsAnswer(_Answer):
    """Every collection."""

    collections: list[CollectionAnswer]


class ModelAnswer(_Answer):
    """What runs."""

    space: Space
    provider: Annotated[str, Field(description="What the session really computes on.")]
    runtime: str
    layout: str
    joints: list[str]
    frames: int
    width: int
    layouts: Annotated[list[str], Field(description="The layouts that a clip may name.")]
    threshold: float
    margin: Annotated[
        float,
        Field(
            description="Two best actions nearer than this are ambiguous: a difference of cosines, "
            "not of scores."
        ),
    ]
    thresholds: Annotated[
        dict[str, float], Field(description="Threshold by the share of unknown clips accepted.")
    ]
    training: dict[str, Any]
    commit: str


class HealthAnswer(_Answer):
    """The process answers."""

    status: Literal["ok"]


class ReadyAnswer(_Answer):
    """The service can recognise. `warnings` are for the operator."""

    status: Literal["ready", "degraded"]
    provider: str
    space: Space
    store: str
    warnings: list[str]
    other_models: Annotated[
        list[str], Field(description="Collections that another model's embeddings fill.")
    ]

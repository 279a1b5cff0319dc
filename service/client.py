"""The Python client. One file that needs only httpx and numpy: copy it where you like.

    from client import Client  # inside this project: from service.client import Client

    with Client("http://127.0.0.1:8000") as client:
        client.enroll("wave.bvh", "wave")
        answer = client.recognize(joints, layout="kinect_v2", fps=30)  # (T, V, 3) metres
        print(answer.decision, answer.action, answer.probability)

`AsyncClient` is the same with `await`. A clip is a numpy array `(T, V, 3)` or `(T, M, V, 3)` of
T frames, M persons and V joints in metres, NaN where a joint was not seen (whole numbers are sent
as float32, in the unit they have); or the path of a file in any format that the service reads; or
a `Clip` or `Recording` of this project.

What cannot be sent raises before anything is sent: `OSError` for a file that cannot be read
(`FileNotFoundError`), `ValueError` or `TypeError` for what is no clip, no name or no option. All
that fails afterwards raises an `OneshotError`. The service being busy or away (429, 503) is waited
out first, and so is a connection that cannot be opened; a call that changes something is never
sent again once it may have taken effect.
"""

import asyncio
import os
import random
import re
import ssl
import time
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import update_wrapper
from inspect import signature
from io import BytesIO
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
    runtime_checkable,
)
from urllib.parse import quote, urlencode

import httpx
import numpy as np
from numpy.typing import NDArray

DEFAULT_URL = "http://127.0.0.1:8000"
#: No call is tried again later than so many seconds after it began.
LONGEST_RETRYING = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0  # seconds, doubled from try to try
_PAGE = 200  # actions asked for at a time
# The service closes a connection that was idle for 5 s; one that it is just closing must not be
# taken for the next call.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0)

# ---------------------------------------------------------------------------------------- clips


@runtime_checkable
class _LayoutLike(Protocol):
    @property
    def joints(self) -> Sequence[str]: ...


class ClipLike(Protocol):
    """What has joints and a layout, such as `skeleton.Clip` and `skeleton.Recording`.

    `joints` is `(T, V, 3)` or `(T, M, V, 3)`, `layout.joints` the names of the V joints. `fps`,
    `axes` (`x,y,z` where there are none) and `person` are taken where they are there.
    """

    @property
    def joints(self) -> NDArray[Any]: ...
    @property
    def layout(self) -> _LayoutLike: ...


AnyPath: TypeAlias = str | os.PathLike[str]
AnyClip: TypeAlias = NDArray[Any] | ClipLike | AnyPath
#: A layout's name, or the joint names in order.
AnyLayout: TypeAlias = str | Iterable[str] | _LayoutLike


# -------------------------------------------------------------------------------------- answers


@dataclass(frozen=True)
class Quality:
    """What a clip is worth as an exemplar: `seen` is the share of joints seen, `motion` the
    greatest extent of a joint's movement in metres, `warnings` are `code: meaning`."""

    frames: int
    seconds: float
    seen: float
    motion: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Similar:
    """Another enrolled action that resembles a new exemplar most, by cosine (-1 to 1)."""

    action: str
    similarity: float


@dataclass(frozen=True)
class SameClip:
    """An exemplar that was enrolled already, and of which a new one is the same clip."""

    action: str
    exemplar_id: str


@dataclass(frozen=True)
class Enrolled:
    """One exemplar is stored, durably. `exemplars` counts those of its action, `revision` the
    changes of the collection; `space` is the identity of the model's embeddings. `same_as`: under
    its own action the clip adds nothing, under another the two cannot be told apart."""

    action: str
    collection: str
    exemplar_id: str
    exemplars: int
    space: str
    revision: int
    quality: Quality
    similar: Similar | None = None
    same_as: SameClip | None = None


@dataclass(frozen=True)
class Match:
    """One action by its best exemplar: cosine, score, probability of being right. The score is the
    cosine less what both clips have with the training classes, counted from how near the enrolled
    actions come to each other, in units of how much they differ in that: so it moves with the
    gallery."""

    action: str
    exemplar_id: str
    similarity: float
    score: float
    probability: float


@dataclass(frozen=True)
class Recognized:
    """What a clip was recognised as.

    `action` is None unless `decision` is "match". `matches` are the best actions, best first,
    whatever the decision; the numbers are the first one's, None when nothing is enrolled.
    `margin` and `threshold` are in the units of `score`. `stale`: the store was away, so that
    actions enrolled elsewhere may be missing. `joint_importance` is the weight that the
    model's encoder gave each of its joints in this clip, largest first, 1 in all; None where the
    model tells none.
    """

    decision: Literal["match", "unknown", "ambiguous"]
    action: str | None
    probability: float | None
    similarity: float | None
    score: float | None
    margin: float | None
    threshold: float
    matches: tuple[Match, ...]
    space: str
    revision: int
    stale: bool = False
    warnings: tuple[str, ...] = ()
    joint_importance: dict[str, float] | None = None


@dataclass(frozen=True)
class Inspected:
    """What the service understood of a clip.

    `joints` are those of the clip's `layout`, `axes` where its data keeps x, y and z; `fps` was
    assumed unless `fps_given`. `persons` counts those seen, `person` is the one used. `mapped`,
    `derived` (from which) and `missing` name the model's joints, `never_seen` those that the
    layout tells and the data never shows; `seen` is the share seen,
    `motion` and `height` are metres. Unless `usable` the model must refuse the clip, for the
    `reason`. None stands for what is not known.
    """

    format: str
    layout: str
    joints: tuple[str, ...]
    axes: str
    fps: float
    fps_given: bool
    frames: int
    seconds: float
    persons: int
    person: int | None
    mapped: tuple[str, ...]
    derived: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    seen: float | None
    motion: float | None
    height: float | None
    usable: bool
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    never_seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionEntry:
    """One action of a collection, and how many exemplars it has."""

    action: str
    exemplars: int
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class Exemplar:
    """One exemplar of an action."""

    exemplar_id: str
    created: datetime
    quality: Quality | None = None


@dataclass(frozen=True)
class ActionDetail:
    """One action with its exemplars, oldest first."""

    action: str
    collection: str
    exemplars: tuple[Exemplar, ...]


@dataclass(frozen=True)
class CollectionInfo:
    """One collection; `space` is the model it belongs to, None while it is empty."""

    name: str
    space: str | None
    revision: int
    actions: int
    exemplars: int
    created: datetime


@dataclass(frozen=True)
class ModelInfo:
    """What runs and how it decides. `layout`, `joints` and `frames` are what the model takes,
    `width` the length of an embedding, `thresholds` by the share of unknown clips accepted,
    `margin` the difference of cosines below which two best actions are ambiguous, `layouts` those
    that a clip may name."""

    space: str
    provider: str
    runtime: str
    layout: str
    joints: tuple[str, ...]
    frames: int
    width: int
    threshold: float
    margin: float
    thresholds: dict[str, float]
    training: dict[str, Any] = field(default_factory=dict)
    commit: str = ""
    layouts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """The service can recognise; `status` is "degraded" while its store is away.

    `other_models` are collections that this model cannot use.
    """

    status: str
    provider: str
    space: str
    store: str
    warnings: tuple[str, ...] = ()
    other_models: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Page:
    actions: tuple[ActionEntry, ...]
    next: str | None


@dataclass(frozen=True)
class _Collections:
    collections: tuple[CollectionInfo, ...]


# --------------------------------------------------------------------------------------- errors


class OneshotError(Exception):
    """Base of everything that goes wrong once a call is sent.

    `status` is the answer's, None where there was none; `type` the stable URN of the problem,
    None where the answer came from elsewhere (a proxy); `title` says what it is, `detail` what to
    do; `retry_after` is in seconds, None where the service named none.
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        *,
        status: int | None = None,
        type: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(title, detail)
        self.title = title
        self.detail = detail
        self.status = status
        self.type = type
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}" if self.detail else self.title


class ServiceUnreachable(OneshotError):
    """No connection to the service, or it broke while something was read."""


class OutcomeUnknown(OneshotError):
    """The call may have taken effect or not: look before you send it again."""


class UnexpectedAnswer(OneshotError):
    """An answer that is not this service's: something else listens at the URL."""


class BadRequest(OneshotError):
    """The service refuses the call as it is (4xx); the same call will fail again."""


class AccessDenied(BadRequest):
    """Who asks may not: the key is missing or wrong, or a proxy refuses it (401, 403)."""


class CrossOrigin(AccessDenied):
    """A header says that a browser sends it for a page of another origin (403)."""


class UnparsableBody(BadRequest):
    """The clip cannot be parsed as its format; the detail names the line (400)."""


class NotFound(BadRequest):
    """What the call names is not there (404)."""


class UnknownCollection(NotFound):
    """There is no such collection."""


class UnknownAction(NotFound):
    """There is no such action."""


class UnknownExemplar(NotFound):
    """There is no such exemplar."""


class NotAcceptable(BadRequest):
    """The service cannot answer in the media type that was asked for (406)."""


class SlowBody(BadRequest):
    """The clip took too long to arrive (408)."""


class Conflict(BadRequest):
    """The call does not fit what is there (409)."""


class CollectionExists(Conflict):
    """There is a collection of that name."""


class ModelMismatch(Conflict):
    """The collection was filled by another model."""


class BodyTooLarge(BadRequest):
    """The clip has more bytes than the service takes (413)."""


class UnsupportedBody(BadRequest):
    """The service does not take that Content-Type (415)."""


class InvalidRequest(BadRequest):
    """A value is missing or out of range (422)."""


class UnknownLayout(InvalidRequest):
    """The service has no layout of that name."""


class UnusableClip(InvalidRequest):
    """The clip was read, but nothing can be recognised in it: 2D, nobody seen, wrong shape."""


class Busy(OneshotError):
    """The service has more to do than it can queue (429)."""


class Unavailable(OneshotError):
    """The service cannot answer for now (503)."""


class NotReady(Unavailable):
    """The service has not reached its store yet, or cannot use it."""


class StoreUnavailable(Unavailable):
    """The service's store is away; nothing was changed."""


class StoreCorrupt(Unavailable):
    """The service's store is damaged."""


class InternalError(OneshotError):
    """The service failed; its log says why (500)."""


_TYPE_PREFIX = "urn:oneshot:"
_BY_TYPE: Mapping[str, type[OneshotError]] = {
    "unparsable-body": UnparsableBody,
    "cross-origin": CrossOrigin,
    "unknown-collection": UnknownCollection,
    "unknown-action": UnknownAction,
    "unknown-exemplar": UnknownExemplar,
    "not-acceptable": NotAcceptable,
    "slow-body": SlowBody,
    "collection-exists": CollectionExists,
    "model-mismatch": ModelMismatch,
    "body-too-large": BodyTooLarge,
    "unsupported-body": UnsupportedBody,
    "invalid-request": InvalidRequest,
    "unknown-layout": UnknownLayout,
    "unusable-clip": UnusableClip,
    "busy": Busy,
    "not-ready": NotReady,
    "store-unavailable": StoreUnavailable,
    "store-corrupt": StoreCorrupt,
    "outcome-unknown": OutcomeUnknown,
    "internal-error": InternalError,
}
# For the types of a newer service, and for answers of a proxy, which have no type.
_BY_STATUS: Mapping[int, type[OneshotError]] = {
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    406: NotAcceptable,
    408: SlowBody,
    409: Conflict,
    413: BodyTooLarge,
    415: UnsupportedBody,
    422: InvalidRequest,
    429: Busy,
    500: InternalError,
    503: Unavailable,
}

# A proxy's own answers when the service's did not come: it may have done what was asked.
_LOST_BEHIND_A_PROXY = frozenset((502, 504, 520, 522, 524))

# --------------------------------------------- calls: what is sent, and how its answer is read

Answer = TypeVar("Answer")
Method = TypeVar("Method", bound=Callable[..., Any])
P = ParamSpec("P")


@dataclass(frozen=True)
class _Body:
    """A clip as a request carries it."""

    query: Mapping[str, Any]
    content: bytes | None = None
    media_type: str | None = None
    files: Mapping[str, tuple[str, bytes]] | None = None


@dataclass(frozen=True)
class _Call(Generic[Answer]):
    """One call. `changes`: sent twice it may count twice."""

    method: str
    path: str
    read: Callable[[httpx.Response], Answer]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: _Body | None = None
    json: Any = None
    accept: str = "application/json"
    changes: bool = False

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Make the request; it can be sent several times. Raises `ValueError` for what fits into
        no address."""
        headers = {"Accept": self.accept}
        body = self.body or _Body({})
        if body.media_type is not None:
            headers["Content-Type"] = body.media_type
        query = {**body.query, **self.query}
        given = {name: value for name, value in query.items() if value is not None}
        # Encoded here: this file may be copied beside an httpx before 0.27.1, which would leave a
        # name like %2F as it is, so that it means another.
        address = f"{self.path}?{urlencode(given)}" if given else self.path
        try:
            return http.build_request(
                self.method,
                address,
                headers=headers,
                content=body.content,
                files=body.files,
                json=self.json,
            )
        except httpx.InvalidURL as error:
            raise ValueError(f"a name or an option is too long for an address: {error}") from error

    def answer(self, response: httpx.Response) -> Answer:
        """Read the answer. Raises the `OneshotError` that it stands for."""
        if not response.is_success:
            raise _error_of(response, changes=self.changes)
        try:
            return self.read(response)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise UnexpectedAnswer(
                "The answer is not that of this service",
                f"{self.method} {response.url.copy_with(query=None)}: {_first_words(response)}",
                status=response.status_code,
            ) from error


@dataclass(frozen=True)
class _Calls:
    """Every call of the service, described once for both clients."""

    default: str

    def enroll(
        self, clip: AnyClip, action: str | None = None, *, layout: AnyLayout | None = None,
        fps: float | None = None, axes: str | None = None, person: int | None = None,
        format: str | None = None, skeleton: AnyPath | None = None, collection: str | None = None,
    ) -> _Call[Enrolled]:  # fmt: skip
        """Enroll a clip as an example of an action. When it returns, the exemplar is on disk.

        `action` is its name; it may be left out for a JSON file that holds it itself.
        What is said about the clip goes before what it says of itself. `layout`: a layout's name
        or the joint names in order; an array needs it. `fps`: frames per second. `axes`: where
        the data keeps x, y (up) and z, such as `x,-y,-z`. `person`: which of several. Of a file
        also `format`, found out by the service unless given, and `skeleton`: the ASF of an AMC,
        unless given the one beside it (`02.asf` of `02_01.amc`, or the only one in the folder).

        Raises `ValueError` or `TypeError` for what is no clip and `OSError` for a file, before
        anything is sent; then `UnparsableBody`, `UnusableClip`, `UnknownLayout`,
        `UnknownCollection`, `ModelMismatch`; `OutcomeUnknown` when it may have been enrolled.
        """
        if action is None and not isinstance(clip, str | os.PathLike):
            raise ValueError("action= is needed: only a JSON file can hold the action itself")
        _refuse_slash(action or "")
        body = _clip_body(clip, layout, fps, axes, person, format, skeleton)
        query = {"action": action, **self._in(collection)}
        return _Call("POST", "/enroll", _json(Enrolled), query, body, changes=True)

    def recognize(
        self, clip: AnyClip, *, k: int = 5, strangers: float | None = None,
        layout: AnyLayout | None = None, fps: float | None = None, axes: str | None = None,
        person: int | None = None, format: str | None = None, skeleton: AnyPath | None = None,
        collection: str | None = None,
    ) -> _Call[Recognized]:  # fmt: skip
        """Return the nearest enrolled action, or "unknown", and the `k` best.

        `strangers` is the share of clips, as far as you know it, whose action is not enrolled, half
        unless given: the probabilities go by it. The other arguments and errors are those of
        `enroll`, but for `OutcomeUnknown`.
        """
        body = _clip_body(clip, layout, fps, axes, person, format, skeleton)
        query = {"k": k, "strangers": strangers, **self._in(collection)}
        return _Call("POST", "/recognize", _json(Recognized), query, body)

    def inspect(
        self, clip: AnyClip, *, layout: AnyLayout | None = None, fps: float | None = None,
        axes: str | None = None, person: int | None = None, format: str | None = None,
        skeleton: AnyPath | None = None,
    ) -> _Call[Inspected]:  # fmt: skip
        """Tell what the service understands of a clip; nothing is kept. Arguments as `enroll`."""
        body = _clip_body(clip, layout, fps, axes, person, format, skeleton)
        return _Call("POST", "/clips:inspect", _json(Inspected), body=body)

    def draw(
        self, clip: AnyClip, kind: Literal["png", "gif"] = "png", *,
        layout: AnyLayout | None = None, fps: float | None = None, axes: str | None = None,
        person: int | None = None, format: str | None = None, skeleton: AnyPath | None = None,
    ) -> _Call[bytes]:  # fmt: skip
        """Draw what the service understands of a clip; returns the bytes of the picture."""
        if kind not in ("png", "gif"):
            raise ValueError(f"kind: a clip is drawn as png or gif, not {kind!r}")
        body = _clip_body(clip, layout, fps, axes, person, format, skeleton)
        media_type = f"image/{kind}"
        return _Call("POST", "/clips:inspect", _content(media_type), body=body, accept=media_type)

    def page(self, collection: str | None, after: str | None) -> _Call[_Page]:
        query = {"limit": _PAGE, "after": after, **self._in(collection)}
        return _Call("GET", "/actions", _json(_Page), query)

    def action(self, name: str, *, collection: str | None = None) -> _Call[ActionDetail]:
        """Show an action's exemplars. Raises `UnknownAction`."""
        path = f"/actions/{_segment(name)}"
        return _Call("GET", path, _json(ActionDetail), self._in(collection))

    def delete(
        self, action: str, exemplar: str | None = None, *, collection: str | None = None
    ) -> _Call[None]:
        """Delete an action with all its exemplars, or one `exemplar` of it by its id.

        Raises `UnknownAction`, `UnknownExemplar`.
        """
        path = f"/actions/{_segment(action)}"
        if exemplar is not None:
            path += f"/exemplars/{_segment(exemplar)}"
        return _Call("DELETE", path, _nothing, self._in(collection), changes=True)

    def collections(self) -> _Call[tuple[CollectionInfo, ...]]:
        """List every collection in order of name."""
        read = _json(_Collections)
        return _Call("GET", "/collections", lambda response: read(response).collections)

    def collection(self, name: str) -> _Call[CollectionInfo]:
        """Show one collection and its size. Raises `UnknownCollection`."""
        return _Call("GET", f"/collections/{_segment(name)}", _json(CollectionInfo))

    def create_collection(self, name: str) -> _Call[CollectionInfo]:
        """Make an empty collection. Raises `CollectionExists`."""
        _refuse_slash(name)
        json = {"name": name}
        return _Call("POST", "/collections", _json(CollectionInfo), json=json, changes=True)

    def delete_collection(self, name: str) -> _Call[None]:
        """Delete a collection with everything in it. Raises `UnknownCollection`."""
        return _Call("DELETE", f"/collections/{_segment(name)}", _nothing, changes=True)

    def model(self) -> _Call[ModelInfo]:
        """Show the model that runs, on what, and how it decides."""
        return _Call("GET", "/model", _json(ModelInfo))

    def ready(self) -> _Call[Readiness]:
        """Return how ready the service is, after waiting for it as every call does.

        Raises `NotReady`, `ServiceUnreachable`.
        """
        return _Call("GET", "/readyz", _json(Readiness))

    def _in(self, collection: str | None) -> dict[str, str]:
        return {"collection": self.default if collection is None else collection}


def _segment(name: str) -> str:
    """A name as one segment of a path; `..` must not be taken for the folder above."""
    if not name:
        raise ValueError("the name is empty")
    _refuse_slash(name)
    quoted = quote(name, safe="")
    return quoted.replace(".", "%2E") if set(name) == {"."} else quoted


def _refuse_slash(name: str) -> None:
    if "/" in name:
        raise ValueError(f"the name {name[:200]!r} has a /, which no name may have")


def _clip_body(
    clip: AnyClip,
    layout: AnyLayout | None,
    fps: float | None,
    axes: str | None,
    person: int | None,
    format: str | None,
    skeleton: AnyPath | None,
) -> _Body:
    """Turn a clip into a body. Raises `ValueError`, `TypeError`, and `OSError` of a file."""
    if isinstance(clip, str | os.PathLike):
        query = {"layout": _joint_names(layout), "fps": fps, "axes": axes, "person": person}
        return _Body({**query, "format": format}, files=_parts(Path(clip), format, skeleton))
    if format is not None or skeleton is not None:
        raise ValueError("format= and skeleton= are for files; the clip is none")
    if isinstance(clip, np.ndarray):
        joints = clip
        if layout is None:
            raise ValueError(
                "layout= is needed: an array does not say which joint is which; give a layout's "
                "name, such as 'kinect_v2', or the joint names in order"
            )
    elif hasattr(clip, "joints") and hasattr(clip, "layout"):
        joints = clip.joints
        # By its joints, because the service need not know the layout's name.
        layout = clip.layout if layout is None else layout
        fps = getattr(clip, "fps", None) if fps is None else fps
        # The axes of a layout's source are not those of a clip that was read from it.
        axes = getattr(clip, "axes", "x,y,z") if axes is None else axes
        person = getattr(clip, "person", None) if person is None else person
    else:
        raise TypeError(
            "a clip is a numpy array, the path of a file, or what has joints and a layout, not "
            f"{type(clip).__name__}"
        )
    query = {"layout": _joint_names(layout), "fps": fps, "axes": axes, "person": person}
    return _Body(query, _npy(joints), "application/x-npy")


def _parts(
    path: Path, format: str | None, skeleton: AnyPath | None
) -> dict[str, tuple[str, bytes]]:
    file = (_sent_name(path), path.read_bytes())
    if skeleton is None and format in (None, "amc") and path.suffix.lower() == ".amc":
        skeleton = _bones_beside(path)
    if skeleton is None:
        return {"file": file}
    bones = Path(skeleton)
    return {"skeleton": (_sent_name(bones), bones.read_bytes()), "motion": file}


def _sent_name(path: Path) -> str:
    """The name of a file as text: some systems' names hold bytes that are none."""
    return path.name.encode(errors="replace").decode()


def _bones_beside(path: Path) -> Path:
    """The ASF of an AMC: of its own name, of its subject's, or the only one in the folder."""
    there = {file.stem: file for file in path.parent.iterdir() if file.suffix.lower() == ".asf"}
    for stem in (path.stem, path.stem.rpartition("_")[0]):
        if stem in there:
            return there[stem]
    if len(there) != 1:
        found = "there is none" if not there else f"none of {len(there)} there has its name"
        raise ValueError(
            f"{path}: an AMC needs the ASF with its bones, and beside it {found}; give "
            "skeleton=PATH"
        )
    return next(iter(there.values()))


def _joint_names(layout: AnyLayout | None) -> str | None:
    if layout is None or isinstance(layout, str):
        return layout
    names = list(layout.joints if isinstance(layout, _LayoutLike) else layout)
    if not all(isinstance(name, str) for name in names):
        raise TypeError("layout must be a layout's name or the joint names in order")
    return ",".join(names)


def _npy(joints: NDArray[Any]) -> bytes:
    if not isinstance(joints, np.ndarray):
        raise TypeError(f"joints must be a numpy array, not {type(joints).__name__}")
    if joints.dtype.kind in "iu":  # a sensor's millimetres; older services take floats only
        joints = joints.astype(np.float32)
    if joints.dtype.kind != "f" or joints.dtype.itemsize > 8:
        raise ValueError(
            f"joints must be whole numbers, float16, float32 or float64, not {joints.dtype}; "
            "convert them to metres with .astype('float32')"
        )
    if joints.ndim not in (3, 4) or joints.shape[-1] != 3:
        raise ValueError(
            "joints must be (T, V, 3), or (T, M, V, 3) for several persons: x, y and z of every "
            f"joint in every frame, not {joints.shape}"
        )
    if 0 in joints.shape:
        raise ValueError(f"joints of shape {joints.shape} hold nothing: a clip needs a frame")
    file = BytesIO()
    # What a masked array masks was not seen; saved as it is, the mask would be lost.
    np.save(file, np.ma.filled(joints, np.nan), allow_pickle=False)
    return file.getvalue()


def _json(kind: type[Answer]) -> Callable[[httpx.Response], Answer]:
    def read(response: httpx.Response) -> Answer:
        answer: Answer = _as(kind, response.json())
        return answer

    return read


def _content(media_type: str) -> Callable[[httpx.Response], bytes]:
    def read(response: httpx.Response) -> bytes:
        if not response.headers.get("content-type", "").startswith(media_type):
            raise ValueError(f"no {media_type}")
        return response.content

    return read


def _nothing(response: httpx.Response) -> None:
    if response.content:
        raise ValueError("an answer without content was expected")


def _as(kind: Any, value: Any) -> Any:
    """Read a value of an answer as what its field is declared to be.

    What a newer service adds to an object is left out. Raises `ValueError`, `TypeError`.
    """
    outer, inner = get_origin(kind), get_args(kind)
    if outer is UnionType:  # X | None
        return None if value is None else _as(inner[0], value)
    if outer is tuple and isinstance(value, list):
        return tuple(_as(inner[0], item) for item in value)
    if outer is dict and isinstance(value, dict):
        return {name: _as(inner[1], item) for name, item in value.items()}
    if is_dataclass(kind) and isinstance(kind, type) and isinstance(value, dict):
        there = (part for part in fields(kind) if part.name in value)
        return kind(**{part.name: _as(part.type, value[part.name]) for part in there})
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is float and type(value) is int:
        return float(value)
    plain = str if outer is Literal else kind
    if plain is not Any and type(value) is not plain:
        raise TypeError(f"{value!r} is no {kind}")
    return value


def _error_of(response: httpx.Response, *, changes: bool) -> OneshotError:
    """The error that an answer stands for, to a call that `changes` something or not."""
    status, retry_after = response.status_code, _retry_after(response)
    problem: Any = None
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        try:
            problem = response.json()
        except ValueError:
            problem = None
    by_status = _BY_STATUS.get(status, BadRequest if 400 <= status < 500 else OneshotError)
    if not isinstance(problem, dict):
        title = f"{status} {response.reason_phrase}".strip()
        where = response.headers.get("location")
        detail = f"the address has moved to {where}" if where else _first_words(response)
        if changes and status in _LOST_BEHIND_A_PROXY:
            by_status = OutcomeUnknown
            detail = f"{detail}; look before you send it again".removeprefix("; ")
        return by_status(title, detail, status=status, retry_after=retry_after)
    type = str(problem.get("type", "about:blank"))
    return _BY_TYPE.get(type.removeprefix(_TYPE_PREFIX), by_status)(
        str(problem.get("title") or f"{status} {response.reason_phrase}"),
        str(problem.get("detail") or ""),
        status=status,
        type=type,
        retry_after=retry_after,
    )


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which may also be a date; None for anything else."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def _first_words(response: httpx.Response) -> str:
    """The beginning of an answer for people to read, without the tags of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.text[:4000]).split())[:200]


# -------------------------------------------------------------------------------------- retries


class _Patience:
    """How often and for how long one call is tried again."""

    def __init__(self, call: _Call[Any], retries: int, where: str) -> None:
        self._call = call
        self._left = retries
        self._where = where
        self._began = time.monotonic()
        self._next = _FIRST_PAUSE

    def pause(self, failure: OneshotError | httpx.RequestError) -> float:
        """Return the seconds to wait before the next try; raises the error when there is none."""
        cause = None
        if isinstance(failure, httpx.RequestError):
            error, again = self._broken(failure)
            cause = failure
        else:
            error = failure
            again = error.status in (429, 503) and not isinstance(error, OutcomeUnknown)
        # Spread, so that those who were refused together do not come back together.
        pause = (error.retry_after or 0.0) + self._next * random.uniform(0.5, 1.0)
        too_late = time.monotonic() - self._began + pause > LONGEST_RETRYING
        if not again or self._left == 0 or too_late:
            raise error from cause
        self._left -= 1
        self._next = min(2 * self._next, _LONGEST_PAUSE)
        return pause

    def _broken(self, failure: httpx.RequestError) -> tuple[OneshotError, bool]:
        """The error for a connection that failed, and whether the call may be sent again."""
        reason = f"{self._where}: {str(failure) or type(failure).__name__}"
        never_opened = isinstance(
            failure,
            httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError,
        )
        never_sent = isinstance(failure, httpx.UnsupportedProtocol | httpx.LocalProtocolError)
        if never_opened or never_sent:
            return ServiceUnreachable("The service cannot be reached", reason), never_opened
        if self._call.changes:
            advice = f"no answer came from {reason}; look before you send it again"
            return OutcomeUnknown("The call may have taken effect", advice), False
        return ServiceUnreachable("The service did not answer", reason), True


# -------------------------------------------------------------------------------------- clients


def _sent(
    call: Callable[Concatenate[_Calls, P], _Call[Answer]],
) -> Callable[Concatenate["Client", P], Answer]:
    """Make the method of `Client` that sends a call and returns its answer."""

    def method(self: "Client", /, *args: P.args, **options: P.kwargs) -> Answer:
        return self._send(call(self._calls, *args, **options))

    return _named_after(call, method)


def _awaited(
    call: Callable[Concatenate[_Calls, P], _Call[Answer]],
) -> Callable[Concatenate["AsyncClient", P], Coroutine[Any, Any, Answer]]:
    """Make the method of `AsyncClient` that sends a call and returns its answer."""

    async def method(self: "AsyncClient", /, *args: P.args, **options: P.kwargs) -> Answer:
        # In a thread, because files are read and arrays written there.
        made = await asyncio.to_thread(call, self._calls, *args, **options)
        return await self._send(made)

    return _named_after(call, method)


def _named_after(call: Callable[..., Any], method: Method) -> Method:
    """Let help() show the method as the call is described, but that it returns the answer."""
    shown = signature(call)
    (answer,) = get_args(shown.return_annotation)
    returned = None if answer is NoneType else answer
    update_wrapper(method, call)
    method.__signature__ = shown.replace(return_annotation=returned)  # type: ignore[attr-defined]
    return method


def _trusted(base: httpx.URL) -> ssl.SSLContext | bool:
    """Whose certificates are believed: over plain HTTP nobody's, for no service shows one, and to
    read all that the machine trusts takes longer than a call. A proxy's are httpx's own matter."""
    return True if base.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Base:
    """What both clients keep: the calls, and how their connections are made."""

    def __init__(
        self,
        url: str,
        collection: str,
        timeout: float | httpx.Timeout | None,
        retries: int,
        key: str | None,
    ) -> None:
        try:
            base = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ValueError(f"url: {error}") from error
        if base.scheme not in ("http", "https") or not base.host:
            raise ValueError(f"url: {url[:200]!r} is not like {DEFAULT_URL}")
        if retries < 0:
            raise ValueError(f"retries: {retries} is less than 0")
        if key is not None and not re.fullmatch(r"[!-~]+", key):
            raise ValueError("key: it must be ASCII characters without blanks")
        self._calls = _Calls(collection)
        self._retries = retries
        self._where = f"{base.scheme}://{base.netloc.decode()}"  # without a password
        self._connection: dict[str, Any] = {
            "base_url": base,
            "timeout": timeout,
            "headers": {} if key is None else {"Authorization": f"Bearer {key}"},
            "limits": _LIMITS,
            "verify": _trusted(base),
        }

    def _patience(self, call: _Call[Any]) -> _Patience:
        return _Patience(call, self._retries, self._where)


class Client(_Base):
    """A client of the service at `url`; may be used by several threads, and in a `with`.

    `collection` is used where a call names no other. `timeout` is in seconds, for each of
    connecting, sending and waiting for an answer; None waits for ever. A call that is refused by
    a busy service (429), or by one that is not available (503), is tried again up to `retries`
    times, not before `Retry-After` says, and not later than `LONGEST_RETRYING` seconds after it
    began; so is one that finds no connection, and one that changes nothing when no answer comes.
    `key` is sent as a bearer token. `transport` replaces httpx's. Raises `ValueError`.

    Every call raises `OneshotError`; before anything is sent, `OSError` for a file, `ValueError`
    or `TypeError` for what is no clip or no name.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        collection: str = "default",
        timeout: float | httpx.Timeout | None = 30.0,
        retries: int = 4,
        key: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(url, collection, timeout, retries, key)
        self._http = httpx.Client(transport=transport, **self._connection)

    enroll = _sent(_Calls.enroll)
    recognize = _sent(_Calls.recognize)
    inspect = _sent(_Calls.inspect)
    draw = _sent(_Calls.draw)
    action = _sent(_Calls.action)
    delete = _sent(_Calls.delete)
    collections = _sent(_Calls.collections)
    collection = _sent(_Calls.collection)
    create_collection = _sent(_Calls.create_collection)
    delete_collection = _sent(_Calls.delete_collection)
    model = _sent(_Calls.model)
    ready = _sent(_Calls.ready)

    def actions(self, *, collection: str | None = None) -> Iterator[ActionEntry]:
        """Iterate over every action in order of name; pages are fetched as they are needed."""
        after: str | None = None
        while True:
            page = self._send(self._calls.page(collection, after))
            yield from page.actions
            if (after := page.next) is None:
                return

    def close(self) -> None:
        """Close every connection; a call afterwards raises `RuntimeError`."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _send(self, call: _Call[Answer]) -> Answer:
        patience = self._patience(call)
        request = call.request(self._http)
        while True:
            try:
                return call.answer(self._http.send(request))
            except (OneshotError, httpx.RequestError) as failure:
                pause = patience.pause(failure)
            time.sleep(pause)


class AsyncClient(_Base):
    """`Client` for asyncio: the same arguments and calls, to be awaited, in an `async with`."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        collection: str = "default",
        timeout: float | httpx.Timeout | None = 30.0,
        retries: int = 4,
        key: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(url, collection, timeout, retries, key)
        self._http = httpx.AsyncClient(transport=transport, **self._connection)

    enroll = _awaited(_Calls.enroll)
    recognize = _awaited(_Calls.recognize)
    inspect = _awaited(_Calls.inspect)
    draw = _awaited(_Calls.draw)
    action = _awaited(_Calls.action)
    delete = _awaited(_Calls.delete)
    collections = _awaited(_Calls.collections)
    collection = _awaited(_Calls.collection)
    create_collection = _awaited(_Calls.create_collection)
    delete_collection = _awaited(_Calls.delete_collection)
    model = _awaited(_Calls.model)
    ready = _awaited(_Calls.ready)

    async def actions(self, *, collection: str | None = None) -> AsyncIterator[ActionEntry]:
        """Iterate over every action in order of name; pages are fetched as they are needed."""
        after: str | None = None
        while True:
            page = await self._send(self._calls.page(collection, after))
            for entry in page.actions:
                yield entry
            if (after := page.next) is None:
                return

    async def aclose(self) -> None:
        """Close every connection; a call afterwards raises `RuntimeError`."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def _send(self, call: _Call[Answer]) -> Answer:
        patience = self._patience(call)
        request = call.request(self._http)
        while True:
            try:
                return call.answer(await self._http.send(request))
            except (OneshotError, httpx.RequestError) as failure:
                pause = patience.pause(failure)
            await asyncio.sleep(pause)

"""Problems: one table from what went wrong to `application/problem+json` (RFC 9457)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from service.names import MEANINGS
from service.refused_bodies import let_body_arrive
from service.store import (
    CollectionExists,
    InvalidName,
    OutcomeUnknown,
    SpaceMismatch,
    StoreCorrupt,
    StoreUnavailable,
    UnknownAction,
    UnknownCollection,
    UnknownExemplar,
)
from skeleton import UnreadableClip, UnusableClip
from skeleton.errors import UnknownLayout

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
#: `type` of a problem is this and its slug; it does not change between releases.
TYPE_PREFIX = "urn:oneshot:"


class Unparsable(ValueError):
    """The body cannot be parsed as what its Content-Type says."""


class Unusable(ValueError):
    """The request was parsed, but a field is missing or out of range."""


class CrossOrigin(PermissionError):
    """A browser sent it for a page of another origin."""


class UnsupportedBody(ValueError):
    """The Content-Type is missing or not one this call takes."""


class NotAcceptable(ValueError):
    """The caller accepts none of the media types that this call answers in."""


class BodyTooLarge(ValueError):
    """The body has more bytes than the service takes."""


class SlowBody(ValueError):
    """The body did not arrive in time."""


class Busy(RuntimeError):
    """All threads are taken and the queue is full."""


class NotReady(RuntimeError):
    """The service has not reached its store yet."""


class NotUsable(NotReady):
    """The service has reached its store, and the store cannot be used as it is."""


@dataclass(frozen=True)
class Kind:
    """What a caller sees of one sort of problem."""

    status: int
    slug: str
    title: str
    retry_after: int | None = None


KINDS: dict[type[Exception], Kind] = {
    Unparsable: Kind(400, "unparsable-body", "The body cannot be parsed"),
    UnreadableClip: Kind(400, "unparsable-body", "The body cannot be parsed"),
    # Nobody reads this answer; but a caller who hangs up is no failure of the service.
    ClientDisconnect: Kind(400, "unparsable-body", "The body cannot be parsed"),
    CrossOrigin: Kind(403, "cross-origin", "A page of another origin sent it"),
    UnknownCollection: Kind(404, "unknown-collection", "There is no such collection"),
    UnknownAction: Kind(404, "unknown-action", "There is no such action"),
    UnknownExemplar: Kind(404, "unknown-exemplar", "There is no such exemplar"),
    NotAcceptable: Kind(406, "not-acceptable", "None of the accepted types can be answered"),
    SlowBody: Kind(408, "slow-body", "The body did not arrive in time"),
    CollectionExists: Kind(409, "collection-exists", "The collection exists already"),
    SpaceMismatch: Kind(409, "model-mismatch", "The collection belongs to another model"),
    BodyTooLarge: Kind(413, "body-too-large", "The body is too large"),
    UnsupportedBody: Kind(415, "unsupported-body", "The Content-Type is missing or not supported"),
    InvalidName: Kind(422, "invalid-request", "A field is missing or out of range"),
    Unusable: Kind(422, "invalid-request", "A field is missing or out of range"),
    RequestValidationError: Kind(422, "invalid-request", "A field is missing or out of range"),
    UnknownLayout: Kind(422, "unknown-layout", "The skeleton layout is not known"),
    UnusableClip: Kind(422, "unusable-clip", "The clip cannot be used"),
    Busy: Kind(429, "busy", "The service is busy", retry_after=1),
    NotReady: Kind(503, "not-ready", "The service is not ready yet", retry_after=1),
    NotUsable: Kind(503, "not-ready", "The service cannot use its store", retry_after=60),
    StoreUnavailable: Kind(503, "store-unavailable", "The store is away", retry_after=2),
    # Nobody may repeat it blindly: an enrolment would be done twice.
    OutcomeUnknown: Kind(503, "outcome-unknown", "It may have been done, or not"),
    StoreCorrupt: Kind(503, "store-corrupt", "The store is damaged", retry_after=60),
}
_INTERNAL = Kind(500, "internal-error", "The service failed; its log says why")


def register(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let every error of the table, and those of the framework, be answered as a problem.

    `routes` are the service's own; what they know together is told with a 405.
    """
    for error in KINDS:
        app.add_exception_handler(error, _answer)
    app.add_exception_handler(HTTPException, partial(_answer_http, routes))
    app.add_exception_handler(Exception, _answer_internal)


def kind_of(error: Exception) -> Kind:
    """The table's entry for an error, by the nearest of its classes."""
    return next((KINDS[c] for c in type(error).__mro__ if c in KINDS), _INTERNAL)


def problem(kind: Kind, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Make the response; `detail` is for the person who reads it."""
    body = {
        "type": TYPE_PREFIX + kind.slug,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
    }
    headers = dict(headers or {})
    if kind.retry_after is not None:
        headers["Retry-After"] = str(kind.retry_after)
    if kind.status == HTTPStatus.REQUEST_TIMEOUT:
        headers["Connection"] = "close"  # the rest of the body is not waited for
    return Response(orjson.dumps(body), kind.status, headers, MEDIA_TYPE)


def describe(
    error: ValidationError | RequestValidationError, right_places: Mapping[str, str] | None = None
) -> str:
    """Name every field at fault without repeating its value: it may be NaN, or huge.

    `right_places` says of fields that are not taken where they stand where they belong.
    """
    lines = []
    for entry in error.errors()[:10]:
        place = ".".join(str(p) for p in entry["loc"] if p not in ("query", "body", "path"))
        pattern = entry.get("ctx", {}).get("pattern")
        meaning = f"must be {MEANINGS[pattern]}" if pattern in MEANINGS else entry["msg"]
        if entry["type"] == "extra_forbidden":
            meaning = (right_places or {}).get(place, "this call takes no such field; leave it out")
        lines.append(f"{place or 'request'}: {meaning}"[:300])
    return "; ".join(lines)


async def _answer(request: Request, error: Exception) -> Response:
    if not isinstance(error, SlowBody):  # which was waited for
        await let_body_arrive(request)
    if isinstance(error, RequestValidationError):
        return problem(kind_of(error), describe(error))
    detail = str(error)
    if isinstance(error, SpaceMismatch):
        detail += (
            ", the model that runs here: re-embed it for this model with `oneshot migrate apply "
            f"--collection {error.collection}` (`oneshot migrate plan` tells first what that "
            "takes), serve the model it belongs to (ONESHOT_MODEL), or use another collection"
        )
    if isinstance(error, OutcomeUnknown):
        detail += f"; GET {_where_to_look(error)} shows it: look before you try again"
    return problem(kind_of(error), _printable(detail))


def _where_to_look(error: OutcomeUnknown) -> str:
    if error.action is None:
        return "/collections"
    return f"/actions/{quote(error.action, safe='')}?collection={error.collection}"


async def _answer_http(routes: Sequence[BaseRoute], request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    await let_body_arrive(request)
    status = HTTPStatus(error.status_code)
    slug = status.phrase.lower().replace(" ", "-")
    meaning, headers = str(error.detail), dict(error.headers or {})
    if status == HTTPStatus.NOT_FOUND:
        meaning = "there is no such call; /docs lists them"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = _methods(routes, request) or ["GET"]
        headers = {"Allow": ", ".join(methods)}
        meaning = f"there is no such call; it takes {' or '.join(methods)}"
    detail = f"{request.method} {request.url.path[:200]}: {meaning}"
    return problem(Kind(status.value, slug, status.phrase), _printable(detail), headers)


async def _answer_internal(request: Request, error: Exception) -> Response:
    log.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    return problem(_INTERNAL, "an unexpected error; please report it with the service's log")


def _methods(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """Every method that the request's path has; each route knows but its own."""
    there = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    return sorted({method for route in there for method in getattr(route, "methods", None) or ()})


def _printable(text: str) -> str:
    """Lone surrogates of a request cannot be written as JSON."""
    return text.encode("utf-8", "replace").decode()[:2000]

"""What a call needs of the running service, and how it answers."""

from typing import Annotated

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from service.runtime import Runtime


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RunningService = Annotated[Runtime, Depends(_runtime)]


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Write an answer: dataclasses and dates as they are, dates as RFC 3339."""
    return Response(orjson.dumps(body), status, headers, "application/json")

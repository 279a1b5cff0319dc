"""A route whose function reads the request itself."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import request_response


class RawRoute(APIRoute):
    """Calls its function with the request alone, as Starlette's own routes do.

    FastAPI describes it as any other; its machinery of parameters, which a function without any
    does not need, would take as long as the whole of reading a clip. A route of this kind has no
    dependencies and no limit of the body but its function's own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert not self.dependencies, "a raw route has no dependencies"
        self.app = request_response(self.endpoint)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The same for FastAPI, which asks where a router is included."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler

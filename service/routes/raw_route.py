"""A route whose function reads the request itself."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response


class RawRoute(APIRoute):
    """Calls its function with the request alone.

    FastAPI describes it as any other; its machinery of parameters, which a function without any
    does not need, would take as long as the whole of reading a clip.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler

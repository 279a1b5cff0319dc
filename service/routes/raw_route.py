"""A route whose function reads the request itself."""

from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import request_response


class RawRoute(APIRoute):
    """Calls its function with the request alone, as Starlette's own routes do.

    FastAPI describes it as any other; its machinery of parameters, which a function without any
    does not need, would take as long as the whole of reading a clip.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = request_response(self.endpoint)

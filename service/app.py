"""The application: everything built by `create_app(settings)`, owned by its lifespan."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.responses import RedirectResponse, Response

from service import problems
from service.cross_origin import CrossOriginGuard
from service.openapi import add_schemas
from service.routes import actions, clips, collections, inspection, status
from service.runtime import Runtime
from service.settings import Settings

_DESCRIPTION = """
Learns a new human action from **one** example: `POST /enroll` one skeleton clip of an action, then
`POST /recognize` others. A clip comes as JSON, as `.npy`, or as a file of a camera or tool, in a
form (`curl -F file=@FILE`) or with `?format=`; `POST /clips:inspect` tells and draws what was
understood. Errors are `application/problem+json` with a stable `type`.
"""


def create_app(settings: Settings) -> FastAPI:
    """Build the service. Raises `BadModel`, `BadLayoutFile` and `ProviderUnavailable`
    when it could never run."""
    # It warns of every form that is out of order; the sender is told, the operator need not be.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    runtime = Runtime(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime.open()
        yield
        runtime.close()

    # Its pages bring their own scripts: /docs works without the internet.
    app = FastAPIOffline(
        title="oneshot-actions",
        version=release(),
        description=_DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        # A path with a slash too many is another path, and may be another action's.
        redirect_slashes=False,
    )
    app.state.runtime = runtime
    modules = (clips, inspection, actions, collections, status)
    routes = [route for module in modules for route in module.router.routes]
    # They are tried in order, and an included router is a layer of its own: together a tenth of
    # what a call costs beyond the model. So the calls come first, and the pages after them.
    app.router.routes[:0] = routes
    # Who opens the address in a browser finds what there is.
    home = APIRoute("/", _to_the_documentation, methods=["GET"], include_in_schema=False)
    app.router.routes.append(home)
    problems.register(app, routes)
    app.add_middleware(CrossOriginGuard)
    _complete_description(app, runtime)
    return app


async def _to_the_documentation() -> Response:
    return RedirectResponse("/docs")


def release() -> str:
    """The installed version; `0` when the source runs uninstalled."""
    try:
        return version("oneshot-actions")
    except PackageNotFoundError:
        return "0"


def _complete_description(app: FastAPI, runtime: Runtime) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            add_schemas(generate(), runtime.layouts)
        document = app.openapi_schema
        assert document is not None
        return document

    app.openapi = openapi  # type: ignore[method-assign]

"""The application: everything built by `create_app(settings)`, owned by its lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from service import problems
from service.openapi import add_problem_schema
from service.routes import actions, clips, collections, status
from service.runtime import Runtime
from service.settings import Settings

_DESCRIPTION = """
Learns a new human action from **one** example: `POST /enroll` one skeleton clip of an action, then
`POST /recognize` others. Errors are `application/problem+json` with a stable `type`.
"""


def create_app(settings: Settings) -> FastAPI:
    """Build the service. Raises `BadModel` and `ProviderUnavailable` when it could never run."""
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
    )
    app.state.runtime = runtime
    routers = [module.router for module in (clips, actions, collections, status)]
    for router in routers:
        app.include_router(router)
    problems.register(app, [route for router in routers for route in router.routes])
    _describe_problems(app)
    return app


def release() -> str:
    """The installed version; `0` when the source runs uninstalled."""
    try:
        return version("oneshot-actions")
    except PackageNotFoundError:
        return "0"


def _describe_problems(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            add_problem_schema(generate())
        document = app.openapi_schema
        assert document is not None
        return document

    app.openapi = openapi  # type: ignore[method-assign]

"""Where a command finds the service: at a URL, or in this very process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from service.client import AsyncClient, BadRequest, OneshotError, ServiceUnreachable
from service.command_line.failure import AWAY, INTERRUPTED, WRONG, Failed
from service.command_line.wording import as_options

Result = TypeVar("Result")


@asynccontextmanager
async def connected(
    url: str,
    *,
    local: bool,
    collection: str = "default",
    key: str | None = None,
    layouts: Path | None = None,
    makes_store: bool = False,
) -> AsyncIterator[AsyncClient]:
    """Connect to the running service; or, `local`, build the same service in this process, which
    knows the `layouts` of these files instead of those that ONESHOT_LAYOUTS names, and makes a
    file for the store only if it `makes_store`.

    Raises `Failed` when the settings or the store are unusable.
    """
    if not local:
        if layouts is not None:
            raise Failed("--layouts is for --local; a service is started with ONESHOT_LAYOUTS=PATH")
        async with AsyncClient(url, collection=collection, key=key, timeout=120.0) as client:
            yield client
        return
    # The same application, called without a port: whatever holds over HTTP holds here.
    async with (
        _application(layouts, makes_store) as transport,
        AsyncClient(
            "http://local", collection=collection, transport=transport, timeout=None
        ) as client,
    ):
        yield client


def carry_out(work: Callable[[], Coroutine[None, None, Result]]) -> Result:
    """Run a command's work to its end. Raises `Failed`."""
    try:
        return asyncio.run(work())
    except ServiceUnreachable as error:
        raise Failed(
            f"{error}; start it with `oneshot serve`, name another with --url, or use --local", AWAY
        ) from error
    except OneshotError as error:
        # What the service refuses will be refused again.
        status = WRONG if isinstance(error, BadRequest) else AWAY
        raise Failed(as_options(str(error)), status) from error
    except (ValueError, httpx.InvalidURL) as error:  # refused by the client: nothing was sent
        raise Failed(as_options(str(error))) from error
    except KeyboardInterrupt:
        raise Failed("interrupted", INTERRUPTED) from None


@asynccontextmanager
async def _application(
    layouts: Path | None, makes_store: bool
) -> AsyncIterator[httpx.ASGITransport]:
    # Here, so that a command that talks to a service starts without the model's runtime.
    from service.app import create_app
    from service.encoder import ProviderUnavailable
    from service.model_file import BadModel
    from service.settings import BadSettings, load_settings
    from service.store import StoreError, is_new, place_of
    from skeleton.layout_file import BadLayoutFile

    try:
        settings = load_settings()
        if layouts is not None:
            settings = settings.model_copy(update={"layouts": layouts})
        if not makes_store and is_new(settings.store):
            raise Failed(
                f"there is no store {place_of(settings.store)}: enroll something, or name another "
                "by ONESHOT_STORE",
                AWAY,
            )
        app = create_app(settings)
        app.state.runtime.open()
    except (BadSettings, BadModel, BadLayoutFile, ProviderUnavailable) as error:
        raise Failed(str(error), WRONG) from error
    except StoreError as error:
        raise Failed(str(error), AWAY) from error
    async with app.router.lifespan_context(app):
        yield httpx.ASGITransport(app)

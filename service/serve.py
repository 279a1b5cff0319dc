"""The server process: settings, listener, uvicorn."""

import errno
import gc
import logging
import socket
import sys
import warnings
from contextlib import suppress

import uvicorn

from service.app import create_app
from service.encoder import ProviderUnavailable
from service.model_file import BadModel
from service.runtime import Runtime
from service.settings import BadSettings, Settings, load_settings, unknown_variables
from service.store import StoreError, authority, is_new
from skeleton.layout_file import BadLayoutFile

log = logging.getLogger(__name__)

#: Containers made and not let go since the last collection, before the next.
_COLLECT_AFTER = 50_000


def run() -> int:
    """Serve until stopped. A start that cannot succeed ends with one line and status 2."""
    try:
        settings = load_settings()
        logging.basicConfig(
            level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
        )
        for warning in unknown_variables():
            log.warning(warning)
        new = is_new(settings.store)
        app = create_app(settings)
        app.state.runtime.open()
    except (BadLayoutFile, BadSettings, BadModel, ProviderUnavailable, StoreError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    try:
        listener = _listener(settings)
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        print(
            f"error: cannot listen on {settings.host}:{settings.port}: {error.strerror}; choose "
            f"another with {'ONESHOT_PORT' if taken else 'ONESHOT_HOST'}",
            file=sys.stderr,
        )
        return 2
    config = uvicorn.Config(
        app,
        log_level=settings.log_level,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    _spare_the_collector()
    # numpy reads an .npy header as Python, whose compiler has remarks on damaged ones.
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    server = _Server(config, _greeting(app.state.runtime, listener.getsockname()[1], new))
    # uvicorn has stopped in good order when it passes an interrupt on.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if server.failure is not None:
        raise server.failure
    return 0 if server.started else 3


class _Server(uvicorn.Server):
    """Greets when it listens: who reads the address can call it."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting
        self.failure: Exception | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        try:
            print(self._greeting, flush=True)
        except Exception as error:  # nobody reads it, or it cannot be written
            # Raised from here it would pass by the shutdown.
            self.failure, self.should_exit = error, True


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError:
        listener.close()
        raise
    return listener


def _spare_the_collector() -> None:
    """Let Python's garbage collector look at fewer objects, less often.

    A JSON clip is thousands of lists that live for a millisecond. At the usual threshold of 700
    they set the collector off several times a request, and every tenth time it walks through all
    that was imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


def _greeting(runtime: Runtime, port: int, new: bool) -> str:
    host = runtime.settings.host
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    url = f"http://{authority(shown, port)}"
    return "\n".join(
        (
            "",
            f"  oneshot-actions   {url}   (interactive documentation: {url}/docs)",
            f"  provider          {runtime.encoder.provider}",
            f"  store             {runtime.store_name}{', new' if new else ''}",
            f"  model             {runtime.settings.model.name}, "
            f"space {runtime.encoder.info.space}",
            "",
            "  enroll an example clip, in another terminal:",
            f"  curl -H 'Content-Type: application/json' --data @examples/enroll/wave.json "
            f"{url}/enroll",
            "",
        )
    )

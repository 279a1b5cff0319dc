"""The runtime: what one running service owns, from start to stop."""

import logging
import threading
from urllib.parse import urlsplit, urlunsplit

from service.encoder import Encoder
from service.problems import NotReady
from service.recogniser import Recogniser
from service.settings import Settings
from service.store import (
    DEFAULT_COLLECTION,
    Store,
    StoreError,
    StoreUnavailable,
    open_store,
)
from service.workers import Workers

log = logging.getLogger(__name__)

_RETRY = 1.0  # seconds between attempts to reach the store


class Runtime:
    """Encoder, store and workers of one service.

    The encoder is made and tested at once: `BadModel` and `ProviderUnavailable` end the start.
    The store may come later, a Redis that still starts for instance; until then calls raise
    `NotReady`. A store that can never be used, one of a newer release, ends the start as well.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.encoder = Encoder(settings.model, provider=settings.provider)
        self.encoder.self_test()
        self.workers = Workers(settings.workers, settings.queue)
        self.store_name = without_password(settings.store)
        self._recogniser: Recogniser | None = None
        self._stopping = threading.Event()
        self._opener: threading.Thread | None = None

    @property
    def recogniser(self) -> Recogniser:
        """The recogniser. Raises `NotReady` until the store was reached."""
        if self._recogniser is None:
            raise NotReady(f"the store {self.store_name} has not been reached yet; try again")
        return self._recogniser

    @property
    def store(self) -> Store:
        """The store. Raises `NotReady` until it was reached."""
        return self.recogniser.store

    def open(self) -> None:
        """Reach the store; when it is away, go on trying in the background. Once is enough.

        Raises `StoreError` for a store that can never be used.
        """
        if self._recogniser is not None or self._opener is not None:
            return
        try:
            self._open_once()
        except StoreUnavailable as error:
            log.warning("the store is away, trying again every second: %s", error)
            self._opener = threading.Thread(target=self._keep_trying, daemon=True)
            self._opener.start()

    def close(self) -> None:
        """Let everything go, in order."""
        self._stopping.set()
        if self._opener is not None:
            self._opener.join()
        self.workers.close()
        if self._recogniser is not None:
            self._recogniser.store.close()

    def _open_once(self) -> None:
        store = open_store(self.settings.store)
        for warning in store.warnings():
            log.warning("store: %s", warning)
        recogniser = Recogniser(self.encoder, store)
        self._warm_up(recogniser)
        self._recogniser = recogniser

    def _warm_up(self, recogniser: Recogniser) -> None:
        """Let every thread recognise once, so that the first caller does not wait for what is
        made once: the thread, its connection to the store, the usual gallery."""
        clip = self.encoder.info.self_test.recording
        try:
            self.workers.run_in_each(lambda: recogniser.recognize(DEFAULT_COLLECTION, clip, 1))
        except StoreUnavailable:
            recogniser.store.close()
            raise
        except StoreError as error:
            # Other collections may be sound; the calls about this one say what is wrong.
            log.warning("the collection %s cannot be used: %s", DEFAULT_COLLECTION, error)

    def _keep_trying(self) -> None:
        while not self._stopping.wait(_RETRY):
            try:
                self._open_once()
            except StoreUnavailable:
                continue
            except Exception:
                log.exception("the store cannot be used")
                return
            log.info("the store %s was reached", self.store_name)
            return


def without_password(url: str) -> str:
    """A store's URL fit for logs."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}:" if parts.username else ""
    return urlunsplit(parts._replace(netloc=f"{user}***@{host}"))

"""The runtime: what one running service owns, from start to stop."""

import logging
import threading

from service.encoder import Encoder
from service.problems import NotReady, NotUsable
from service.recogniser import Recogniser
from service.settings import Settings
from service.store import (
    DEFAULT_COLLECTION,
    Store,
    StoreError,
    StoreUnavailable,
    open_store,
    place_of,
)
from service.workers import Workers
from skeleton import LAYOUTS
from skeleton.layout_file import load_layouts

log = logging.getLogger(__name__)

# Seconds between attempts to reach the store: one that is away, and one that cannot be used.
_RETRY = 1.0
_RETRY_UNUSABLE = 60.0


class Runtime:
    """Encoder, layouts, store and workers of one service.

    `layouts` are those a caller can name: the built-in ones, and the operator's of whose file
    `BadLayoutFile` ends the start. The encoder is made and tested at once: `BadModel` and
    `ProviderUnavailable` end the start.
    The store may come later, a Redis that still starts for instance; until then calls raise
    `NotReady`. A store that can never be used, one of a newer release, ends the start as well.
    One that comes later and turns out so does not end the service: calls raise `NotUsable` with
    the reason, and the store is tried again once a minute, for the operator who mends it.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store_name = place_of(settings.store)
        self.layouts = LAYOUTS if settings.layouts is None else load_layouts(settings.layouts)
        self.encoder = Encoder(settings.model, provider=settings.provider)
        self.encoder.self_test()
        self.workers = Workers(settings.workers, settings.queue)
        self._recogniser: Recogniser | None = None
        self._unusable: str | None = None
        self._away: str | None = None
        self._stopping = threading.Event()
        self._opener: threading.Thread | None = None

    @property
    def recogniser(self) -> Recogniser:
        """The recogniser. Raises `NotReady` until the store was reached, `NotUsable` from then on
        if it cannot be used."""
        if self._recogniser is None:
            if why := self._unusable:
                raise NotUsable(
                    f"the store {self.store_name} cannot be used: {why}; it is tried again once a "
                    "minute"
                )
            why = f": {self._away}" if self._away else ""
            raise NotReady(f"the store {self.store_name} has not been reached yet{why}; try again")
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
            self._away = str(error)
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
        try:
            for warning in store.warnings():
                log.warning("store: %s", warning)
            recogniser = Recogniser(self.encoder, store)
            self._warm_up(recogniser)
        except BaseException:
            store.close()
            raise
        self._recogniser = recogniser

    def _warm_up(self, recogniser: Recogniser) -> None:
        """Let every thread recognise once, so that the first caller does not wait for what is
        made once: the thread, its connection to the store, the usual gallery."""
        clip = self.encoder.info.self_test.recording
        try:
            self.workers.run_in_each(lambda: recogniser.recognize(DEFAULT_COLLECTION, clip, 1))
        except StoreUnavailable:
            raise
        except StoreError as error:
            # Other collections may be sound; the calls about this one say what is wrong.
            log.warning("the collection %s cannot be used: %s", DEFAULT_COLLECTION, error)

    def _keep_trying(self) -> None:
        pause = _RETRY
        while not self._stopping.wait(pause):
            try:
                self._open_once()
            except StoreUnavailable as error:
                pause, self._unusable, self._away = _RETRY, None, str(error)
            except StoreError as error:
                log.error("the store cannot be used, trying again once a minute: %s", error)
                pause, self._unusable = _RETRY_UNUSABLE, str(error)
            except Exception:
                log.exception("the store cannot be used, trying again once a minute")
                pause, self._unusable = _RETRY_UNUSABLE, "the service's log says why"
            else:
                log.info("the store %s was reached", self.store_name)
                return

"""The store and the model that a command uses in its own process, and what their failures mean."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from service.command_line.failure import AWAY, WRONG, Failed

if TYPE_CHECKING:
    from service.encoder import Encoder
    from service.settings import Settings
    from service.store import Store, StoreReader


@contextmanager
def store_to_look_at(url: str | None) -> Iterator["StoreReader"]:
    """The store of `url`, or of ONESHOT_STORE; nothing can be written. Raises `Failed`."""
    from service.store import open_reader

    with _failures(), closing(open_reader(_named(url))) as store:
        yield store


@contextmanager
def store_to_change(url: str | None) -> Iterator["Store"]:
    """The same store for writing; one that is not there is not made. Raises `Failed`."""
    from service.store import open_reader, open_store

    with _failures():
        url = _named(url)
        open_reader(url).close()
        with closing(open_store(url)) as store:
            yield store


def model(path: Path | None) -> "Encoder":
    """The model of `path`, or of ONESHOT_MODEL, tested. Raises `Failed`."""
    from service.encoder import Encoder

    with _failures():
        settings = _settings()
        encoder = Encoder(path or settings.model, provider=settings.provider)
        encoder.self_test()
        return encoder


def chosen(store: "StoreReader", names: Sequence[str] | None) -> list[str]:
    """The collections of these names, each once, or all. Raises `UnknownCollection`."""
    if names:
        return [store.collection(name).name for name in dict.fromkeys(names)]
    return [info.name for info in store.collections()]


def _named(url: str | None) -> str:
    # An empty one is refused as such: a variable without a value shall not name another store.
    return _settings().store if url is None else url


def _settings() -> "Settings":
    from service.settings import load_settings

    return load_settings()


@contextmanager
def _failures() -> Iterator[None]:
    from service.encoder import ProviderUnavailable
    from service.migration import Unfinished
    from service.model_file import BadModel
    from service.settings import BadSettings
    from service.store import InvalidName, InvalidStoreUrl, StoreError, UnknownCollection

    wrong = (
        BadModel, BadSettings, InvalidName, InvalidStoreUrl, ProviderUnavailable, UnknownCollection,
    )  # fmt: skip
    try:
        yield
    except wrong as error:
        raise Failed(str(error), WRONG) from error
    except (StoreError, Unfinished) as error:
        raise Failed(str(error), AWAY) from error

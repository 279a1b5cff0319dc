"""From the setting ONESHOT_STORE to a store."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.store.errors import InvalidStoreUrl
from service.store.protocol import Store, StoreReader
from service.store.redis import RedisStore
from service.store.redis_reader import RedisReader
from service.store.sqlite import SqliteStore
from service.store.sqlite_reader import SqliteReader

_SQLITE = "sqlite:///"
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_FROM = "ONESHOT_STORE, or --store"
_FORMS = "sqlite:///relative.db, sqlite:////absolute.db, redis://host:6379/0 or rediss://…"


def open_store(url: str, *, log_length: int = 10_000) -> Store:
    """Opens the store a URL names; close it when done, and open it in each process anew.

    Raises InvalidStoreUrl, StoreTooNew, StoreCorrupt, and StoreUnavailable when it is not there.
    No message holds the URL's password.
    """
    if (path := _file_of(url)) is not None:
        return SqliteStore(path, log_length=log_length)
    return RedisStore(_server_of(url), log_length=log_length)


def open_reader(url: str) -> StoreReader:
    """Opens a store to look at it: nothing is made or written, not even what is missing.

    Raises as `open_store` does; a file that is not there is StoreUnavailable, and an empty server
    has no collections.
    """
    if (path := _file_of(url)) is not None:
        return SqliteReader(path, only_look=True)
    return RedisReader(_server_of(url), only_look=True)


def is_new(url: str) -> bool:
    """Whether the URL names a file that is not there. Raises `InvalidStoreUrl`."""
    path = _file_of(url)
    try:
        return path is not None and not path.exists()
    except OSError:  # who opens it is told why it cannot be
        return False


def _file_of(url: str) -> Path | None:
    if not url.startswith(_SQLITE):
        return None
    path = unquote(url.removeprefix(_SQLITE))
    if path in ("", ":memory:") or path.endswith("/") or "\0" in path:
        raise InvalidStoreUrl(f"{_FROM}: {url} names no file; write {_FORMS}")
    return Path(path)


def _server_of(url: str) -> str:
    if url.startswith(("redis://", "rediss://")):
        return url
    raise InvalidStoreUrl(f"{_FROM}: {_shown(url)} is no store; write {_advice(url)}")


def _shown(url: str) -> str:
    """What may be repeated of what is no store: any of the rest may be a password."""
    if _is_path(url):
        return url
    scheme = urlsplit(url).scheme if "://" in url else ""
    return f"{scheme}://" if scheme else "this" if url else "an empty one"


def _advice(url: str) -> str:
    return f"{_SQLITE}{url} for the file of that name" if _is_path(url) else _FORMS


def _is_path(url: str) -> bool:
    """Whether it is surely the path of a file, of which the prefix was forgotten."""
    like_one = url.startswith(("/", "./", "../")) or url.endswith(_SUFFIXES)
    return like_one and url.isprintable() and not set("@:") & set(url)

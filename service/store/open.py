"""From the setting ONESHOT_STORE to a store."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.store.protocol import InvalidStoreUrl, Store
from service.store.redis import RedisStore
from service.store.sqlite import SqliteStore

_SQLITE = "sqlite:///"
_FORMS = "sqlite:///relative.db, sqlite:////absolute.db, redis://host:6379/0 or rediss://…"


def open_store(url: str, *, log_length: int = 10_000) -> Store:
    """Opens the store a URL names; close it when done, and open it in each process anew.

    Raises InvalidStoreUrl, StoreTooNew, StoreCorrupt, and StoreUnavailable when it is not there.
    No message holds the URL's password.
    """
    if url.startswith(_SQLITE):
        path = unquote(url.removeprefix(_SQLITE))
        if path in ("", ":memory:") or path.endswith("/") or "\0" in path:
            raise InvalidStoreUrl(f"{url} names no file: {_FORMS}")
        return SqliteStore(Path(path), log_length=log_length)
    if url.startswith(("redis://", "rediss://")):
        return RedisStore(url, log_length=log_length)
    # Only the scheme is repeated: the rest may hold a password.
    scheme = urlsplit(url).scheme if "://" in url else ""
    raise InvalidStoreUrl(f"{f'{scheme}://' if scheme else 'this'} is no store: {_FORMS}")

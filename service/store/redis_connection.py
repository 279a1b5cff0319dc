"""The way to one Redis server: commands, scripts, and what its errors and settings mean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import redis
import redis.exceptions as answers
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.store.protocol import (
    InvalidStoreUrl,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)

OLDEST_SERVER = (7, 0)
# Long enough for a disk to take a write, short enough to say "away" within a second.
_CONNECT_SECONDS = 0.4
_ANSWER_SECONDS = 0.8

_WANTED_SETTINGS = {
    "appendonly": ("yes", "enrolments do not survive a restart of Redis"),
    "appendfsync": ("always", "the last enrolments may be lost in a power cut"),
    "maxmemory-policy": ("noeviction", "Redis may drop enrolled actions when memory runs short"),
}


class RedisConnection:
    """A thread-safe pool of connections that speaks in the store's own exceptions.

    `url` is redis:// or rediss://; `place` is the same without user, password and options.
    """

    def __init__(self, url: str) -> None:
        self.place = _place(url)
        self._closed = False
        self._warnings: list[str] = []
        try:
            self._client: Any = redis.Redis.from_url(
                url,
                # RESP2: what 7.0 and 8 answer to the same command is then the same.
                protocol=2,
                socket_connect_timeout=_CONNECT_SECONDS,
                socket_timeout=_ANSWER_SECONDS,
                socket_keepalive=True,
                retry=Retry(NoBackoff(), 0),
            )
        except (ValueError, TypeError, answers.RedisError):
            # The cause may quote the URL and with it the password.
            raise InvalidStoreUrl(f"the store at {self.place} has a URL out of form") from None

    def command(self, *words: Any) -> Any:
        """The answer to one command; sent again once, so only for reads."""
        return self._ask(lambda: self._client.execute_command(*words), again=True)

    def together(self, *commands: Sequence[Any]) -> list[Any]:
        """The answers to several reads sent at once; another's write may fall between them."""

        def ask() -> list[Any]:
            with self._client.pipeline(transaction=False) as pipe:
                for words in commands:
                    pipe.execute_command(*words)
                result: list[Any] = pipe.execute()
                return result

        found: list[Any] = self._ask(ask, again=True)
        return found

    def script(
        self, name: str, keys: Sequence[str], *arguments: Any, again: bool
    ) -> tuple[str, list[Any]]:
        """Runs lua/<name>.lua; what became of it and the values behind that.

        `again`: whether it may be sent a second time when the first answer was lost.
        """
        source, digest = _script(name)

        def ask() -> Any:
            try:
                return self._client.evalsha(digest, len(keys), *keys, *arguments)
            except answers.NoScriptError:
                self._client.script_load(source)
                return self._client.evalsha(digest, len(keys), *keys, *arguments)

        outcome, *values = self._ask(ask, again=again)
        return outcome.decode(), values

    def keys(self, pattern: str) -> Iterator[str]:
        """Every key of the pattern, some perhaps twice."""
        cursor: Any = 0
        while True:
            cursor, found = self.command("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            yield from (key.decode(errors="replace") for key in found)
            if int(cursor) == 0:
                return

    def require_server(self) -> None:
        """Raises StoreError for a server that is too old; one that will not say is believed."""
        with _told_apart(self.place):
            try:
                version = str(self._client.info("server").get("redis_version", ""))
            except (answers.ResponseError, answers.NoPermissionError):
                return
        numbers = [part for part in version.split(".")[:2] if part.isdigit()]
        if len(numbers) == 2 and tuple(map(int, numbers)) < OLDEST_SERVER:
            raise StoreError(f"the store needs Redis 7.0 or newer, {self.place} is {version}")

    def warnings(self) -> list[str]:
        """Which settings break a promise; the last known list while the server is away."""
        with suppress(StoreUnavailable):
            self._warnings = self._ask(self._settings_warnings, again=True)
        return list(self._warnings)

    def close(self) -> None:
        self._closed = True
        self._client.close()
        self._client.connection_pool.disconnect()

    def _settings_warnings(self) -> list[str]:
        try:
            found = self._client.config_get(*_WANTED_SETTINGS)
        except answers.ResponseError:
            return [f"Redis forbids CONFIG GET: {', '.join(_WANTED_SETTINGS)} could not be checked"]
        warnings = []
        for setting, (wanted, consequence) in _WANTED_SETTINGS.items():
            value = found.get(setting)
            if value is None:
                warnings.append(f"Redis does not tell {setting}: it could not be checked")
            elif value != wanted:
                warnings.append(f"Redis has {setting} {value}, not {wanted}: {consequence}")
        return warnings

    def _ask(self, ask: Any, *, again: bool) -> Any:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        with _told_apart(self.place):
            try:
                return ask()
            except answers.ConnectionError as error:
                # A server that was restarted leaves dead connections in the pool.
                if not again or isinstance(error, _NOT_TO_REPEAT):
                    raise
                return ask()


_NOT_TO_REPEAT = (answers.BusyLoadingError, answers.AuthenticationError)


@contextmanager
def _told_apart(place: str) -> Iterator[None]:
    try:
        yield
    except (answers.ConnectionError, answers.TimeoutError, OSError) as error:
        raise StoreUnavailable(f"Redis at {place} does not answer: {error}") from error
    except (answers.ReadOnlyError, answers.NoPermissionError) as error:
        raise StoreReadOnly(f"Redis at {place} takes no writes: {error}") from error
    except answers.OutOfMemoryError as error:
        raise StoreFull(f"Redis at {place} is full: {error}") from error
    except answers.ResponseError as error:
        raise _meaning(place, str(error)) from error


def _meaning(place: str, message: str) -> StoreError:
    if "OOM" in message or "No space left" in message:
        return StoreFull(f"Redis at {place} is full: {message}")
    if "WRONGTYPE" in message or "equal or smaller than the target stream" in message:
        return StoreCorrupt(f"Redis at {place} holds something foreign: {message}")
    return StoreUnavailable(f"Redis at {place} refuses: {message}")


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
    except ValueError:
        raise InvalidStoreUrl("the store's URL has a host or port out of form") from None
    host = parts.hostname or "localhost"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}"


@cache
def _script(name: str) -> tuple[str, str]:
    source = (files("service.store") / "lua" / f"{name}.lua").read_text(encoding="utf-8")
    return source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

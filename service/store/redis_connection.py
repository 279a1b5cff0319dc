"""The way to one Redis server: commands, scripts, and what its errors and settings mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import redis
import redis.exceptions as answers
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.store.errors import (
    InvalidStoreUrl,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)
from service.store.place import place_of

_Answer = TypeVar("_Answer")

OLDEST_SERVER = (7, 0)
# A read says "away" within a second, so that recognition goes on from memory at once. A change
# waits for a slow disk as well: to give up early leaves open whether it was made.
_CONNECT_SECONDS = 0.4
_READ_SECONDS = 0.8
_CHANGE_SECONDS = 5.0

_WANTED_SETTINGS = {
    "appendonly": ("yes", "enrolments do not survive a restart of Redis"),
    "appendfsync": ("always", "the last enrolments may be lost in a power cut"),
    "no-appendfsync-on-rewrite": (
        "no",
        "enrolments acknowledged while Redis rewrites its file may be lost in a power cut",
    ),
    "maxmemory-policy": ("noeviction", "Redis may drop enrolled actions when memory runs short"),
}


class AnswerLost(Exception):
    """A change was sent and no answer came: it may have been made or not."""


class RedisConnection:
    """Thread-safe pools of connections that speak in the store's own exceptions.

    `url` is redis:// or rediss://; `place` is what of it may be shown. An answer to a read is
    waited for up to 0.8 s, one to a change up to 5 s.
    """

    def __init__(self, url: str) -> None:
        self.place = place_of(url)
        self._closed = False
        self._warnings: list[str] = []
        self._reading = self._client(url, _READ_SECONDS)
        self._changing = self._client(url, _CHANGE_SECONDS)

    def command(self, *words: Any) -> Any:
        """The answer to one command; sent again once, so only for reads."""
        return self._ask(lambda: self._reading.execute_command(*words), again=True)

    def together(self, *commands: Sequence[Any]) -> list[Any]:
        """The answers to several reads sent at once; another's write may fall between them."""

        def ask() -> list[Any]:
            with self._reading.pipeline(transaction=False) as pipe:
                for words in commands:
                    pipe.execute_command(*words)
                result: list[Any] = pipe.execute()
                return result

        return self._ask(ask, again=True)

    def script(self, name: str, keys: Sequence[str], *arguments: Any) -> tuple[str, list[Any]]:
        """What came of lua/<name>.lua and the values behind that; sent again once, as `command`."""
        return self._ask(lambda: _evaluate(self._reading, name, keys, arguments), again=True)

    def change(
        self, name: str, keys: Sequence[str], *arguments: Any, again: bool
    ) -> tuple[str, list[Any]]:
        """The same for a script that writes.

        `again`: whether it may be sent a second time when the first answer was lost or is late.
        Raises AnswerLost when it was sent and no answer came in time, so within twice 5 s.
        """
        lost = False

        def ask() -> tuple[str, list[Any]]:
            nonlocal lost
            # Connected before anything is sent: a server that is not there has done nothing.
            with self._changing.client() as connection:
                try:
                    return _evaluate(connection, name, keys, arguments)
                except _REFUSALS:
                    raise
                except (answers.ConnectionError, answers.TimeoutError, OSError) as error:
                    lost = True
                    # A late answer is as good as a lost one.
                    raise answers.ConnectionError(str(error)) from error

        try:
            return self._ask(ask, again=again)
        except StoreError as error:
            # What is said of the second sending tells nothing of the first.
            if lost:
                raise AnswerLost(str(error)) from error
            raise

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
                version = str(self._reading.info("server").get("redis_version", ""))
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
        for client in (self._reading, self._changing):
            client.close()
            client.connection_pool.disconnect()

    def _client(self, url: str, seconds: float) -> Any:
        try:
            client = redis.Redis.from_url(
                url,
                # RESP2: what 7.0 and 8 answer to the same command is then the same.
                protocol=2,
                socket_connect_timeout=_CONNECT_SECONDS,
                socket_timeout=seconds,
                socket_keepalive=True,
                retry=Retry(NoBackoff(), 0),
            )
            # Unconnected: what the URL says besides the address is looked at only here.
            pool = client.connection_pool
            pool.connection_class(**pool.connection_kwargs)
            if client.get_encoder().decode_responses:
                raise ValueError("the store's values are bytes")
            return client
        except (ValueError, TypeError, answers.RedisError):
            # The cause may quote the URL and with it the password.
            raise InvalidStoreUrl(f"the store at {self.place} has a URL out of form") from None

    def _settings_warnings(self) -> list[str]:
        try:
            found = self._reading.config_get(*_WANTED_SETTINGS)
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

    def _ask(self, ask: Callable[[], _Answer], *, again: bool) -> _Answer:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        with _told_apart(self.place):
            try:
                return ask()
            except answers.ConnectionError as error:
                # A server that was restarted leaves dead connections in the pool.
                if not again or isinstance(error, _REFUSALS):
                    raise
                return ask()


# Answers, although redis-py counts them among the lost connections.
_REFUSALS = (answers.BusyLoadingError, answers.AuthenticationError)


def _evaluate(
    client: Any, name: str, keys: Sequence[str], arguments: Sequence[Any]
) -> tuple[str, list[Any]]:
    source, digest = _script(name)
    try:
        found = client.evalsha(digest, len(keys), *keys, *arguments)
    except answers.NoScriptError:
        client.script_load(source)
        found = client.evalsha(digest, len(keys), *keys, *arguments)
    outcome, *values = found
    return outcome.decode(), values


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
    # The name of a collection may stand in the message, too.
    if "WRONGTYPE " in message or "equal or smaller than the target stream" in message:
        return StoreCorrupt(f"Redis at {place} holds something foreign: {message}")
    if "No space left" in message:
        return StoreFull(f"Redis at {place} is full: {message}")
    return StoreUnavailable(f"Redis at {place} refuses: {message}")


@cache
def _script(name: str) -> tuple[str, str]:
    source = (files("service.store") / "lua" / f"{name}.lua").read_text(encoding="utf-8")
    return source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

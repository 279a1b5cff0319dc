"""Both stores, real: a Redis server of the tests' own, and SQLite files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.store import Store, open_store
from tests.redis_server import RedisServer


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    """The session's server, emptied, its scripts forgotten."""
    with shared_redis.client() as client:
        client.flushall()
        client.script_flush()
    return shared_redis


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    """A server that the test may kill."""
    with RedisServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store can be opened, once for each kind of store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/oneshot.db"
    server: RedisServer = request.getfixturevalue("redis_server")
    return server.url


@pytest.fixture
def open_another(url: str) -> Iterator[Callable[..., Store]]:
    """Opens the same store once more, as another process would; all are closed at the end."""
    opened: list[Store] = []

    def open_it(*, log_length: int = 10_000) -> Store:
        opened.append(open_store(url, log_length=log_length))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: Callable[..., Store]) -> Store:
    return open_another()

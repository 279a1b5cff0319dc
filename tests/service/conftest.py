"""The service in processes of its own, on both stores; each test has a collection of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from service.settings import DEFAULT_MODEL
from tests.redis_server import RedisServer
from tests.service.caller import Caller, checked_client
from tests.service_process import ServiceProcess


@pytest.fixture(scope="session")
def model() -> Path:
    """The model that is shipped."""
    return DEFAULT_MODEL


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The URL of the session's store of a kind, "sqlite" or "redis"."""
    servers: list[RedisServer] = []
    folder = tmp_path_factory.mktemp("store")

    def url(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{folder}/oneshot.db"
        if not servers:
            servers.append(RedisServer())
        return servers[0].url

    yield url
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def running(
    stores: Callable[[str], str], model: Path
) -> Iterator[Callable[[str, int], ServiceProcess]]:
    """The session's service number `n` on the store of a kind, started when first asked for."""
    processes: dict[tuple[str, int], ServiceProcess] = {}
    with ExitStack() as stack:

        def service(kind: str, number: int = 0) -> ServiceProcess:
            if (kind, number) not in processes:
                process = stack.enter_context(ServiceProcess(stores(kind), model))
                processes[kind, number] = process
            return processes[kind, number]

        yield service


@pytest.fixture(scope="session")
def clients(
    running: Callable[[str, int], ServiceProcess],
) -> Iterator[Callable[[str, int], httpx.Client]]:
    """A client of the session's service number `n`, which checks every answer."""
    known: dict[tuple[str, int], httpx.Client] = {}

    def client(kind: str, number: int = 0) -> httpx.Client:
        if (kind, number) not in known:
            known[kind, number] = checked_client(running(kind, number).client())
        return known[kind, number]

    yield client
    for each in known.values():
        each.close()


@pytest.fixture(params=["sqlite", "redis"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Both stores, one after the other."""
    kind: str = request.param
    return kind


@pytest.fixture
def caller(store_kind: str, clients: Callable[[str, int], httpx.Client]) -> Caller:
    """A user with a new collection, once for each store."""
    return with_new_collection(clients(store_kind, 0))


@pytest.fixture
def visitor(clients: Callable[[str, int], httpx.Client]) -> Caller:
    """A user with a new collection, for what has nothing to do with the kind of store."""
    return with_new_collection(clients("sqlite", 0))


def with_new_collection(client: httpx.Client) -> Caller:
    """Makes a collection of a name never used before."""
    name = f"test-{uuid.uuid4().hex}"
    assert client.post("/collections", json={"name": name}).status_code == 201
    return Caller(client, name)

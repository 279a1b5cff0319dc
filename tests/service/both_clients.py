"""Both clients behind one face, so that every test runs with each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.client import ActionEntry, AsyncClient, Client


class Blocking:
    """An `AsyncClient` on an event loop of its own, called like a `Client`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(*args, **options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *args, **options: self._runner.run(method(*args, **options))

    def actions(self, **options: Any) -> Iterator[ActionEntry]:
        entries = self._client.actions(**options)
        while True:
            try:
                yield self._runner.run(_next(entries))
            except StopAsyncIteration:
                return

    def close(self) -> None:
        self._runner.run(self._client.aclose())

    def __enter__(self) -> Blocking:
        self._runner.run(self._client.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.run(self._client.__aexit__(*error))
        self._runner.close()


Connect = type[Client] | type[Blocking]

#: Runs a test with each client; it takes `connect`, which is called as they are.
each_client = pytest.mark.parametrize("connect", [Client, Blocking], ids=["sync", "async"])


async def _next(entries: Any) -> Any:
    return await anext(entries)

"""Which settings of a Redis server the store asks for, and what of the URL it tells."""

from __future__ import annotations

from contextlib import closing

import pytest

from service.store import StoreUnavailable, open_store
from tests.redis_server import RedisServer
from tests.service.store.samples import enroll


def test_settings_that_break_a_promise_are_named() -> None:
    settings = {
        "appendonly": "no",
        "appendfsync": "everysec",
        "no-appendfsync-on-rewrite": "yes",
        "maxmemory-policy": "allkeys-lru",
    }
    with RedisServer(settings) as server, closing(open_store(server.url)) as store:
        warnings = store.warnings()
        assert len(warnings) == 4
        for warning, (setting, value) in zip(warnings, settings.items(), strict=True):
            assert f"{setting} {value}" in warning
        with server.client() as client:
            client.config_set("appendonly", "yes")
        assert len(store.warnings()) == 3


def test_settings_that_may_not_be_asked_are_named_as_unchecked(own_server: RedisServer) -> None:
    with own_server.client() as client:
        client.execute_command(
            "ACL", "SETUSER", "app", "on", ">geheim", "~*", "+@all", "-config", "-info"
        )
    with closing(open_store(f"redis://app:geheim@127.0.0.1:{own_server.port}/0")) as store:
        enroll(store)
        (warning,) = store.warnings()
        assert "could not be checked" in warning
        assert "geheim" not in warning


def test_a_wrong_password_is_named_but_not_told(own_server: RedisServer) -> None:
    with own_server.client() as client:
        client.config_set("requirepass", "richtig")
    with pytest.raises(StoreUnavailable) as refused:
        open_store(f"redis://:geheim@127.0.0.1:{own_server.port}/0")
    assert "geheim" not in str(refused.value)

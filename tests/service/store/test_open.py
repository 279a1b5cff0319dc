"""Which URLs name a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.store import InvalidStoreUrl, Store, StoreUnavailable, open_store
from tests.service.store.samples import enroll


def test_a_relative_path_begins_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///var/my%20actions.db").close()
    assert (tmp_path / "var" / "my actions.db").is_file()


def test_an_absolute_path_has_four_slashes(tmp_path: Path) -> None:
    store: Store = open_store(f"sqlite:///{tmp_path}/a/b/oneshot.db")
    enroll(store)
    store.close()
    assert (tmp_path / "a" / "b" / "oneshot.db").is_file()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "oneshot.db",
        "sqlite://oneshot.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///folder/",
        "postgres://me:geheim@host/db",
        "redis:/host",
        "redis://me:geheim@host:99999/0",
        "redis://me:geheim@host:port/0",
        "me:geheim@host",
        "redis://me:geheim@host/0?ssl_cert_reqz=none",
        "redis://me:geheim@host/0?decode_responses=true",
    ],
)
def test_a_url_that_names_no_store_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(InvalidStoreUrl) as refused:
        open_store(url)
    assert "geheim" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("path", ["/tmp/x.db", "./x", "oneshot.db", "data/oneshot.sqlite3"])
def test_a_path_alone_is_told_how_to_write_it(path: str) -> None:
    with pytest.raises(InvalidStoreUrl, match=r"^ONESHOT_STORE, or --store: ") as refused:
        open_store(path)
    assert f"{path} is no store; write sqlite:///{path} for the file" in str(refused.value)


@pytest.mark.parametrize("url", ["redis://me:geheim@127.0.0.1:1/0", "rediss://:geheim@127.0.0.1:1"])
def test_a_store_that_is_not_there_is_named_without_its_password(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1") as refused:
        open_store(url)
    assert "geheim" not in str(refused.value)

"""`oneshot migrate`: planned, applied, broken off and gone on with, rolled back, tidied up."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from service.settings import DEFAULT_MODEL
from service.store import Store, open_store
from tests.redis_server import RedisServer
from tests.service.command_line.terminal import Done, oneshot
from tests.service.migrations import enroll_blind, fill, kept, space, start_applying, until
from tests.service.models import mirrored_model
from tests.service_process import service_environment
from tests.warm_process import ROOT

MANY = 300


@pytest.fixture(scope="module")
def new_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mirrored_model(DEFAULT_MODEL, tmp_path_factory.mktemp("model") / "new.onnx")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def url(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty store of each kind, of the test's own."""
    if store_kind == "sqlite":
        return f"sqlite:///{tmp_path}/var/oneshot.db"
    server: RedisServer = request.getfixturevalue("server")
    return server.url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with contextlib.closing(open_store(url)) as store:
        yield store


def written(url: str) -> Any:
    """Everything the store has written down; of a server also how often anything was."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return list(connection.iterdump())
    with contextlib.closing(redis.Redis.from_url(url, protocol=2)) as client:
        reads: dict[bytes, Callable[[Any], Any]] = {
            b"string": client.get,
            b"hash": client.hgetall,
            b"stream": client.xrange,
            b"zset": lambda key: client.zrange(key, 0, -1),
        }
        keys: Any = client.keys("*")
        writes: Any = client.info("persistence")
        contents = {key: reads[client.type(key)](key) for key in keys}  # type: ignore[index]
        return contents, writes["rdb_changes_since_last_save"]


def migrate(command: str, *options: str | Path, url: str, model: Path | None = None) -> Done:
    settings = {"model": str(model)} if model else {}
    return oneshot("migrate", command, *options, store=url, provider="cpu", **settings)


def test_a_plan_tells_what_and_how_long_and_writes_nothing(
    url: str, store: Store, new_model: Path
) -> None:
    store.create_collection("gym")
    store.create_collection("quiet")
    first = fill(store, "gym", 20)[0]
    blind = enroll_blind(store, "gym")
    fill(store, "default", 2)
    target = "mirrored-" + space()
    store.keep("gym", target, {first: store.load("gym", [first])[0].arrays})
    before = written(url)

    done = migrate("plan", "--json", url=url, model=new_model)
    assert done.status == 0, done.err
    plans = {line["collection"]: line for line in done.lines}
    assert list(plans) == ["default", "gym", "quiet"]
    gym = plans["gym"]
    assert (gym["state"], gym["space"], gym["target"]) == ("begun", space(), target)
    assert (gym["actions"], gym["exemplars"], gym["embedded"]) == (5, 21, 1)
    (unusable,) = gym["unusable"]
    assert (unusable["exemplar_id"], unusable["action"]) == (blind, "nothing")
    assert unusable["reason"]
    assert 0 < gym["seconds"] < 60
    (bound, begun) = store.spaces("gym")
    assert gym["bytes"] == 20 * begun.bytes == 20 * bound.bytes // 21
    assert [(each["space"], each["exemplars"]) for each in gym["kept"]] == [(target, 1)]
    assert plans["default"]["state"] == "waiting"
    assert plans["quiet"]["state"] == "empty"

    table = migrate("plan", "-c", "gym", "-c", "quiet", url=url, model=new_model)
    assert table.status == 0
    assert [row.split()[0] for row in table.out.splitlines()] == ["collection", "gym", "quiet"]
    assert blind in table.err
    assert written(url) == before


def test_a_plan_of_an_empty_redis_leaves_it_empty() -> None:
    with RedisServer() as server:
        assert migrate("plan", "--json", url=server.url).lines == []
        assert written(server.url) == ({}, 0)


def test_apply_embeds_and_switches_and_can_be_repeated(
    url: str, store: Store, new_model: Path
) -> None:
    store.create_collection("gym")
    fill(store, "gym", 9)
    fill(store, "default", 3)
    version = store.version("gym")
    done = migrate("apply", "--json", url=url, model=new_model)
    assert done.status == 0, done.err
    target = "mirrored-" + space()
    assert [(line["collection"], line["outcome"], line["embedded"]) for line in done.lines] == [
        ("default", "switched", 3),
        ("gym", "switched", 9),
    ]
    assert done.lines[1]["revision"] == store.version("gym").revision == version.revision + 1
    id = store.lacking("gym", "none")[0].id
    old, new = (store.load("gym", [id], space=each)[0].arrays for each in (space(), target))
    assert abs(old["embedding"] + new["embedding"]).max() < 1e-5
    assert store.snapshot("gym").space == target

    again = migrate("apply", url=url, model=new_model)
    assert again.status == 0
    assert again.out.count("current") == 2
    assert store.version("gym").revision == version.revision + 1


def test_only_the_named_collections_are_touched(url: str, store: Store, new_model: Path) -> None:
    store.create_collection("gym")
    fill(store, "gym", 1)
    fill(store, "default", 1)
    assert oneshot(
        "migrate", "apply", "-c", "gym", "--store", url, "--model", new_model, provider="cpu"
    ).status == 0  # fmt: skip
    assert store.collection("default").space == space()
    assert store.collection("gym").space != space()


@pytest.mark.parametrize("command", ["plan", "apply", "rollback", "forget"])
def test_an_empty_store_is_not_the_usual_one(url: str, store: Store, command: str) -> None:
    fill(store, "default", 1)
    yes = ("--yes",) if command == "forget" else ()
    done = oneshot("migrate", command, *yes, "--store", "", store=url, provider="cpu")
    assert done.status == 2
    assert "is no store" in done.err
    assert store.collection("default").space == space()


def test_apply_goes_on_after_kill_9_and_embeds_nothing_twice(
    url: str, store: Store, new_model: Path
) -> None:
    fill(store, "default", MANY)
    version, target = store.version("default"), "mirrored-" + space()
    embedded = 0
    for _ in range(2):
        process = start_applying(url, new_model)
        until(lambda least=embedded: kept(store, "default").get(target, 0) > least, process)
        process.send_signal(signal.SIGKILL)
        assert process.completed().returncode == -signal.SIGKILL
        # Nothing has changed for those who recognise.
        assert store.version("default") == version
        assert store.snapshot("default").space == space()
        assert embedded < kept(store, "default")[target] < MANY
        embedded = kept(store, "default")[target]
    (plan,) = migrate("plan", "--json", url=url, model=new_model).lines
    assert (plan["state"], plan["embedded"]) == ("begun", embedded)

    done = migrate("apply", "--json", url=url, model=new_model)
    assert done.status == 0, done.err
    (line,) = done.lines
    assert (line["outcome"], line["embedded"]) == ("switched", MANY - embedded)
    assert kept(store, "default") == {target: MANY, space(): MANY}
    assert store.version("default").revision == version.revision + 1


def test_an_interrupt_says_how_to_go_on(url: str, store: Store, new_model: Path) -> None:
    fill(store, "default", MANY)
    target = "mirrored-" + space()
    process = start_applying(url, new_model)
    until(lambda: kept(store, "default").get(target, 0) > 0, process)
    process.send_signal(signal.SIGINT)
    done = process.completed(60)
    assert done.returncode == 130
    assert "the same command goes on" in done.stderr
    assert done.stderr.count("\n") == 1
    assert store.collection("default").space == space()


def test_a_redis_that_goes_away_ends_apply_and_the_same_command_goes_on(
    server: RedisServer, new_model: Path
) -> None:
    with contextlib.closing(open_store(server.url)) as store:
        fill(store, "default", MANY)
        target = "mirrored-" + space()
        process = start_applying(server.url, new_model)
        until(lambda: kept(store, "default").get(target, 0) > 0, process)
        server.kill9()
        done = process.completed(60)
        assert done.returncode == 3
        assert "the same command goes on" in done.stderr
        server.start()
        embedded = kept(store, "default")[target]
        assert 0 < embedded < MANY
        (line,) = migrate("apply", "--json", url=server.url, model=new_model).lines
        assert (line["outcome"], line["embedded"]) == ("switched", MANY - embedded)


def test_what_cannot_be_embedded_keeps_its_collection_unless_it_may_be_deleted(
    url: str, store: Store, new_model: Path
) -> None:
    store.create_collection("gym")
    fill(store, "gym", 2)
    blind = enroll_blind(store, "gym")
    fill(store, "default", 1)
    done = migrate("apply", "--json", url=url, model=new_model)
    assert done.status == 1
    outcomes = {line["collection"]: line["outcome"] for line in done.lines}
    assert outcomes == {"default": "switched", "gym": "left"}
    assert blind in done.err
    assert "--drop-unusable" in done.err
    assert store.collection("gym").space == space()
    assert store.collection("gym").exemplars == 3

    done = migrate("apply", "--drop-unusable", "--json", url=url, model=new_model)
    assert done.status == 0
    (line,) = (line for line in done.lines if line["collection"] == "gym")
    assert (line["outcome"], line["embedded"], line["exemplars"]) == ("switched", 0, 2)
    assert [one["exemplar_id"] for one in line["dropped"]] == [blind]
    assert blind in done.err
    assert store.log("gym")[-1].ids == (blind,)
    assert [info.action for info in store.actions("gym").actions] == ["kick", "wave"]


def test_a_collection_of_which_nothing_can_be_embedded_is_not_advised_to_be_emptied(
    url: str, store: Store, new_model: Path
) -> None:
    enroll_blind(store, "default")
    for options in ((), ("--drop-unusable",)):
        done = migrate("apply", *options, url=url, model=new_model)
        assert done.status == 1
        assert "another model" in done.err
        assert "--drop-unusable" not in done.err
    assert store.collection("default").exemplars == 1


def test_what_was_emptied_and_filled_since_its_migration_was_not_migrated(
    url: str, store: Store, new_model: Path
) -> None:
    fill(store, "default", 2)
    assert migrate("apply", url=url, model=new_model).status == 0
    for action in store.actions("default").actions:
        store.delete_action("default", action.action)
    fill(store, "default", 2)
    (line,) = migrate("rollback", "--json", url=url).lines
    assert (line["outcome"], line["space"]) == ("unmigrated", space())


def test_rollback_switches_back_once(url: str, store: Store, new_model: Path) -> None:
    fill(store, "default", 3)
    before = store.snapshot("default")
    assert migrate("apply", url=url, model=new_model).status == 0
    done = migrate("rollback", "--json", url=url)
    assert done.status == 0, done.err
    assert [(line["outcome"], line["space"]) for line in done.lines] == [("switched", space())]
    after = store.snapshot("default")
    assert after.space == before.space
    for one, other in zip(after.exemplars, before.exemplars, strict=True):
        assert one.id == other.id
        assert (one.arrays["embedding"] == other.arrays["embedding"]).all()
    again = migrate("rollback", "--json", url=url)
    assert [(line["outcome"], line["space"]) for line in again.lines] == [("unmigrated", space())]
    # And there again, for nothing.
    (line,) = migrate("apply", "--json", url=url, model=new_model).lines
    assert (line["outcome"], line["embedded"]) == ("switched", 0)


def test_an_unfinished_apply_is_not_what_a_rollback_goes_to(
    url: str, store: Store, new_model: Path
) -> None:
    ids = fill(store, "default", 2)
    arrays = {one.id: one.arrays for one in store.load("default", ids)}
    store.keep("default", "mirrored-" + space(), arrays)
    (line,) = migrate("rollback", "--json", url=url).lines
    assert (line["outcome"], line["space"]) == ("unmigrated", space())


def test_rollback_is_refused_for_who_was_enrolled_since_but_not_with_the_old_model(
    url: str, store: Store, new_model: Path
) -> None:
    fill(store, "default", 2)
    assert migrate("apply", url=url, model=new_model).status == 0
    wave = ROOT / "examples" / "enroll" / "wave.json"
    enrolled = oneshot(
        "enroll", wave, "-a", "since", "--local", "--json", store=url, model=str(new_model)
    ).lines[0]  # fmt: skip
    version = store.version("default")
    refused = migrate("rollback", "--json", url=url)
    assert refused.status == 2
    assert f"since/{enrolled['exemplar_id']}" in refused.err
    assert "--model" in refused.err
    (line,) = refused.lines
    assert line["lacking"] == [{"id": enrolled["exemplar_id"], "action": "since"}]
    assert store.version("default") == version

    done = migrate("rollback", "--json", "--model", DEFAULT_MODEL, url=url)
    assert done.status == 0, done.err
    assert [(line["outcome"], line["embedded"]) for line in done.lines] == [("switched", 1)]
    assert store.log("default")[-1].kind == "collection_rolled_back"
    found = oneshot("recognize", wave, "--local", "--json", store=url).lines[0]
    assert found["similarity"] > 0.99


def test_a_log_that_does_not_reach_back_asks_for_the_space(url: str, new_model: Path) -> None:
    with contextlib.closing(open_store(url, log_length=2)) as store:
        fill(store, "default", 4)
        assert migrate("apply", url=url, model=new_model).status == 0
        for action in ("wave", "kick"):
            store.delete_action("default", action)
        refused = migrate("rollback", url=url)
        assert refused.status == 2
        assert "--space" in refused.err
        assert space() in refused.err
        done = migrate("rollback", "--space", space(), "--json", url=url)
        assert done.status == 0, done.err
        assert (done.lines[0]["outcome"], done.lines[0]["space"]) == ("switched", space())


def test_what_is_kept_is_dropped_only_when_agreed(url: str, store: Store, new_model: Path) -> None:
    fill(store, "default", 2)
    assert migrate("apply", url=url, model=new_model).status == 0
    in_use = store.collection("default").space
    assert in_use is not None
    refused = migrate("forget", url=url)
    assert refused.status == 2
    assert "--yes" in refused.err
    assert migrate("forget", "--yes", "--space", in_use, url=url).status == 2
    assert len(kept(store, "default")) == 2
    done = migrate("forget", "--yes", "--json", url=url)
    assert done.status == 0
    assert [(line["collection"], line["space"]) for line in done.lines] == [("default", space())]
    assert list(kept(store, "default")) == [in_use]
    assert migrate("forget", "--yes", url=url).status == 0

    back = migrate("rollback", url=url)
    assert back.status == 2
    assert "are not kept" in back.err
    assert "--model" in back.err
    assert migrate("rollback", "--model", DEFAULT_MODEL, url=url).status == 0
    assert store.collection("default").space == space()


@pytest.mark.parametrize(("answer", "left"), [("n", 2), ("y", 1)])
def test_on_a_terminal_the_dropping_is_asked_for(
    tmp_path: Path, new_model: Path, answer: str, left: int
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with contextlib.closing(open_store(url)) as store:
        fill(store, "default", 1)
        assert migrate("apply", url=url, model=new_model).status == 0
        person, terminal = pty.openpty()
        os.write(person, f"{answer}\n".encode())
        subprocess.run(
            [sys.executable, "-m", "service", "migrate", "forget"],
            cwd=ROOT, env=service_environment(store=url), stdin=terminal, capture_output=True,
            timeout=60, check=False,
        )  # fmt: skip
        os.close(person)
        os.close(terminal)
        assert len(kept(store, "default")) == left


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_collection_that_is_not_there_is_named(command: str, url: str, store: Store) -> None:
    before = written(url)
    done = migrate(command, "-c", "nowhere", url=url)
    assert done.status == 2
    assert done.err == "error: there is no collection 'nowhere'\n"
    assert written(url) == before


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_store_that_is_not_there_is_not_made(command: str, tmp_path: Path) -> None:
    done = migrate(command, url=f"sqlite:///{tmp_path}/var/none.db")
    assert done.status == 3
    assert "there is no store" in done.err
    assert list(tmp_path.iterdir()) == []
    away = migrate(command, url="redis://127.0.0.1:9/0")
    assert away.status == 3
    assert away.err.startswith("error: ")
    assert away.err.count("\n") == 1
    assert migrate(command, url="mongodb://x").status == 2


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_newer_store_is_refused(command: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    open_store(url).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "store.db")) as other:
        other.execute("PRAGMA user_version=2")
    done = migrate(command, url=url)
    assert done.status == 3
    assert "upgrade the service" in done.err


@pytest.mark.parametrize("command", ["plan", "rollback"])
def test_a_file_that_is_no_model_is_refused(command: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    open_store(url).close()
    for path in (tmp_path / "none.onnx", ROOT / "README.md"):
        done = migrate(command, "--model", path, url=url)
        assert done.status == 2
        assert path.name in done.err
        assert "Traceback" not in done.err

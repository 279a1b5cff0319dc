"""The command `bench`: its arguments, and what it sets up and takes down."""

import argparse
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import orjson

from service.bench.bodies import (
    FRAMES,
    LAYOUT,
    clip_to_recognize,
    gallery,
    json_body,
    npy_body,
    prepared,
)
from service.bench.load import LoadClient, LoadFailed, NoLoadClient
from service.bench.machine import machine
from service.bench.processor_time import NoProcessorTime
from service.bench.report import Report, report, table
from service.bench.rounds import Workload, measure_rounds
from service.bench.served import Server, ServerFailed
from service.encoder import Encoder, ProviderUnavailable
from service.model_file import BadModel
from service.settings import BadSettings, Settings, load_settings
from service.store import DEFAULT_COLLECTION, StoreError, UnknownCollection, open_store, place_of

_FAILURES = (
    NoLoadClient,
    NoProcessorTime,
    BadSettings,
    BadModel,
    ProviderUnavailable,
    StoreError,
    ServerFailed,
    LoadFailed,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Model, provider and workers come from the environment (ONESHOT_MODEL, …) as for `serve`."""
    parser.add_argument(
        "--rounds", type=_within(1, 50), default=5, help="measure everything so often; 5 unless set"
    )
    parser.add_argument(
        "--seconds", type=_within(1, 60), default=2, help="length of each load; 2 unless set"
    )
    parser.add_argument(
        "--actions", type=_within(1, 1000), default=20, help="enrolled actions; 20 unless set"
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        help="a store such as redis://…; its collection is removed afterwards; a temporary SQLite "
        "file unless given",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. What cannot be measured ends with one line and status 2."""
    # `kill` must end the server as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        found = _measured(arguments, load_settings())
        print(table(found))
        if arguments.json:
            arguments.json.write_bytes(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except _FAILURES as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _measured(arguments: argparse.Namespace, settings: Settings) -> Report:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oneshot-bench-")))
        client = LoadClient(folder)
        facts = machine()
        store = arguments.store or f"sqlite:///{folder / 'bench.db'}"
        encoder = Encoder(settings.model, provider=settings.provider)
        collection = DEFAULT_COLLECTION
        if arguments.store:
            collection = stack.enter_context(_collection_of_its_own(store))
        joints = clip_to_recognize()
        work = Workload(
            prepared=prepared(joints, encoder.info.layout, encoder.info.frames),
            bodies=(npy_body(joints), json_body(joints)),
            collection=collection,
            workers=settings.workers or os.cpu_count() or 1,
            seconds=arguments.seconds,
        )

        def start() -> Server:
            return Server(store, folder / "server.log")

        _tell(f"enrolling {arguments.actions} actions")
        with start() as server:
            model = server.ask("GET", "/model")
            for action, body in gallery(arguments.actions):
                server.ask(
                    "POST", body.target("/enroll", collection=collection, action=action), body
                )
        rounds = measure_rounds(work, encoder, client, start, arguments.rounds, _tell)
        subject = {
            "model": f"{settings.model.name}, space {model['space']}",
            "provider": model["provider"],
            "store": "temporary SQLite" if not arguments.store else place_of(store),
            "clip": f"{FRAMES} frames of {LAYOUT}",
            "actions": str(arguments.actions),
            "workers": str(work.workers),
            "client": client.name,
            "rounds": f"{arguments.rounds}, {arguments.seconds} s a load",
        }
        return report(facts, subject, rounds)


@contextmanager
def _collection_of_its_own(url: str) -> Iterator[str]:
    """A collection in the operator's store, gone afterwards."""
    name = f"bench-{uuid.uuid4().hex[:12]}"
    store = open_store(url)
    try:
        store.create_collection(name)
        yield name
    finally:
        with suppress(UnknownCollection):
            store.delete_collection(name)
        store.close()


def _within(least: int, most: int) -> Callable[[str], int]:
    def integer(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be {least} to {most}, not {value}")
        return value

    return integer


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

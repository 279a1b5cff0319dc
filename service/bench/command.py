"""The benchmark as a whole: what it measures, and what it sets up and takes down."""

import signal
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
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
from service.workers import usable_cores

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


@dataclass(frozen=True)
class Measurement:
    """What to measure: `rounds` of everything, `seconds` a load, so many enrolled `actions`, in
    which store (None: a temporary SQLite file), and a file for every figure."""

    rounds: int = 5
    seconds: int = 2
    actions: int = 20
    store: str | None = None
    json: Path | None = None


def run(wanted: Measurement) -> int:
    """Measure and print. What cannot be measured ends with one line and status 2."""
    # `kill` must end the server as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        found = _measured(wanted, load_settings())
        print(table(found))
        if wanted.json:
            wanted.json.write_bytes(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2))
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


def _measured(wanted: Measurement, settings: Settings) -> Report:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oneshot-bench-")))
        client = LoadClient(folder)
        facts = machine()
        store = wanted.store or f"sqlite:///{folder / 'bench.db'}"
        encoder = Encoder(settings.model, provider=settings.provider)
        collection = DEFAULT_COLLECTION
        if wanted.store:
            collection = stack.enter_context(_collection_of_its_own(store))
        joints = clip_to_recognize()
        work = Workload(
            prepared=prepared(joints, encoder.info.layout, encoder.info.frames),
            bodies=(npy_body(joints), json_body(joints)),
            collection=collection,
            workers=settings.workers or usable_cores(),
            seconds=wanted.seconds,
        )

        def start() -> Server:
            return Server(store, folder / "server.log")

        _tell(f"enrolling {wanted.actions} actions")
        with start() as server:
            model = server.ask("GET", "/model")
            for action, body in gallery(wanted.actions):
                server.ask(
                    "POST", body.target("/enroll", collection=collection, action=action), body
                )
        rounds = measure_rounds(work, encoder, client, start, wanted.rounds, _tell)
        subject = {
            "model": f"{settings.model.name}, space {model['space']}",
            "provider": model["provider"],
            "store": "temporary SQLite" if not wanted.store else place_of(store),
            "clip": f"{FRAMES} frames of {LAYOUT}",
            "actions": str(wanted.actions),
            "workers": str(work.workers),
            "client": client.name,
            "rounds": f"{wanted.rounds}, {wanted.seconds} s a load",
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


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

"""Rounds: everything is measured once in each, so that a drift of the machine cancels."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from service.bench.bare_session import (
    SessionFigures,
    measure_paced_session,
    measure_session,
)
from service.bench.bodies import Body
from service.bench.load import LoadClient, LoadFigures
from service.bench.served import Server, ask
from service.encoder import Encoder
from skeleton import Prepared

CLIENTS = (1, 8)
_FOLLOWING = 30  # recognitions after the first


@dataclass(frozen=True)
class Workload:
    """What every round measures: the clip as the model takes it, and its bodies by kind.

    `workers` is the number of the server's threads.
    """

    prepared: Prepared
    bodies: tuple[Body, ...]
    collection: str
    workers: int
    seconds: int


@dataclass(frozen=True)
class Start:
    """A fresh start: seconds until ready, milliseconds of the first `/recognize` and of the
    median of those that followed."""

    ready_seconds: float
    first_ms: float
    following_ms: float


@dataclass(frozen=True)
class ServedLoad:
    """One load on the server, and the server's processor milliseconds a request."""

    kind: str
    clients: int
    figures: LoadFigures
    cpu_ms: float


@dataclass(frozen=True)
class Round:
    """One round's figures.

    `session` is in one thread, `sessions` in as many as the server's; `paced_cpu_ms` is the
    session's processor time a clip at the pace of the first load.
    """

    start: Start
    session: SessionFigures
    sessions: SessionFigures
    paced_cpu_ms: float
    loads: tuple[ServedLoad, ...]


def measure_rounds(
    workload: Workload,
    encoder: Encoder,
    client: LoadClient,
    start: Callable[[], Server],
    rounds: int,
    tell: Callable[[str], None],
) -> list[Round]:
    """Measure so many rounds, each with a server of its own that `start` makes."""
    found = []
    for number in range(1, rounds + 1):
        tell(f"round {number} of {rounds}")
        with start() as server:
            found.append(_round(workload, encoder, client, server))
    return found


def _round(workload: Workload, encoder: Encoder, client: LoadClient, server: Server) -> Round:
    started = _start(workload, server)
    sessions: list[SessionFigures] = []
    loads: list[ServedLoad] = []
    paced_cpu_ms = 0.0
    for clients, threads in zip(CLIENTS, (1, workload.workers), strict=True):
        # The bare session stands between the loads that it is compared with.
        first, *others = workload.bodies
        loads.append(_load(workload, client, server, first, clients))
        sessions.append(
            measure_session(encoder, workload.prepared, threads=threads, seconds=workload.seconds)
        )
        if clients == 1:
            pace = loads[0].figures.per_second
            paced_cpu_ms = measure_paced_session(
                encoder, workload.prepared, per_second=pace, seconds=workload.seconds
            )
        loads += [_load(workload, client, server, body, clients) for body in others]
    return Round(started, sessions[0], sessions[1], paced_cpu_ms, tuple(loads))


def _start(workload: Workload, server: Server) -> Start:
    connection = server.connect()
    try:
        ask(connection, "GET", "/healthz")
        taken = []
        for _ in range(1 + _FOLLOWING):
            body = workload.bodies[0]
            begun = time.perf_counter()
            ask(connection, "POST", _target(workload, body), body)
            taken.append(1e3 * (time.perf_counter() - begun))
        for body in workload.bodies[1:]:
            ask(connection, "POST", _target(workload, body), body)
    finally:
        connection.close()
    return Start(server.ready_seconds, taken[0], median(taken[1:]))


def _load(
    workload: Workload, client: LoadClient, server: Server, body: Body, clients: int
) -> ServedLoad:
    before = server.processor_seconds()
    url = server.url + _target(workload, body)
    figures = client.send(body, url, clients=clients, seconds=workload.seconds)
    used = server.processor_seconds() - before
    return ServedLoad(body.kind, clients, figures, 1e3 * used / figures.requests)


def _target(workload: Workload, body: Body) -> str:
    return body.target("/recognize", collection=workload.collection)

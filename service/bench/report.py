"""The report of a benchmark: a record for machines, a table for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.bench.rounds import CLIENTS, Round, ServedLoad
from service.bench.spread import Spread, spread

#: Server processor milliseconds a request beyond the session's, for 64 frames of 25 joints.
BEYOND_SESSION_BARS = {"npy": 0.6, "json": 1.8}
READY_BAR = 10.0  # seconds
FIRST_BAR = 2.0  # times the median


@dataclass(frozen=True)
class SessionReport:
    """The bare session. `ms` and `cpu_ms` a clip, in one thread; half and 99 % of the clips, and
    clips/s, in one and in all.

    `paced_cpu_ms` is its processor time a clip at the pace of one client.
    """

    ms: Spread
    cpu_ms: Spread
    paced_cpu_ms: Spread
    p50_ms: Spread
    p99_ms: Spread
    per_second: Spread
    threads: int
    p50_ms_all_threads: Spread
    p99_ms_all_threads: Spread
    per_second_all_threads: Spread


@dataclass(frozen=True)
class LoadReport:
    """One load on the server. `to_session` is its answers a second over the bare session's clips
    a second with as many threads as can be busy, within the round."""

    body: str
    clients: int
    p50_ms: Spread
    p99_ms: Spread
    per_second: Spread
    to_session: Spread
    cpu_ms: Spread


@dataclass(frozen=True)
class StartReport:
    """A fresh start. `first_to_following` is the first `/recognize` over the median of the next."""

    ready_seconds: Spread
    first_ms: Spread
    following_ms: Spread
    first_to_following: Spread


@dataclass(frozen=True)
class Report:
    """What a benchmark found.

    `cpu_ms_beyond_session` is the server's processor time a request at one client without the
    session's own at the same pace, by kind of body; `cpu_ms_beyond_tight_session` without that of
    a session that encodes back to back, its caches warm; `beyond_to_session` is the first as a
    share of the session's, within the round, which a slow machine changes less.
    """

    machine: dict[str, str]
    subject: dict[str, str]
    session: SessionReport
    cpu_ms_beyond_session: dict[str, Spread]
    cpu_ms_beyond_tight_session: dict[str, Spread]
    beyond_to_session: dict[str, Spread]
    loads: tuple[LoadReport, ...]
    start: StartReport


def report(machine: dict[str, str], subject: dict[str, str], rounds: Sequence[Round]) -> Report:
    """Sum up the rounds, at least one."""

    def over(figure: Callable[[Round], float]) -> Spread:
        return spread(figure(r) for r in rounds)

    session = SessionReport(
        ms=over(lambda r: r.session.ms),
        cpu_ms=over(lambda r: r.session.cpu_ms),
        paced_cpu_ms=over(lambda r: r.paced_cpu_ms),
        p50_ms=over(lambda r: r.session.p50_ms),
        p99_ms=over(lambda r: r.session.p99_ms),
        per_second=over(lambda r: r.session.per_second),
        threads=rounds[0].sessions.threads,
        p50_ms_all_threads=over(lambda r: r.sessions.p50_ms),
        p99_ms_all_threads=over(lambda r: r.sessions.p99_ms),
        per_second_all_threads=over(lambda r: r.sessions.per_second),
    )
    kinds = list(dict.fromkeys(load.kind for load in rounds[0].loads))

    def beyond(session_cpu_ms: Callable[[Round], float]) -> dict[str, Spread]:
        return {
            kind: spread(_load(r, kind, CLIENTS[0]).cpu_ms - session_cpu_ms(r) for r in rounds)
            for kind in kinds
        }

    to_session = {
        kind: spread(_load(r, kind, CLIENTS[0]).cpu_ms / r.paced_cpu_ms - 1 for r in rounds)
        for kind in kinds
    }
    loads = tuple(_load_report(rounds, kind, clients) for clients in CLIENTS for kind in kinds)
    start = StartReport(
        ready_seconds=over(lambda r: r.start.ready_seconds),
        first_ms=over(lambda r: r.start.first_ms),
        following_ms=over(lambda r: r.start.following_ms),
        first_to_following=over(lambda r: r.start.first_ms / r.start.following_ms),
    )
    return Report(
        machine,
        subject,
        session,
        beyond(lambda r: r.paced_cpu_ms),
        beyond(lambda r: r.session.cpu_ms),
        to_session,
        loads,
        start,
    )


def table(found: Report) -> str:
    """Write the report as lines to read: medians, and [least, greatest] over the rounds."""
    session, start = found.session, found.start
    lines = [
        *(f"{name:<16} {value}" for name, value in (found.machine | found.subject).items()),
        "",
        "Bare session" + " " * 28 + "median [least, greatest] over the rounds",
        _line("ms a clip", session.ms),
        _line("processor ms, back to back", session.cpu_ms),
        _line("processor ms, client's pace", session.paced_cpu_ms),
        "",
        f"  {'threads':<13}  {'p50 ms':>21}  {'p99 ms':>21}  {'clips/s':>21}",
        _session_line(1, session.p50_ms, session.p99_ms, session.per_second),
        _session_line(
            session.threads,
            session.p50_ms_all_threads,
            session.p99_ms_all_threads,
            session.per_second_all_threads,
        ),
        "",
        "Server: processor ms a request beyond the session's, 1 client",
        *(
            _line(kind, figure, bar=BEYOND_SESSION_BARS.get(kind))
            for kind, figure in found.cpu_ms_beyond_session.items()
        ),
        *(
            _line(f"{kind}, session back to back", figure)
            for kind, figure in found.cpu_ms_beyond_tight_session.items()
        ),
        *(
            _line(f"{kind}, as a share of the session's", figure)
            for kind, figure in found.beyond_to_session.items()
        ),
        "",
        "Server under load",
        f"  {'body':<6}{'clients':>7}  {'p50 ms':>21}  {'p99 ms':>21}  {'requests/s':>21}"
        f"  {'over bare session':>19}",
        *(_load_line(load) for load in found.loads),
        "",
        "Fresh start",
        _line("seconds to /readyz 200", start.ready_seconds, bar=READY_BAR),
        _line("first /recognize, ms", start.first_ms),
        _line("median of the following, ms", start.following_ms),
        _line("first over median", start.first_to_following, bar=FIRST_BAR),
    ]
    return "\n".join(lines)


def _load(round_: Round, kind: str, clients: int) -> ServedLoad:
    return next(x for x in round_.loads if (x.kind, x.clients) == (kind, clients))


def _load_report(rounds: Sequence[Round], kind: str, clients: int) -> LoadReport:
    loads = [_load(r, kind, clients) for r in rounds]
    sessions = [r.session if clients == 1 else r.sessions for r in rounds]
    return LoadReport(
        kind,
        clients,
        p50_ms=spread(load.figures.p50_ms for load in loads),
        p99_ms=spread(load.figures.p99_ms for load in loads),
        per_second=spread(load.figures.per_second for load in loads),
        to_session=spread(
            load.figures.per_second / session.per_second
            for load, session in zip(loads, sessions, strict=True)
        ),
        cpu_ms=spread(load.cpu_ms for load in loads),
    )


def _line(name: str, figure: Spread, digits: int = 2, bar: float | None = None) -> str:
    wanted = "" if bar is None else f"   bar ≤ {bar:g}"
    return f"  {name:<30} {_text(figure, digits):>29}{wanted}"


def _session_line(threads: int, p50_ms: Spread, p99_ms: Spread, per_second: Spread) -> str:
    figures = (_text(p50_ms), _text(p99_ms), _text(per_second, 0))
    return f"  {threads:<13}  " + "  ".join(f"{figure:>21}" for figure in figures)


def _load_line(load: LoadReport) -> str:
    return (
        f"  {load.body:<6}{load.clients:>7}  {_text(load.p50_ms):>21}  {_text(load.p99_ms):>21}  "
        f"{_text(load.per_second, 0):>21}  {_text(load.to_session):>19}"
    )


def _text(figure: Spread, digits: int = 2) -> str:
    middle, least, greatest = (
        f"{value:.{digits}f}" for value in (figure.median, figure.least, figure.greatest)
    )
    return f"{middle} [{least}, {greatest}]"

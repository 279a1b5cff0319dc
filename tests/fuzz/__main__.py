"""`python -m tests.fuzz`: every file format under damaged bodies, in process or over HTTP."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.fuzz.cases import Case, Cases
from tests.fuzz.in_process import read_case
from tests.fuzz.over_http import Sender
from tests.fuzz.report import Report, memory

_LOCAL = ("127.0.0.1", "localhost", "::1")
_WARM_UP = 0.1  # share of the cases after which the memory is first looked at

Run = Callable[[Case], str]


def fuzz(
    run: Run,
    numbers: Sequence[int],
    seed: int,
    report: Report,
    *,
    clock: Callable[[], float] = time.thread_time,
    clients: int = 1,
) -> None:
    """Run the cases of these numbers and report what comes of them."""
    cases = Cases(seed)

    def one(number: int) -> None:
        case = cases[number]
        begin = clock()
        try:
            outcome = run(case)
        except Exception as error:
            report.fail(case, error)
        else:
            report.add(case, outcome, clock() - begin)

    if clients == 1:
        for number in numbers:
            one(number)
        return
    with ThreadPoolExecutor(clients) as pool:
        for _ in pool.map(one, numbers):
            pass


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    report = Report(asked.longest)
    numbers = range(asked.cases) if asked.only is None else range(asked.only, asked.only + 1)
    warm_up = max(1, int(len(numbers) * _WARM_UP))
    with ExitStack() as stack:
        if asked.url is None:
            run, clock, clients = read_case, time.thread_time, 1
        else:
            run = stack.enter_context(Sender(asked.url)).send
            clock, clients = time.perf_counter, asked.clients
        begin = time.perf_counter()
        fuzz(run, numbers[:warm_up], asked.seed, report, clock=clock, clients=clients)
        before = memory(asked.pid)
        fuzz(run, numbers[warm_up:], asked.seed, report, clock=clock, clients=clients)
        growth = memory(asked.pid) - before
        taken = time.perf_counter() - begin
    if growth > asked.growth:
        report.failures.append(f"the memory grew by {growth:.0f} MiB, more than {asked.growth:g}")
    print(report.table())
    print(
        f"\n{len(numbers)} cases of seed {asked.seed} in {taken:.0f} s; after the first {warm_up} "
        f"the memory grew by {growth:.1f} MiB"
    )
    if report.failures:
        print(f"\n{len(report.failures)} failures:\n{report.shown_failures()}")
    return 1 if report.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (default %(default)s)")
    parser.add_argument("--only", type=int, help="one case by its number, to see it again")
    parser.add_argument("--url", type=_local_address, help="a running service on this machine")
    parser.add_argument("--pid", type=int, help="the service's process, whose memory is watched")
    parser.add_argument("--clients", type=int, default=2, help="at a time, with --url")
    parser.add_argument(
        "--longest", type=float, default=1.0, help="seconds a case may take (default %(default)s)"
    )
    parser.add_argument(
        "--growth", type=float, default=150.0, help="MiB it may grow by (default %(default)s)"
    )
    return parser


def _local_address(url: str) -> str:
    if urlsplit(url).hostname not in _LOCAL:
        raise argparse.ArgumentTypeError(f"only a service on this machine, at {_LOCAL[0]}")
    return url


if __name__ == "__main__":
    raise SystemExit(main())

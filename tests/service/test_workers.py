"""Workers: a bounded queue, and nobody left waiting when they stop."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from service.problems import Busy, NotReady
from service.workers import Workers


def test_those_who_wait_when_the_service_stops_are_told() -> None:
    workers, running, go_on = Workers(1, 8), threading.Event(), threading.Event()

    def work() -> str:
        running.set()
        go_on.wait(10)
        return "done"

    async def stop_among_them() -> list[str | BaseException]:
        begun = asyncio.ensure_future(workers.run(work))
        waiting = [asyncio.ensure_future(workers.run(work)) for _ in range(4)]
        while not running.is_set():
            await asyncio.sleep(0.01)
        threading.Timer(0.1, go_on.set).start()
        workers.close()
        late = asyncio.ensure_future(workers.run(work))
        return await asyncio.wait_for(
            asyncio.gather(begun, *waiting, late, return_exceptions=True), 10
        )

    first, *others = asyncio.run(stop_among_them())
    assert first == "done"
    assert [type(other) for other in others] == [NotReady] * 5


def test_a_caller_whose_loop_has_ended_does_not_end_the_thread() -> None:
    workers, go_on = Workers(1, 1), threading.Event()

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(workers.run(lambda: go_on.wait(10)), 0.05)

    asyncio.run(give_up())
    go_on.set()
    for _ in range(3):
        assert asyncio.run(workers.run(lambda: "alive")) == "alive"
    workers.close()


def test_workers_that_were_never_asked_leave_no_thread() -> None:
    before = threading.active_count()
    Workers(8, 8)
    assert threading.active_count() == before


def test_the_thread_that_worked_last_works_next() -> None:
    workers = Workers(4, 4)
    workers.run_in_each(time.monotonic)

    async def one_after_the_other() -> set[int]:
        return {await workers.run(threading.get_ident) for _ in range(20)}

    assert len(asyncio.run(one_after_the_other())) == 1
    workers.close()


def test_a_place_is_refused_when_all_are_held_and_given_when_one_is_free() -> None:
    workers = Workers(1, 1)
    with workers.place():
        with workers.place(), pytest.raises(Busy), workers.place():
            pass
        with pytest.raises(ZeroDivisionError):
            asyncio.run(workers.run(lambda: 1 // 0))
        assert asyncio.run(workers.run(lambda: 1)) == 1
    workers.close()


def test_the_warm_up_runs_in_every_thread_and_tells_what_failed() -> None:
    workers, threads = Workers(3, 1), set[int]()
    workers.run_in_each(lambda: threads.add(threading.get_ident()))
    assert len(threads) == 3
    with pytest.raises(ZeroDivisionError):
        workers.run_in_each(lambda: 1 // 0)
    workers.close()

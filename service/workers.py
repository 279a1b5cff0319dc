"""Workers: the threads that parse, encode and match, with a queue that has an end."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

from service.problems import Busy, NotReady

Result = TypeVar("Result")


class Workers:
    """`await run(call)` runs it in a thread.

    There are as many places as threads and `queue` together; who gets none is told `Busy` at once.
    Of several idle threads the one that worked last is taken: it finds the model in its processor's
    caches. The threads of one executor take turns, which costs a tenth of a millisecond and more;
    hence an executor for each. They start when first needed.

    All but the constructor and `run_in_each` belongs to the event loop.
    """

    def __init__(self, threads: int, queue: int) -> None:
        self.threads = threads or usable_cores()
        self._most = self.threads + queue
        self._taken = 0
        self._closed = False
        self._executors = [ThreadPoolExecutor(1, "worker") for _ in range(self.threads)]
        self._idle: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        for executor in self._executors:
            self._idle.put_nowait(executor)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place, before a body is read for instance. Raises `Busy`."""
        if self._taken >= self._most:
            raise Busy(f"{self._taken} requests are being answered or wait; try again in a second")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def run(self, call: Callable[[], Result]) -> Result:
        """Wait for the result of `call`. Raises `Busy`, and `NotReady` when the service stops."""
        with self.place():
            return await self.run_in_place(call)

    async def run_in_place(self, call: Callable[[], Result]) -> Result:
        """The same for a caller who holds a place."""
        executor = await self._idle.get()
        try:
            if self._closed:
                raise NotReady("the service stops; try again when it has started anew")
            return await asyncio.get_running_loop().run_in_executor(executor, call)
        finally:
            self._idle.put_nowait(executor)

    def run_in_each(self, call: Callable[[], object]) -> None:
        """Run `call` once in every thread and wait for all; for the warm-up."""
        jobs = [executor.submit(call) for executor in self._executors]
        wait(jobs)
        for done in jobs:
            done.result()

    def close(self) -> None:
        """Finish what runs. Those who wait for a thread get `NotReady` when it is done."""
        self._closed = True
        for executor in self._executors:
            executor.shutdown()


def usable_cores() -> int:
    """The cores that this process may use, where the system tells, else those of the machine."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # neither on macOS nor on Windows
        return os.cpu_count() or 1

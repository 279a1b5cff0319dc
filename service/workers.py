"""Workers: the threads that parse, encode and match, with a queue that has an end."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from service.problems import Busy

Result = TypeVar("Result")


class Workers:
    """`await run(call)` runs it in a thread. Raises `Busy` when `queue` calls wait already."""

    def __init__(self, threads: int, queue: int) -> None:
        self.threads = threads or os.cpu_count() or 1
        self._most = self.threads + queue
        self._taken = 0
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="worker")

    async def run(self, call: Callable[[], Result]) -> Result:
        """Wait for the result of `call`."""
        if self._taken >= self._most:
            raise Busy(f"{self._taken} requests are being answered or wait; try again in a second")
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        finally:
            self._taken -= 1

    def run_in_each(self, call: Callable[[], object]) -> None:
        """Run `call` once in every thread and wait for all; for the warm-up."""
        together = threading.Barrier(self.threads)

        def once() -> None:
            together.wait()  # no thread takes two
            call()

        for running in [self._pool.submit(once) for _ in range(self.threads)]:
            running.result()

    def close(self) -> None:
        """Finish what runs; drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

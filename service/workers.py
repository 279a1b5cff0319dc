"""Workers: the threads that parse, encode and match, with a queue that has an end."""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from service.problems import Busy

Result = TypeVar("Result")
Job = Callable[[], None]


class Workers:
    """`await run(call)` runs it in a thread. Raises `Busy` when `queue` calls wait already.

    Of several idle threads the one that worked last is taken: it finds the model in its processor's
    caches. The threads of an executor take turns.
    """

    def __init__(self, threads: int, queue: int) -> None:
        self.threads = threads or os.cpu_count() or 1
        self._most = self.threads + queue
        self._taken = 0
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._mailboxes: list[SimpleQueue[Job | None]] = [
            SimpleQueue() for _ in range(self.threads)
        ]
        self._idle = list(self._mailboxes)  # the last one worked last
        self._threads = [
            threading.Thread(target=self._work, args=(mailbox,), name="worker", daemon=True)
            for mailbox in self._mailboxes
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, call: Callable[[], Result]) -> Result:
        """Wait for the result of `call`."""
        if self._taken >= self._most:
            raise Busy(f"{self._taken} requests are being answered or wait; try again in a second")
        self._taken += 1
        try:
            loop = asyncio.get_running_loop()
            future: asyncio.Future[Result] = loop.create_future()

            def job() -> None:
                if future.cancelled():
                    return  # nobody waits for it any more
                try:
                    result = call()
                except BaseException as error:
                    loop.call_soon_threadsafe(_fail, future, error)
                else:
                    loop.call_soon_threadsafe(_fulfil, future, result)

            self._give(job)
            return await future
        finally:
            self._taken -= 1

    def run_in_each(self, call: Callable[[], object]) -> None:
        """Run `call` once in every thread and wait for all; for the warm-up."""
        together = threading.Barrier(self.threads)
        errors: SimpleQueue[BaseException | None] = SimpleQueue()

        def job() -> None:
            together.wait()  # no thread takes two
            try:
                call()
            except BaseException as error:
                errors.put(error)
            else:
                errors.put(None)

        for _ in range(self.threads):
            self._give(job)
        for error in [errors.get() for _ in range(self.threads)]:
            if error is not None:
                raise error

    def close(self) -> None:
        """Finish what runs; drop what waits."""
        with self._lock:
            self._waiting.clear()
        for mailbox in self._mailboxes:
            mailbox.put(None)
        for thread in self._threads:
            thread.join()

    def _give(self, job: Job) -> None:
        with self._lock:
            if not self._idle:
                self._waiting.append(job)
                return
            mailbox = self._idle.pop()
        mailbox.put(job)

    def _work(self, mailbox: "SimpleQueue[Job | None]") -> None:
        while (job := mailbox.get()) is not None:
            while job is not None:
                job()
                with self._lock:
                    job = self._waiting.popleft() if self._waiting else None
                    if job is None:
                        self._idle.append(mailbox)


def _fulfil(future: "asyncio.Future[Result]", result: Result) -> None:
    if not future.cancelled():
        future.set_result(result)


def _fail(future: "asyncio.Future[Result]", error: BaseException) -> None:
    if not future.cancelled():
        future.set_exception(error)

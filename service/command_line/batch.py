"""One piece of work for each of many clips: several at a time, answered in their order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Generic, TypeVar

from service.client import OneshotError, ServiceUnreachable
from service.command_line.clip_files import ClipFile
from service.command_line.output import Ticker

Answer = TypeVar("Answer")


class Outcome(Generic[Answer]):
    """What became of one clip: an answer, or why there is none."""

    def __init__(self, file: ClipFile, answer: Answer | None, error: Exception | None) -> None:
        self.file = file
        self.answer = answer
        self.error = error


async def each_clip(
    files: Sequence[ClipFile],
    work: Callable[[ClipFile], Coroutine[None, None, Answer]],
    *,
    jobs: int,
    ticker: Ticker,
) -> AsyncIterator[Outcome[Answer]]:
    """Do `work` for every clip, `jobs` at a time; yield the outcomes in the order of the files.

    A clip that fails does not keep the others; a service that cannot be reached ends all.
    """
    places = asyncio.Semaphore(jobs)

    async def one(file: ClipFile) -> Outcome[Answer]:
        async with places:
            try:
                return Outcome(file, await work(file), None)
            except ServiceUnreachable:
                raise
            except (OneshotError, OSError, ValueError) as error:
                return Outcome(file, None, error)
            finally:
                ticker.done()

    tasks = [asyncio.create_task(one(file)) for file in files]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

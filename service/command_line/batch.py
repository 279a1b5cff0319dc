"""One piece of work for each of many clips: several at a time, answered in their order."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeVar

import httpx

from service.client import (
    AccessDenied,
    ModelMismatch,
    NotReady,
    OneshotError,
    ServiceUnreachable,
    StoreCorrupt,
    StoreUnavailable,
    UnknownCollection,
)
from service.command_line.clip_files import ClipFile
from service.command_line.outcomes import Outcome, Report
from service.command_line.output import Ticker

Answer = TypeVar("Answer")

#: What is refused for one clip so is for every other, and nothing was done.
_FOR_ALL = (
    ServiceUnreachable, NotReady, StoreUnavailable, StoreCorrupt, UnknownCollection, ModelMismatch,
    AccessDenied,
)  # fmt: skip


async def each_clip(
    files: Sequence[ClipFile],
    work: Callable[[ClipFile], Coroutine[None, None, Answer]],
    report: Report[Answer],
    *,
    jobs: int,
    ticker: Ticker,
) -> None:
    """Do `work` for every clip, `jobs` at a time; report each outcome in the order of the files.

    A clip that fails does not keep the others; what would fail for each of them ends all, as an
    interrupt does: a service that cannot be reached, a collection that is not there. What was done
    by then is reported.
    """
    places = asyncio.Semaphore(jobs)
    under_way: set[ClipFile] = set()

    async def one(file: ClipFile) -> Outcome[Answer]:
        async with places:
            under_way.add(file)
            try:
                outcome = Outcome(file, await work(file), None)
            except _FOR_ALL:
                under_way.remove(file)
                raise
            except (OneshotError, OSError, ValueError, httpx.InvalidURL) as error:
                outcome = Outcome(file, None, error)
            under_way.remove(file)
            ticker.done()
            return outcome

    tasks = [asyncio.create_task(one(file)) for file in files]
    reported = 0
    try:
        for task in tasks:
            # Waited for so, an interrupt does not cancel this task first and let another begin.
            await asyncio.wait((task,))
            outcome = await task
            reported += 1
            report.add(outcome)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        report.under_way = len(under_way)
        # Later clips may have been done before the one that was waited for.
        for late in ended[reported:]:
            if isinstance(late, Outcome):
                report.add(late)

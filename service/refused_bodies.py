"""Refused bodies: how an answer reaches a sender who is still sending."""

import asyncio
from contextlib import suppress

from fastapi import Request
from starlette.requests import ClientDisconnect

#: Bytes and seconds of a refused body that are still waited for.
MOST_LET_GO = 64 * 1024 * 1024
LONGEST_LET_GO = 5.0


def reading_begins(request: Request) -> None:
    """Note that a body is being read: whoever asked whether to send it is told to."""
    request.state.body_is_sent = True


async def let_body_arrive(request: Request) -> None:
    """Wait for the rest of a refused body and let it go, where the connection ends with the answer.

    A connection that is closed with bytes unread is reset, and its sender never reads why it was
    refused. Where it stays open, the server reads on by itself. Nothing is waited for from a sender
    who has asked whether to send a body at all.
    """
    if not _ends_with_the_answer(request) or _asks_first(request):
        return
    left = MOST_LET_GO
    # It was read already (RuntimeError), does not come, or its sender is gone.
    with suppress(RuntimeError, TimeoutError, ClientDisconnect):
        async with asyncio.timeout(LONGEST_LET_GO):
            async for part in request.stream():
                left -= len(part)
                if left < 0:
                    return


def _ends_with_the_answer(request: Request) -> bool:
    words = ",".join(request.headers.getlist("connection")).lower().split(",")
    return "close" in map(str.strip, words) or request.scope.get("http_version") == "1.0"


def _asks_first(request: Request) -> bool:
    asks = request.headers.get("expect", "").lower() == "100-continue"
    return asks and not getattr(request.state, "body_is_sent", False)

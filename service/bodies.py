"""Bodies: the bytes of a request, never more than the service takes, and JSON out of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request

from service.problems import BodyTooLarge, SlowBody, Unparsable, UnsupportedBody

JSON = "application/json"
NPY = "application/x-npy"

#: Seconds a body may take to arrive: its sender holds a place that others wait for.
LONGEST = 30.0


@dataclass(frozen=True)
class Body:
    """The bytes of a request and what they are."""

    media_type: str
    data: bytes


async def read_body(
    request: Request, taken: Sequence[str], largest: int, longest: float = LONGEST
) -> Body:
    """Read a body of one of the types `taken`, of at most `largest` bytes, in `longest` seconds.

    Raises `UnsupportedBody`, `BodyTooLarge`, `SlowBody`.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in taken:
        given = f"not {media_type[:60]!r}" if media_type else "but none was given"
        wanted = " or ".join(f"-H 'Content-Type: {name}'" for name in taken)
        raise UnsupportedBody(f"this call takes {wanted}, {given}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedBody("compressed bodies are not read: send it without Content-Encoding")
    too_large = BodyTooLarge(f"the body has more than {largest} bytes (ONESHOT_LARGEST_BODY)")
    if int(request.headers.get("content-length") or 0) > largest:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(longest):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise too_large
                parts.append(part)
    except TimeoutError:
        raise SlowBody(
            f"only {size} bytes of the body came in {longest:g} seconds; send it faster, or a "
            "shorter clip"
        ) from None
    return Body(media_type, b"".join(parts))


def parse_json(data: bytes) -> Any:
    """Parse a JSON body. Raises `Unparsable`."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unparsable(
            f"the body is not JSON: {error.msg[:200]} at character {error.pos}"
        ) from error

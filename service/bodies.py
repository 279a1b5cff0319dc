"""Bodies: the bytes of a request, never more than the service takes, and JSON out of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from service.problems import BodyTooLarge, SlowBody, Unparsable, UnsupportedBody
from service.refused_bodies import reading_begins
from skeleton import UnreadableClip
from skeleton.readers.containers.json_text import parse_json as parse_file

JSON = "application/json"
NPY = "application/x-npy"
MULTIPART = "multipart/form-data"
OCTETS = "application/octet-stream"
FIELDS = "application/x-www-form-urlencoded"  # as curl's --data sends of itself

#: Seconds a body may take to arrive: its sender holds a place that others wait for.
LONGEST = 30.0

_CLIPS = (JSON, NPY)
_FILES = (MULTIPART, OCTETS)
_FILES_TOO = "; send a file with ?format=NAME in the address and any type, or with -F file=@FILE"


@dataclass(frozen=True)
class Body:
    """The bytes of a request and what they are; `content_type` is the header as it came."""

    media_type: str
    data: bytes
    content_type: str = ""


async def read_body(
    request: Request, taken: Sequence[str], largest: int, longest: float = LONGEST
) -> Body:
    """Read a body of one of the types `taken`, of at most `largest` bytes, in `longest` seconds.

    Raises `UnsupportedBody`, `BodyTooLarge`, `SlowBody`.
    """
    content_type, media_type = _type_of(request)
    if media_type not in taken:
        raise UnsupportedBody(_wanted(taken, media_type))
    return Body(media_type, await _bytes_of(request, largest, longest), content_type)


async def read_clip_body(request: Request, format: str | None, largest: int) -> Body:
    """Read the body of a call that takes a clip: JSON, npy or a file; where a `format` says what
    it is, of any type. Raises as `read_body`."""
    content_type, media_type = _type_of(request)
    if media_type not in _CLIPS and media_type not in _FILES and format is None:
        raise UnsupportedBody(_wanted(_CLIPS, media_type) + _FILES_TOO)
    return Body(media_type, await _bytes_of(request, largest, LONGEST), content_type)


def _type_of(request: Request) -> tuple[str, str]:
    content_type = request.headers.get("content-type", "")
    return content_type, content_type.partition(";")[0].strip().lower()


def _wanted(taken: Sequence[str], media_type: str) -> str:
    given = f"not {media_type[:60]!r}" if media_type else "but none was given"
    wanted = " or ".join(f"-H 'Content-Type: {name}'" for name in taken)
    return f"this call takes {wanted}, {given}"


async def _bytes_of(request: Request, largest: int, longest: float) -> bytes:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedBody("compressed bodies are not read: send it without Content-Encoding")
    too_large = BodyTooLarge(f"the body has more than {largest} bytes (ONESHOT_LARGEST_BODY)")
    if int(request.headers.get("content-length") or 0) > largest:
        raise too_large
    parts: list[bytes] = []
    size = 0
    reading_begins(request)
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
    return b"".join(parts)


def parse_json(data: bytes) -> Any:
    """Parse a JSON body, as a file is. Raises `Unparsable`, and `UnusableClip` for more lists and
    values than a clip has."""
    try:
        return parse_file(data)
    except UnreadableClip as error:
        raise Unparsable(f"the body: {error}") from None

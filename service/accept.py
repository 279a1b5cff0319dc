"""Accept: which of the media types a call can answer in the caller wants (RFC 9110, 12.5.1)."""

from collections.abc import Sequence

from fastapi import Request

from service.problems import NotAcceptable


def wanted(request: Request, offered: Sequence[str]) -> str:
    """Return the type of `offered` that the caller likes best; of equals, and without a wish, the
    first. Raises `NotAcceptable`."""
    header = ",".join(request.headers.getlist("accept"))
    if not header.strip():
        return offered[0]
    liking = _liking(header)
    best = max(offered, key=lambda media_type: _quality(media_type, liking))
    if _quality(best, liking) <= 0:
        raise NotAcceptable(
            f"this call answers with -H 'Accept: TYPE', one of {', '.join(offered)}"
        )
    return best


def _liking(header: str) -> dict[str, float]:
    """The quality of every range, `*/*`, `image/*` or `image/png`, that the header names."""
    liking: dict[str, float] = {}
    for entry in header.lower().split(","):
        media_range, *parameters = (part.strip() for part in entry.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _number(value)
        liking[media_range] = quality
    return liking


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0


def _quality(media_type: str, liking: dict[str, float]) -> float:
    """That of the narrowest range the type lies in; 0 when it lies in none."""
    for media_range in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if media_range in liking:
            return liking[media_range]
    return 0.0

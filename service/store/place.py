"""What of a store's URL may be shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def place_of(url: str) -> str:
    """A store's URL fit for answers and logs: no user, no password, no options.

    Never raises: what names no store at all, and may hold a password anywhere, is not repeated.
    """
    if url.startswith("sqlite:///"):
        return url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or 6379
    except ValueError:
        return "(a URL out of form)"
    if parts.scheme not in ("redis", "rediss"):
        return "(no store)"
    # A password with a slash that was not escaped ends in the path.
    database = parts.path if re.fullmatch(r"/\d+", parts.path) else ""
    return f"{parts.scheme}://{authority(host, port)}{database}"


def authority(host: str, port: int) -> str:
    """Host and port as they stand in a URL: an address of IPv6 in brackets."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"

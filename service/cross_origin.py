"""Pages of other origins: what a browser sends for them changes nothing.

A form or a script on any page may send a body to an address of the user's own machine, and only
the answer is kept from it. A browser says with each request where it comes from: by
`Sec-Fetch-Site` (Fetch Metadata) to addresses it trusts, such as 127.0.0.1, and by `Origin` to all.
A page whose own name leads to this machine (DNS rebinding) is of the same origin to a browser, and
so it is here; who checks `Host` keeps it out.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import KINDS, CrossOrigin, problem
from service.refused_bodies import let_body_arrive

#: Methods that change nothing; what they answer no other page can read.
_SAFE = ("GET", "HEAD", "OPTIONS")
#: Of `Sec-Fetch-Site`: a page of this service, and the user, by an address typed in or a bookmark.
_OWN = ("same-origin", "none")
#: Headers that are looked at.
_TELLING = frozenset({b"sec-fetch-site", b"origin", b"host"})
_USUAL_PORTS = {"http": 80, "https": 443}


class CrossOriginGuard:
    """Answers 403 `cross-origin` to what a page of another origin sends with another method than
    GET, HEAD and OPTIONS. What is no browser sends neither header and is let through. Only HTTP
    calls are looked at: a WebSocket, to which no browser keeps other pages from, would need it
    too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or not _from_another_page(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        await let_body_arrive(request)
        answer = problem(
            KINDS[CrossOrigin],
            "a browser sent this for a page of another origin. Send it from a program, from "
            "/docs, or through a server of your own: a proxy that knows which pages it lets in "
            "takes Sec-Fetch-Site and Origin off",
        )
        await answer(scope, receive, send)


def _from_another_page(scope: Scope) -> bool:
    said = {name: value for name, value in scope["headers"] if name in _TELLING}
    site = said.get(b"sec-fetch-site")
    if site is not None:
        return site.decode("latin-1") not in _OWN
    origin = said.get(b"origin")
    return origin is not None and not _is_host(origin, said.get(b"host", b""))


def _is_host(origin: bytes, host: bytes) -> bool:
    try:
        named = urlsplit(origin.decode("latin-1"))
        asked = urlsplit(f"{named.scheme}://{host.decode('latin-1')}")
        usual = _USUAL_PORTS.get(named.scheme)
        here = asked.hostname, asked.port or usual
        return named.hostname is not None and (named.hostname, named.port or usual) == here
    except ValueError:  # no address at all
        return False

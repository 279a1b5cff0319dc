"""A case as a body of HTTP: to enroll, recognize or inspect, raw or as a form."""

from __future__ import annotations

import random
from threading import local
from typing import Any

import httpx

from tests.fuzz.cases import Case

_COLLECTION = "fuzz"
_PATIENCE = 30.0  # seconds until a case counts as hanging
_TYPES = {"npy": "application/x-npy", "json": "application/json"}


class ServerFailed(Exception):
    """The service answered with what it promises never to answer."""


class Sender:
    """Sends cases to the service at a local address; one may be used by several threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = local()

    def __enter__(self) -> Sender:
        made = self._client.post("/collections", json={"name": _COLLECTION})
        if made.status_code not in (201, 409):
            raise ServerFailed(f"no collection could be made: {made.status_code} {made.text[:200]}")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.delete(f"/collections/{_COLLECTION}")

    def send(self, case: Case) -> str:
        """The status of the answer. Raises `ServerFailed` for a 5xx and for an answer that is not
        what its status says."""
        chance = random.Random(case.number)
        call = chance.choice(("/recognize", "/recognize", "/enroll", "/clips:inspect"))
        query: dict[str, Any] = {"layout": case.layout, "format": case.format}
        headers = {}
        if call == "/enroll":
            query["action"] = f"case {case.number}"
        if call != "/clips:inspect":
            query["collection"] = _COLLECTION
        elif chance.random() < 0.1:
            headers["accept"] = chance.choice(("image/png", "image/gif"))
        query = {name: value for name, value in query.items() if value is not None}
        response = self._posted(call, case, query, headers, chance)
        if response.status_code >= 500:
            raise ServerFailed(f"{call} answered {response.status_code}: {response.text[:300]}")
        kind = response.headers.get("content-type", "")
        if response.status_code >= 400 and not kind.startswith("application/problem+json"):
            raise ServerFailed(f"{call} answered {response.status_code} as {kind}")
        if response.status_code == 201:
            self._client.delete(f"/actions/case {case.number}", params={"collection": _COLLECTION})
        return str(response.status_code)

    def _posted(
        self,
        call: str,
        case: Case,
        query: dict[str, Any],
        headers: dict[str, str],
        chance: random.Random,
    ) -> httpx.Response:
        if case.skeleton is not None:
            files = {"skeleton": ("a.asf", case.skeleton), "motion": ("a.amc", case.data)}
            return self._client.post(call, params=query, headers=headers, files=files)
        if chance.random() < 0.3:
            name = chance.choice(("wave", f"wave.{case.of}", "a.bvh", ""))
            files = {"file": (name, case.data)}
            return self._client.post(call, params=query, headers=headers, files=files)
        plain = case.of in _TYPES and chance.random() < 0.5
        if plain:
            query.pop("format", None)
        headers["content-type"] = _TYPES[case.of] if plain else "application/octet-stream"
        return self._client.post(call, params=query, headers=headers, content=case.data)

    @property
    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None:
            client = httpx.Client(base_url=self._url, timeout=_PATIENCE, trust_env=False)
            self._local.client = client
        return client

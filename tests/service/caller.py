"""A user of the service: enrolls and recognises clips in a collection, over HTTP."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx

from skeleton import Clip
from skeleton.animator import animate
from skeleton.animator.examples import as_json, as_npy
from tests.service.contract import Contract

JSON = {"content-type": "application/json"}
NPY = {"content-type": "application/x-npy"}


@cache
def performance(action: str, seed: int = 0) -> Clip:
    """A clip of the animator's, made once; `seed` is who does it and how."""
    return animate(action, seed=seed, noise=0.003)


class Caller:
    """One user with one collection on one service; every answer is held against the contract."""

    def __init__(self, client: httpx.Client, collection: str = "default") -> None:
        self.client = client
        self.collection = collection

    def elsewhere(self, client: httpx.Client) -> Caller:
        """The same user at another process of the service."""
        return Caller(client, self.collection)

    def enroll(self, clip: Clip, action: str, **query: Any) -> dict[str, Any]:
        """Enrolls as JSON and returns the answer of a 201."""
        return _ok(self.post("/enroll", as_json(clip, action=action), JSON, **query), 201)

    def enroll_npy(self, clip: Clip, action: str) -> dict[str, Any]:
        """Enrolls as npy and returns the answer of a 201."""
        query = {"action": action, "layout": clip.layout.name, "fps": clip.fps}
        return _ok(self.post("/enroll", as_npy(clip), NPY, **query), 201)

    def recognize(self, clip: Clip, **query: Any) -> dict[str, Any]:
        """Recognises as JSON and returns the answer of a 200."""
        return _ok(self.post("/recognize", as_json(clip), JSON, **query), 200)

    def recognize_npy(self, clip: Clip, **query: Any) -> dict[str, Any]:
        """Recognises as npy and returns the answer of a 200."""
        query |= {"layout": clip.layout.name, "fps": clip.fps}
        return _ok(self.post("/recognize", as_npy(clip), NPY, **query), 200)

    def post(self, call: str, body: bytes, headers: dict[str, str], **query: Any) -> httpx.Response:
        """Posts a body as it is to this user's collection."""
        query = {"collection": self.collection, **query}
        return self.client.post(call, content=body, headers=headers, params=query)

    def get(self, call: str, **query: Any) -> httpx.Response:
        """Asks something of this user's collection."""
        return self.client.get(call, params={"collection": self.collection, **query})

    def delete(self, call: str, **query: Any) -> httpx.Response:
        """Deletes something in this user's collection."""
        return self.client.delete(call, params={"collection": self.collection, **query})

    def actions(self) -> list[str]:
        """The names of the actions of the first page."""
        return [entry["action"] for entry in _ok(self.get("/actions"), 200)["actions"]]

    def revision(self) -> int:
        """The collection's revision."""
        answer = _ok(self.client.get(f"/collections/{self.collection}"), 200)
        revision: int = answer["revision"]
        return revision


def checked_client(client: httpx.Client) -> httpx.Client:
    """The client, with every answer held against its service's OpenAPI document."""
    contract = Contract(client.get("/openapi.json").json())
    client.event_hooks["response"].append(contract.check)
    return client


def _ok(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer

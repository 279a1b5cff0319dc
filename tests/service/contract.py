"""The OpenAPI document as a contract: every answer of a service is held against it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import httpx
from pydantic import BaseModel

from service import answers

_PROBLEM = "application/problem+json"
_BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/gif": b"GIF89a"}


class Contract:
    """What a service's OpenAPI document promises.

    As a response hook of an httpx client, `check` fails the test whose answer is not as described:
    status, headers, media type, fields (all that are required, and no others than described), and
    the form and type of every problem.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._patterns = [
            (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), operations)
            for path, operations in document["paths"].items()
        ]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The described call; None for a method that its path does not have, or no such path."""
        for pattern, operations in self._patterns:
            if pattern.fullmatch(path):
                found: dict[str, Any] | None = operations.get(method.lower())
                return found
        return None

    def check(self, response: httpx.Response) -> None:
        """Asserts that the answer is one the document describes."""
        response.read()
        request = response.request
        # As the service reads it: a slash that was escaped parts a path all the same.
        path = unquote(request.url.raw_path.decode().partition("?")[0])
        if path.startswith(("/docs", "/openapi.json", "/static")):
            return
        operation = self.operation(request.method, path)
        if operation is None:
            assert response.status_code in (404, 405, 307), response.text
            described = None
        else:
            described = operation["responses"].get(str(response.status_code))
            assert described is not None, (
                f"{request.method} {path} answered {response.status_code}, which is not described: "
                f"{response.text}"
            )
        if described is not None:
            headers = described.get("headers", {})
            assert {"location", "retry-after"} & set(response.headers) <= {
                h.lower() for h in headers
            }
            assert all(h in response.headers for h, told in headers.items() if told["required"])
        if response.status_code >= 400:
            problem = check_problem(response)
            assert described is None or f"`{problem['type']}`" in described["description"]
        elif described is not None:
            self._check_fields(response, described)

    def _check_fields(self, response: httpx.Response, described: dict[str, Any]) -> None:
        content = described.get("content", {})
        if not content:
            assert response.content == b""
            return
        media_type = response.headers["content-type"]
        assert media_type in content
        if media_type in _BEGINS:
            assert response.content.startswith(_BEGINS[media_type])
            return
        assert media_type == "application/json"
        reference = content["application/json"]["schema"]["$ref"]
        model: type[BaseModel] = getattr(answers, reference.rpartition("/")[2])
        model.model_validate_json(response.content, strict=True)
        fields = model.model_fields
        assert {name for name in fields if fields[name].is_required()} <= set(response.json())
        assert set(response.json()) <= set(fields)


def check_problem(response: httpx.Response) -> dict[str, Any]:
    """Asserts that the answer is a problem in the form of RFC 9457, and returns it."""
    assert response.headers["content-type"] == _PROBLEM, response.text
    if response.request.method == "HEAD":
        return {}
    problem: dict[str, Any] = response.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["type"].startswith("urn:oneshot:")
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["detail"]
    if problem["type"] == "urn:oneshot:outcome-unknown":
        assert "retry-after" not in response.headers
    elif response.status_code in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    return problem

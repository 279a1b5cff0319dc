"""The OpenAPI document tells the truth, and /docs needs nobody else."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from service.settings import Settings
from skeleton.readers import FORMATS
from tests.service.bodies import JSON_BODIES, LISTS, clip
from tests.service.caller import JSON, Caller
from tests.service.contract import Contract

CALLS = {
    "/enroll": {"post"},
    "/recognize": {"post"},
    "/clips:inspect": {"post"},
    "/actions": {"get"},
    "/actions/{action}": {"get", "delete"},
    "/actions/{action}/exemplars/{id}": {"delete"},
    "/collections": {"get", "post"},
    "/collections/{name}": {"get", "delete"},
    "/model": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
}


@pytest.fixture
def document(visitor: Caller) -> dict[str, Any]:
    found: dict[str, Any] = visitor.client.get("/openapi.json").json()
    return found


def test_every_call_is_described_and_no_other(document: dict[str, Any]) -> None:
    assert {path: set(methods) for path, methods in document["paths"].items()} == CALLS


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(
        re.findall(r'"#/components/schemas/(\w+)"', httpx.Response(200, json=document).text)
    )
    assert references
    assert references <= set(document["components"]["schemas"])


CLIP_CALLS = ["/enroll", "/recognize", "/clips:inspect"]


@pytest.mark.parametrize("path", [*CLIP_CALLS, "/collections"])
def test_the_example_of_a_body_works(visitor: Caller, document: dict[str, Any], path: str) -> None:
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    example = content.get("example") or content["schema"]["example"]
    response = visitor.client.post(path, json=example, params={"collection": visitor.collection})
    assert response.status_code in (200, 201), response.text
    if path == "/enroll":
        assert response.json()["quality"]["warnings"] == []
    if path == "/collections":
        visitor.client.delete(f"/collections/{example['name']}")


@pytest.mark.parametrize("path", CLIP_CALLS)
def test_every_kind_of_body_is_described(document: dict[str, Any], path: str) -> None:
    body = document["paths"][path]["post"]["requestBody"]
    assert set(body["content"]) == {
        "application/json",
        "application/x-npy",
        "multipart/form-data",
        "application/octet-stream",
    }
    assert body["required"] is True


@pytest.mark.parametrize("path", CLIP_CALLS)
def test_every_parameter_may_be_a_field_of_a_form(document: dict[str, Any], path: str) -> None:
    call = document["paths"][path]["post"]
    form = call["requestBody"]["content"]["multipart/form-data"]["schema"]
    parameters = {parameter["name"] for parameter in call["parameters"]}
    # In words: /docs would send a made-up value of every field that is listed.
    assert set(form["properties"]) == {"file", "skeleton", "motion"}
    assert form["additionalProperties"] == {"type": "string"}
    assert all(name in form["description"] for name in parameters)
    formats = next(p for p in call["parameters"] if p["name"] == "format")["schema"]
    (listed,) = [way["enum"] for way in formats["anyOf"] if "enum" in way]
    assert set(listed) == set(FORMATS)


def test_the_layouts_are_listed(visitor: Caller, document: dict[str, Any]) -> None:
    told = document["components"]["schemas"]["LayoutName"]["description"]
    for name in visitor.client.get("/model").json()["layouts"]:
        assert name in told


def test_every_parameter_and_answer_says_what_it_is(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            for parameter in operation.get("parameters", []):
                told = parameter.get("description") or parameter["schema"].get("description")
                assert told, (method, path, parameter["name"])
            for status, answer in operation["responses"].items():
                assert answer["description"], (method, path, status)
                if int(status) >= 400:
                    assert set(answer["content"]) == {"application/problem+json"}


def test_the_body_schema_takes_what_the_service_takes(document: dict[str, Any]) -> None:
    validator = body_validator(document)
    holes = [[None, *frame[1:]] for frame in LISTS]
    for joints in (LISTS, holes, [[frame, None] for frame in LISTS]):
        body = {"action": "x", "clip": {"layout": "kinect_v2", "fps": 30, "joints": joints}}
        assert validator.is_valid(body)
    assert not validator.is_valid({"action": "a/b", "clip": body["clip"]})
    assert not validator.is_valid({"clip": body["clip"]})


def test_a_body_that_breaks_the_schema_is_refused(
    visitor: Caller, document: dict[str, Any]
) -> None:
    validator = body_validator(document)
    for name in ("no layout", "no joints", "fps 0", "person negative", "an unknown field"):
        body = httpx.Response(200, content=JSON_BODIES[name].data).json()
        assert not validator.is_valid(body), name
        assert visitor.post("/enroll", JSON_BODIES[name].data, JSON).status_code == 422
    assert validator.is_valid(httpx.Response(200, content=clip()).json())


def test_every_problem_of_a_clip_is_described(document: dict[str, Any]) -> None:
    statuses = {"400", "403", "404", "408", "409", "413", "415", "422", "429", "503"}
    assert set(document["paths"]["/enroll"]["post"]["responses"]) == {"201", *statuses}
    assert set(document["paths"]["/recognize"]["post"]["responses"]) == {"200", *statuses}
    inspected = document["paths"]["/clips:inspect"]["post"]["responses"]
    assert set(inspected) == {"200", "406", *statuses} - {"409"}
    assert set(inspected["200"]["content"]) == {"application/json", "image/png", "image/gif"}


def test_a_call_is_described_with_its_own_problems_and_no_others(document: dict[str, Any]) -> None:
    def types(method: str, path: str, status: str) -> list[str]:
        described = document["paths"][path][method]["responses"][status]["description"]
        return re.findall(r"`urn:oneshot:([a-z-]+)`", described)

    assert types("post", "/enroll", "404") == ["unknown-collection"]
    assert types("post", "/enroll", "409") == ["model-mismatch"]
    assert types("delete", "/actions/{action}", "403") == ["cross-origin"]
    assert types("post", "/collections", "409") == ["collection-exists"]
    assert types("get", "/actions", "404") == ["unknown-collection"]
    assert types("get", "/actions/{action}", "404") == ["unknown-collection", "unknown-action"]
    assert "outcome-unknown" in types("post", "/enroll", "503")
    assert "outcome-unknown" not in types("post", "/recognize", "503")


def test_headers_that_a_program_needs_are_described(document: dict[str, Any]) -> None:
    for path in ("/enroll", "/collections"):
        assert "Location" in document["paths"][path]["post"]["responses"]["201"]["headers"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for status in {"429", "503"} & set(operation["responses"]):
                assert "Retry-After" in operation["responses"][status]["headers"]


def test_no_answer_is_described_twice_or_left_to_the_framework(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
    contract = Contract(document)
    assert contract.operation("GET", "/readyz") is not None


def test_the_document_is_the_same_for_every_settings(document: dict[str, Any]) -> None:
    # Nothing of a machine's settings, a path or a password say, may show in it.
    text = httpx.Response(200, json=document).text
    assert str(Settings().model.parent) not in text
    assert "sqlite:" not in text


def test_the_docs_load_nothing_from_elsewhere(visitor: Caller) -> None:
    page = visitor.client.get("/docs")
    assert page.status_code == 200
    assert not re.search(r"https?://", page.text)
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    assert len(loaded) >= 2
    for address in loaded:
        found = visitor.client.get(address)
        assert found.status_code == 200, address
        if found.headers["content-type"].startswith("text/css"):
            assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", found.text)


def body_validator(document: dict[str, Any]) -> Draft202012Validator:
    content = document["paths"]["/enroll"]["post"]["requestBody"]["content"]
    return Draft202012Validator(
        {**content["application/json"]["schema"], "components": document["components"]}
    )

"""Bad input: a 4xx that says what to do, nothing stored, never a 500."""

from __future__ import annotations

import json

import httpx
import numpy as np
import pytest

from tests.service.bodies import BODIES, JOINTS, LISTS, BadBody, clip, npy
from tests.service.caller import JSON, NPY, Caller, performance
from tests.service.contract import check_problem
from tests.service.file_bodies import FILE_BODIES

ALL = BODIES | FILE_BODIES
LARGEST = 16 * 1024 * 1024
FOR_RECOGNIZE = {
    name: body for name, body in ALL.items() if "action" not in (*body.says.split(), name)
}


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_a_bad_body_is_refused_and_stores_nothing(visitor: Caller, body: BadBody) -> None:
    revision = visitor.revision()
    response = visitor.post("/enroll", body.data, body.headers, **body.query)
    assert_refused(response, body)
    assert visitor.revision() == revision


@pytest.mark.parametrize("body", FOR_RECOGNIZE.values(), ids=FOR_RECOGNIZE)
def test_recognition_refuses_the_same_bodies(visitor: Caller, body: BadBody) -> None:
    query = {name: value for name, value in body.query.items() if name != "action"}
    data = body.data.replace(b'{"action": "x", ', b"{")
    assert_refused(visitor.post("/recognize", data, body.headers, **query), body)


def test_a_good_body_is_taken(visitor: Caller) -> None:
    # What the bad bodies above differ from.
    assert visitor.post("/enroll", clip(), JSON).status_code == 201
    query = {"action": "x", "layout": "kinect_v2", "fps": 30}
    assert visitor.post("/enroll", npy(JOINTS), NPY, **query).status_code == 201


def test_nan_in_a_json_body_is_told_to_be_null_and_where(visitor: Caller) -> None:
    for body in (BODIES["NaN literal"], BODIES["Infinity literal"]):
        detail = visitor.post("/enroll", body.data, JSON).json()["detail"]
        assert detail.startswith("the body: line 1, column ")
        assert detail.endswith("NaN and Infinity are no JSON; write null")


def test_a_byte_order_mark_does_no_harm(visitor: Caller) -> None:
    assert visitor.post("/enroll", b"\xef\xbb\xbf" + clip(), JSON).status_code == 201


def test_a_layout_that_is_spelt_a_little_otherwise_is_proposed(visitor: Caller) -> None:
    for name in ("kinectv2", "Kinect_V2"):
        query = {"action": "x", "layout": name, "fps": 30}
        detail = visitor.post("/enroll", npy(JOINTS), NPY, **query).json()["detail"]
        assert f"unknown layout {name!r} (did you mean kinect_v2?): use one of " in detail


@pytest.mark.parametrize(
    ("call", "field", "place"),
    [
        ("/enroll", {"collection": "gym"}, "collection: it belongs into the address, ?collection="),
        ("/recognize", {"collection": "a"}, "collection: it belongs into the address, ?collection"),
        ("/recognize", {"k": 3}, "k: it belongs into the address, ?k="),
        ("/recognize", {"strangers": 0}, "strangers: it belongs into the address, ?strangers="),
        ("/enroll", {"fps": 30}, "fps: it belongs into the clip of a JSON body"),
        ("/enroll", {"clip.action": "x"}, "clip.action: it belongs beside the clip"),
        ("/enroll", {"clip.collection": "gym"}, "clip.collection: it belongs into the address"),
        ("/clips:inspect", {"collection": "gym"}, "collection: it belongs into the address"),
        # Beside each other all are told, and what belongs nowhere as before.
        ("/enroll", {"k": 3, "fps": 30}, "fps: it belongs into the clip"),
        ("/enroll", {"k": 3, "fps": 30}, "k: this call takes no such field"),
        ("/recognize", {"format": "bvh"}, "format: this call takes no such field"),
    ],
)
def test_a_field_in_the_wrong_place_is_told_the_right_one(
    visitor: Caller, call: str, field: dict[str, object], place: str
) -> None:
    body = json.loads(clip())
    if call != "/enroll":
        del body["action"]
    for name, value in field.items():
        within = body["clip"] if name.startswith("clip.") else body
        within[name.removeprefix("clip.")] = value
    response = visitor.post(call, json.dumps(body).encode(), JSON)
    problem = check_problem(response)
    assert (problem["status"], problem["type"]) == (422, "urn:oneshot:invalid-request")
    assert place in problem["detail"]


def test_recognize_takes_no_action(visitor: Caller) -> None:
    assert visitor.post("/recognize", clip(), JSON).status_code == 422
    query = {"action": "x", "layout": "kinect_v2", "fps": 30}
    assert visitor.post("/recognize", npy(JOINTS), NPY, **query).status_code == 422


def test_the_same_address_means_the_same_again_and_its_own_at_another_call(
    visitor: Caller,
) -> None:
    # Queries are remembered, by the bytes of the address.
    address = {"action": "x", "layout": "kinect_v2", "fps": 30}
    for _ in range(2):
        assert visitor.post("/recognize", npy(JOINTS), NPY, **address).status_code == 422
        assert visitor.post("/enroll", npy(JOINTS), NPY, **address).status_code == 201
    form = {"files": {"file": ("clip.npy", npy(JOINTS))}, "data": {"fps": "15"}}
    query = {"collection": visitor.collection, "action": "x", "layout": "kinect_v2"}
    told = [visitor.client.post("/enroll", params=query, **form).json() for _ in range(2)]
    plain = visitor.post("/enroll", npy(JOINTS), NPY, **query).json()
    seconds = [answer["quality"]["seconds"] for answer in (*told, plain)]
    assert seconds == [len(JOINTS) / 15, len(JOINTS) / 15, len(JOINTS) / 30]


@pytest.mark.parametrize("k", ["0", "-1", "1001", "many", "1.5", "", "1" * 50])
def test_k_out_of_range_is_refused(visitor: Caller, k: str) -> None:
    response = visitor.post("/recognize", clip(), JSON, k=k)
    assert response.status_code == 422
    assert "k" in response.json()["detail"]


@pytest.mark.parametrize("strangers", ["-0.1", "1", "1.5", "half", "nan", "inf", ""])
def test_no_share_of_strangers_is_refused(visitor: Caller, strangers: str) -> None:
    response = visitor.post("/recognize", clip(), JSON, strangers=strangers)
    assert response.status_code == 422
    assert "strangers" in response.json()["detail"]


@pytest.mark.parametrize("call", ["/enroll", "/recognize"])
@pytest.mark.parametrize("given", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
def test_a_wrong_content_type_is_told_the_right_one(
    visitor: Caller, call: str, given: str | None
) -> None:
    headers = {} if given is None else {"content-type": given}
    response = visitor.post(call, clip(), headers)
    problem = check_problem(response)
    assert (response.status_code, problem["type"]) == (415, "urn:oneshot:unsupported-body")
    assert "-H 'Content-Type: application/json'" in problem["detail"]
    assert "-H 'Content-Type: application/x-npy'" in problem["detail"]


def test_a_content_type_may_have_parameters_and_any_case(visitor: Caller) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert visitor.post("/enroll", clip(), headers).status_code == 201


def test_a_compressed_body_is_refused_by_name(visitor: Caller) -> None:
    response = visitor.post("/enroll", clip(), {**JSON, "content-encoding": "gzip"})
    assert response.status_code == 415
    assert "Content-Encoding" in response.json()["detail"]


def test_json_of_nothing_but_lists_is_refused_before_it_is_parsed(visitor: Caller) -> None:
    body = b'{"clip": {"layout": "coco", "joints": [' + b"[]," * 1_600_000 + b"[]]}}"
    response = visitor.post("/recognize", body, JSON)
    assert response.status_code == 422
    assert "more than 1500000 lists" in response.json()["detail"]


def test_a_body_of_the_largest_size_is_read(visitor: Caller) -> None:
    body = clip()
    assert visitor.post("/enroll", body + b" " * (LARGEST - len(body)), JSON).status_code == 201


def test_an_unknown_path_is_a_problem(visitor: Caller) -> None:
    response = visitor.client.get("/enrol")
    problem = check_problem(response)
    assert problem["type"] == "urn:oneshot:not-found"
    assert problem["detail"] == "GET /enrol: there is no such call; /docs lists them"
    assert response.status_code == 404


def test_the_address_alone_leads_to_the_documentation(visitor: Caller) -> None:
    response = visitor.client.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/docs")
    assert visitor.client.get("/docs").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("HEAD", "/healthz", "GET"),
        ("GET", "/enroll", "POST"),
        ("PUT", "/recognize", "POST"),
        ("POST", "/actions", "GET"),
        ("PATCH", "/actions/wave", "DELETE, GET"),
        ("OPTIONS", "/actions/wave", "DELETE, GET"),
        ("GET", "/actions/wave/exemplars/1", "DELETE"),
        ("PUT", "/collections", "GET, POST"),
        ("PUT", "/collections/default", "DELETE, GET"),
        ("DELETE", "/model", "GET"),
    ],
)
def test_a_method_that_a_path_lacks_is_told_those_it_has(
    visitor: Caller, method: str, path: str, allowed: str
) -> None:
    response = visitor.client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.headers["content-type"] == "application/problem+json"
    if method != "HEAD":
        problem = response.json()
        assert problem["type"] == "urn:oneshot:method-not-allowed"
        takes = allowed.replace(", ", " or ")
        assert problem["detail"] == f"{method} {path}: there is no such call; it takes {takes}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"name": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"name": 3}', 422),
        (b'{"name": null}', 422),
        (b'{"name": "a", "nmae": "b"}', 422),
        (json.dumps({"name": "a" * 10_000_000}).encode(), 422),
    ],
)
def test_a_bad_collection_is_refused(visitor: Caller, body: bytes, status: int) -> None:
    before = visitor.client.get("/collections").json()
    assert visitor.client.post("/collections", content=body, headers=JSON).status_code == status
    assert visitor.client.get("/collections").json() == before


def test_a_collection_needs_its_content_type_too(visitor: Caller) -> None:
    response = visitor.client.post("/collections", content=b'{"name": "a"}')
    assert response.status_code == 415
    assert "-H 'Content-Type: application/json'" in response.json()["detail"]


@pytest.mark.parametrize("query", ["colection=x", "collection=default&collection=default"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/actions"),
        ("GET", "/actions/wave"),
        ("DELETE", "/actions/wave"),
        ("DELETE", "/actions/wave/exemplars/1"),
    ],
)
def test_a_misspelt_or_repeated_key_never_means_default(
    visitor: Caller, method: str, path: str, query: str
) -> None:
    response = visitor.client.request(method, f"{path}?{query}")
    assert response.status_code == 422
    assert query.partition("=")[0] in response.json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=", "after=a/b"])
def test_a_page_out_of_range_is_refused(visitor: Caller, query: str) -> None:
    assert visitor.client.get(f"/actions?{query}").status_code == 422


def test_unseen_joints_persons_and_frames_may_be_null(visitor: Caller) -> None:
    frames = [list(frame) for frame in LISTS]
    frames[2][3] = None
    frames[4] = [None] * 25
    frames[6] = None  # type: ignore[call-overload]
    assert visitor.post("/enroll", clip(frames), JSON).status_code == 201
    two = [[frame, None if frame is None else [None] * 25] for frame in frames]
    answers = [visitor.post("/recognize", unnamed(clip(f)), JSON).json() for f in (frames, two)]
    assert answers[0]["similarity"] == pytest.approx(1, abs=1e-5)
    assert answers[0] == answers[1]


def test_an_exemplar_of_extreme_size_is_still_finite(visitor: Caller) -> None:
    for scale in (1e-30, 1e-6, 1e5):
        joints = performance("wave").joints[:, 0] * np.float32(scale)
        query = {"action": "x", "layout": "kinect_v2", "fps": 30}
        response = visitor.post("/enroll", npy(joints), NPY, **query)
        assert response.status_code in (201, 422)
    if visitor.actions():
        assert visitor.recognize(performance("wave"))["similarity"] is not None


def assert_refused(response: httpx.Response, body: BadBody) -> None:
    problem = check_problem(response)
    assert (problem["status"], problem["type"]) == (body.status, f"urn:oneshot:{body.kind}")
    assert body.says in problem["detail"]
    assert len(problem["detail"]) < 2500


def unnamed(body: bytes) -> bytes:
    return body.replace(b'{"action": "x", ', b"{")

"""Pages of other origins: what a browser sends for them changes nothing."""

from __future__ import annotations

import httpx
import pytest

from skeleton.animator.examples import as_json, as_npy
from tests.service.caller import JSON, Caller, performance
from tests.service.forms import FORM, form

#: What a browser adds to a request that some page makes.
OTHER_PAGES = [
    {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"},
    {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9"},
    {"origin": "http://elsewhere.example"},  # to an address that it does not trust, or an old one
    {"origin": "null"},  # a page within a page, or a file
    {"origin": "null", "host": ""},
    {"origin": "http://[elsewhere"},
    {"origin": "https://127.0.0.1", "host": "127.0.0.1:80"},  # another port
]


@pytest.mark.parametrize("page", OTHER_PAGES, ids=str)
def test_a_page_of_another_origin_enrolls_and_deletes_nothing(
    visitor: Caller, page: dict[str, str]
) -> None:
    visitor.enroll(performance("wave"), "wave")
    clip = performance("squat")
    file = form({"file": ("squat.json", as_json(clip, action="squat"))})
    answers = [
        visitor.post("/enroll", file, FORM | page),
        visitor.post("/enroll", as_json(clip, action="squat"), JSON | page),
        visitor.post("/enroll", as_npy(clip), page, action="squat", format="npy"),
        visitor.post("/recognize", as_json(clip), JSON | page),
        visitor.client.post("/collections", json={"name": "theirs"}, headers=page),
        visitor.client.delete(f"/collections/{visitor.collection}", headers=page),
        visitor.client.delete(
            "/actions/wave", params={"collection": visitor.collection}, headers=page
        ),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert {answer.json()["type"] for answer in answers} == {"urn:oneshot:cross-origin"}
    assert visitor.actions() == ["wave"]
    assert visitor.client.get("/collections/theirs").status_code == 404


def test_a_refused_page_that_closes_reads_why(visitor: Caller) -> None:
    """A connection that closes with a body half read would be reset, and the answer lost."""
    closing = {"sec-fetch-site": "cross-site", "connection": "close"}
    answer = visitor.post("/recognize", b" " * 4 * 2**20, JSON | closing)
    assert answer.status_code == 403


def test_the_service_s_own_pages_and_programs_are_let_in(visitor: Caller) -> None:
    address = visitor.client.base_url
    body = as_json(performance("wave"), action="wave")
    for headers in (
        {"sec-fetch-site": "same-origin", "origin": "https://before.the.proxy"},  # /docs
        {"sec-fetch-site": "none"},  # the user: an address typed in
        {"origin": f"{address.scheme}://{address.netloc.decode()}"},  # /docs, to an old browser
        {"origin": "http://robot.lan", "host": "Robot.lan:80"},  # a proxy that names every port
        {"origin": "http://[::1]:8000", "host": "[::1]:8000"},
        {},
    ):
        assert visitor.post("/enroll", body, JSON | headers).status_code == 201, headers


def test_a_link_on_another_page_leads_here(visitor: Caller) -> None:
    answer = visitor.client.get("/docs", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200


def test_the_answer_to_a_page_allows_it_nothing(visitor: Caller) -> None:
    """Without these headers a browser gives no page what was answered."""
    asked: list[httpx.Response] = [
        visitor.client.get("/actions", headers={"origin": "https://elsewhere.example"}),
        visitor.client.options("/enroll", headers={"origin": "https://elsewhere.example"}),
    ]
    assert not [name for each in asked for name in each.headers if "access-control" in name]

"""Accept: the caller's wish decides between JSON and pictures."""

from __future__ import annotations

import pytest
from fastapi import Request

from service.accept import wanted
from service.problems import NotAcceptable

OFFERED = ("application/json", "image/png", "image/gif")
BROWSERS_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


def request(*headers: str) -> Request:
    raw = [(b"accept", header.encode()) for header in headers]
    return Request({"type": "http", "method": "POST", "headers": raw})


@pytest.mark.parametrize(
    ("header", "answered"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        (" ", "application/json"),
        ("image/png", "image/png"),
        ("IMAGE/GIF", "image/gif"),
        ("image/*", "image/png"),
        ("image/png;q=0.5, image/gif", "image/gif"),
        ("image/png;q=0.5, image/gif;q=0.4, */*;q=0.1", "image/png"),
        ("image/gif;q=0.3, application/json;q=0.4", "application/json"),
        ("image/*;q=0.9, image/png;q=0, application/json;q=0.1", "image/gif"),
        ("application/json;charset=utf-8;q=0.2, image/png;level=1;q=0.3", "image/png"),
        ("text/html, image/gif; q = 1.0", "image/gif"),
        (BROWSERS_IMAGE, "image/png"),
        ("image/png;q=high, application/json", "application/json"),
        (",,;;q=,image/gif,", "image/gif"),
    ],
)
def test_what_is_liked_best_is_answered(header: str, answered: str) -> None:
    assert wanted(request(header), OFFERED) == answered


def test_without_a_wish_it_is_json() -> None:
    assert wanted(request(), OFFERED) == "application/json"


def test_several_headers_are_one_wish() -> None:
    assert wanted(request("text/html", "image/gif"), OFFERED) == "image/gif"


@pytest.mark.parametrize(
    "header", ["text/html", "image/webp", "*/*;q=0", "image/png;q=0", "image/png;q=nan", "png", ";"]
)
def test_a_wish_that_cannot_be_met_is_told_what_can(header: str) -> None:
    with pytest.raises(NotAcceptable, match="image/png"):
        wanted(request(header), OFFERED)

"""Forms: whatever their bytes, parsed at once and in memory in proportion to the body."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest

from service.bodies import MULTIPART, Body
from service.multipart import Form, Upload, parse_form
from service.problems import Unparsable, Unusable
from tests.service.forms import BOUNDARY, FORM, closed, form, part

MIB = 2**20


def parsed(data: bytes) -> Form:
    return parse_form(Body(MULTIPART, data, FORM["content-type"]))


def test_fields_and_files_come_apart_by_name() -> None:
    data = bytes(range(256)) * 3 + b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n"
    found = parsed(form({"file": ("wave ü.bvh", data)}, {"action": "wave ü", "fps": "30"}))
    assert found.fields == {"action": "wave ü", "fps": "30"}
    assert found.files == {"file": Upload(data, "wave ü.bvh")}


@pytest.mark.parametrize("boundary", ["", ";boundary", "; boundary=", "; boundary=x; boundary="])
def test_a_form_without_a_boundary_is_told_how_to_send_one(boundary: str) -> None:
    with pytest.raises(Unparsable, match="-F file=@FILE"):
        parse_form(Body(MULTIPART, form({"file": ("a", b"b")}), MULTIPART + boundary))


def test_a_boundary_may_stand_in_quotes() -> None:
    body = form({"file": ("a", b"b")})
    found = parse_form(Body(MULTIPART, body, f'{MULTIPART}; charset=utf-8; boundary="{BOUNDARY}"'))
    assert found.files["file"].data == b"b"


@pytest.mark.parametrize(
    "pattern", [b"\0", b"\r", b"\r\n", b"\r\n-", b"\r\n--" + BOUNDARY[:-1].encode(), b"-"]
)
def test_a_large_file_is_taken_whole_at_once(pattern: bytes) -> None:
    data = (pattern * (16 * MIB // len(pattern) + 1))[: 16 * MIB]
    body = form({"file": ("a", data)})
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        found = parsed(body)
        seconds, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.files["file"].data == data
    assert seconds < 2
    assert peak < 3 * len(body)


def test_a_damaged_form_is_parsed_or_refused() -> None:
    whole = form({"file": ("wave.bvh", b"HIERARCHY\r\n" * 9)}, {"action": "wave", "fps": "30"})
    chance = random.Random(1)
    seen = set()
    for _ in range(5000):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            at = chance.randint(0, len(body))
            body[at : at + chance.choice((0, 1, 1, 9, 200))] = chance.choice(
                (b"", b"\r\n", b"--", b'"', b":", bytes([chance.randrange(256)]), BOUNDARY.encode())
            )
        try:
            parsed(bytes(body))
            seen.add("parsed")
        except (Unparsable, Unusable) as error:
            seen.add(type(error).__name__)
    assert seen >= {"parsed", "Unparsable"}


@pytest.mark.parametrize("name", ["file", "skeleton", "motion"])
@pytest.mark.parametrize("value", ["wave.npz", "clips/wäve 1.skeleton", "C:\\clips\\02.asf"])
def test_the_name_of_a_file_in_its_place_is_told_of_the_forgotten_at(name: str, value: str) -> None:
    with pytest.raises(Unparsable) as raised:
        parsed(form({}, {name: value}))
    assert f"-F {name}=@{value}" in str(raised.value)


def test_a_short_file_is_not_taken_for_a_name() -> None:
    for data in (b"wave.npz\n1 2 3", b"0.5 1.25 2.75", b"", b"\0.npz"):
        assert parsed(closed(part('name="file"', data))).files["file"].data == data
    named = parsed(form({"file": ("a.txt", b"wave.npz")}, {"action": "wave.npz"}))
    assert named.files["file"].data == b"wave.npz"
    assert named.fields == {"action": "wave.npz"}


def test_a_part_that_repeats_a_name_is_refused() -> None:
    with pytest.raises(Unusable, match="fps"):
        parsed(closed(part('name="fps"', b"30"), part('name="fps"', b"60")))

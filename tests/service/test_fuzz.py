"""Bodies nobody thought of: whatever comes, never a 500, and the memory does not grow."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.bodies import JOINTS, LISTS, clip, npy, npy_header, raw_clip
from tests.service.caller import JSON, NPY, Caller
from tests.service.clip_files import FORMATS, clip_file
from tests.service.forms import FORM, form
from tests.service_process import ServiceProcess

# Few bytes that stand for much: a list of one level, and beside it nulls that would be as long.
OCTETS = {"content-type": "application/octet-stream"}
FRAME, JOINT = f"[{'0,' * 59_999}0]", "[0,0,0]"
PERSON = f"[{JOINT}{',null' * 999}]"
NULLS = ",null" * 20_000
GOOD_JSON, GOOD_NPY = clip(LISTS[:2]), npy(JOINTS[:2])
HEADER = GOOD_NPY[10:128]
GOOD_FORM = form({"file": ("a.npy", GOOD_NPY)}, {"layout": "kinect_v2", "fps": "30"})
FILES = {name: clip_file(name, "clap").data for name in FORMATS}
KEYS = ["action", "clip", "layout", "fps", "axes", "person", "joints", "collection", "format"]
MEMORY = 200 * 2**20

fuzzed = settings(
    max_examples=500,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

numbers = (
    st.integers()
    | st.floats()
    | st.sampled_from([0, -0.0, 1e308, 2**63, 2**64, -(2**63), 10**30, 0.1, 1e-320])
)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=20)
trees: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=30,
)
layouts = st.sampled_from(["kinect_v2", "coco", "head,neck", "head", ["head", "neck"], [], None])
described = st.fixed_dictionaries(
    {"joints": st.lists(st.lists(st.lists(leaves, max_size=4), max_size=3), max_size=4) | trees},
    optional={"layout": layouts | trees, "fps": trees, "axes": trees, "person": trees},
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A good body with some bytes replaced, taken out or put in."""
    body = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        length = draw(st.sampled_from([0, 1, 1, 1, 2, 8, 100]))
        body[at : at + length] = draw(st.binary(max_size=4) | st.sampled_from([b"[", b"]", b"9"]))
    return bytes(body)


@fuzzed
@given(body=damaged(GOOD_JSON))
def test_damaged_json_is_never_a_500(visitor: Caller, body: bytes) -> None:
    assert visitor.post("/enroll", body, JSON).status_code < 500


@fuzzed
@given(body=damaged(GOOD_NPY))
def test_damaged_npy_is_never_a_500(visitor: Caller, body: bytes) -> None:
    query = {"action": "x", "layout": "kinect_v2"}
    assert visitor.post("/enroll", body, NPY, **query).status_code < 500


@fuzzed
@given(header=damaged(HEADER), data=st.binary(max_size=50))
def test_damaged_npy_headers_are_never_a_500(visitor: Caller, header: bytes, data: bytes) -> None:
    body = npy_header(header.decode("latin1"), data)
    assert visitor.post("/recognize", body, NPY, layout="head").status_code < 500


@fuzzed
@given(body=damaged(GOOD_FORM))
def test_damaged_forms_are_never_a_500(visitor: Caller, body: bytes) -> None:
    assert visitor.post("/enroll", body, FORM, action="x").status_code < 500


@fuzzed
@given(body=st.sampled_from(FORMATS).flatmap(lambda format: damaged(FILES[format])))
def test_damaged_files_are_never_a_500(visitor: Caller, body: bytes) -> None:
    assert visitor.post("/recognize", body, OCTETS).status_code < 500


@fuzzed
@given(format=st.sampled_from(FORMATS), other=st.sampled_from(FORMATS))
def test_files_under_a_wrong_name_are_never_a_500(visitor: Caller, format: str, other: str) -> None:
    response = visitor.post("/recognize", FILES[other], OCTETS, format=format)
    assert response.status_code < 500


@fuzzed
@given(tree=trees | st.fixed_dictionaries({"action": trees, "clip": described}))
def test_json_of_any_form_is_never_a_500(visitor: Caller, tree: Any) -> None:
    body = json.dumps(tree).encode()
    assert visitor.post("/enroll", body, JSON).status_code < 500
    if isinstance(tree, dict):
        tree.pop("action", None)
    assert visitor.post("/recognize", json.dumps(tree).encode(), JSON).status_code < 500


@fuzzed
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from([*KEYS, "k", "strangers"]).map(str.encode) | st.binary(max_size=3),
            st.binary(max_size=8) | numbers.map(lambda number: str(number).encode()),
        ),
        max_size=5,
    )
)
def test_queries_of_any_form_are_never_a_500(
    visitor: Caller, query: list[tuple[bytes, bytes]]
) -> None:
    text = "&".join(f"{quote_from_bytes(key)}={quote_from_bytes(value)}" for key, value in query)
    for call in ("/enroll", "/recognize", "/clips:inspect"):
        response = visitor.client.post(f"{call}?{text}", content=GOOD_NPY, headers=NPY)
        assert response.status_code < 500
    assert visitor.client.get(f"/actions?{text}").status_code < 500


@fuzzed
@given(name=st.binary(min_size=1, max_size=12).filter(lambda name: b"/" not in name))
def test_paths_of_any_form_are_never_a_500(visitor: Caller, name: bytes) -> None:
    segment = quote_from_bytes(name, safe="").replace(".", "%2E")
    for path in (f"/actions/{segment}", f"/actions/x/exemplars/{segment}"):
        for method in ("GET", "DELETE"):
            assert visitor.client.request(method, path).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        raw_clip("[" + "[]," * 2_000_000 + "0]"),
        raw_clip("[" + "1," * 4_000_000 + "0]"),
        raw_clip('[["' + "a" * 4_000_000 + '",' + "1," * 1_000_000 + "0]]"),
        npy_header("{'descr': '<f2', 'fortran_order': True, 'shape': (100000, 25, 3), }")
        + bytes(2 * 100_000 * 75),
        raw_clip(f"[{FRAME}{NULLS}]"),
        raw_clip(f"[[{JOINT}{NULLS}]{NULLS}]"),
        raw_clip(f"[[{FRAME}{NULLS}]{NULLS}]"),
        raw_clip(f"[[{FRAME}{NULLS}]]"),
        raw_clip(f"[[[{FRAME}{NULLS}]]]"),
        raw_clip(f"[[[{JOINT}{NULLS}]{NULLS}]]"),
        raw_clip(f"[[{PERSON}{',null' * 999}]{NULLS}]"),
        raw_clip(f"[[{'null,' * 999}null]{NULLS}]"),
        raw_clip(f"[[{PERSON}]{',null' * 3_000_000}]"),
    ],
    ids=[
        "empty lists",
        "numbers",
        "a long word among numbers",
        "100 000 frames of nothing",
        "a frame of numbers and null frames",
        "a frame of joints and null frames",
        "a frame of lists and null frames",
        "a joint of numbers and null joints",
        "a person's joint of numbers and null joints",
        "a person of joints and null persons",
        "a person, null persons and null frames",
        "null joints and null frames",
        "a frame and three million of null",
    ],
)
def test_a_body_takes_no_more_memory_than_it_should(
    clients: Callable[[str, int], httpx.Client],
    running: Callable[[str, int], ServiceProcess],
    body: bytes,
) -> None:
    client, process = clients("sqlite", 0), running("sqlite", 0)
    headers = NPY if body.startswith(b"\x93NUMPY") else JSON
    query = {"action": "x", "layout": "kinect_v2"} if headers is NPY else {}
    client.post("/enroll", content=body, headers=headers, params=query)
    before = process.memory()
    for _ in range(3):
        response = client.post("/enroll", content=body, headers=headers, params=query)
        assert 400 <= response.status_code < 500
    assert process.memory() < before + MEMORY
    assert process.peak_memory() < before + 8 * len(body) + 2 * MEMORY


@pytest.mark.parametrize(
    "body",
    [
        form({"file": ("a.bvh", b"\r\n--" * (4 * 2**20 - 100))}),
        form({"file": ("a.bvh", b"\0" * (16 * 2**20 - 1000))}),
        form({"skeleton": ("a", b"1 " * (4 * 2**20)), "motion": ("b", b"1\n" * (4 * 2**20 - 500))}),
    ],
    ids=["nearly a boundary", "zeros", "two files"],
)
def test_a_form_takes_no_more_memory_than_it_should(
    clients: Callable[[str, int], httpx.Client],
    running: Callable[[str, int], ServiceProcess],
    body: bytes,
) -> None:
    client, process = clients("sqlite", 0), running("sqlite", 0)
    client.post("/recognize", content=body, headers=FORM)
    before = process.memory()
    for _ in range(3):
        begun = time.perf_counter()
        assert 400 <= client.post("/recognize", content=body, headers=FORM).status_code < 500
        assert time.perf_counter() - begun < 5
    assert process.memory() < before + MEMORY
    assert process.peak_memory() < before + 8 * len(body) + 2 * MEMORY

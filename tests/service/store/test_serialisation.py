"""Parcels: what is damaged is refused, whatever it claims."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from service.store import StoreCorrupt
from service.store.serialisation import pack_arrays, pack_clip, unpack_arrays, unpack_clip
from tests.service.store.samples import sample_arrays, sample_clip


def parcel(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<4sII", b"OSP1", len(text), zlib.crc32(text + body)) + text + body


@given(
    st.dictionaries(
        st.text(max_size=8).filter(lambda text: text.isprintable()),
        arrays_of.arrays(np.float32, arrays_of.array_shapes(min_dims=0, min_side=0, max_dims=4)),
        max_size=4,
    )
)
def test_any_float32_arrays_come_back_to_the_bit(arrays: dict[str, Any]) -> None:
    held = unpack_arrays(pack_arrays(arrays))
    assert held.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (held[name].shape, held[name].tobytes()) == (array.shape, array.tobytes())


def test_arrays_in_any_memory_order_come_back_by_value() -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1)[::-1]
    np.testing.assert_array_equal(unpack_arrays(pack_arrays({"a": array}))["a"], array)


def test_the_same_arrays_make_the_same_parcel() -> None:
    given_ = sample_arrays()
    assert pack_arrays(given_) == pack_arrays(dict(reversed(given_.items())))


def test_one_number_counts_as_an_array() -> None:
    held = unpack_arrays(pack_arrays({"cohort_mean": np.float32(0.5)}))  # type: ignore[dict-item]
    assert (held["cohort_mean"].shape, float(held["cohort_mean"])) == ((), 0.5)


def test_a_parcel_adds_little_to_its_floats() -> None:
    embedding = np.ones(256, np.float32)
    assert len(pack_arrays({"embedding": embedding})) <= embedding.nbytes + 64


@pytest.mark.parametrize("cut", [0, 3, 11, 12, 40, -4, -1])
def test_a_truncated_parcel_is_refused(cut: int) -> None:
    with pytest.raises(StoreCorrupt):
        unpack_arrays(pack_arrays(sample_arrays())[:cut])
    with pytest.raises(StoreCorrupt):
        unpack_clip(pack_clip(sample_clip())[:cut])


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_parcel_with_one_changed_byte_is_refused(at: int, change: int) -> None:
    damaged = bytearray(pack_arrays(sample_arrays()))
    damaged[at % len(damaged)] ^= change
    with pytest.raises(StoreCorrupt):
        unpack_arrays(bytes(damaged))


@pytest.mark.parametrize(
    "damaged",
    [
        b"\x93NUMPY",
        b"\x80\x04\x95 a pickle",
        parcel({}),
        parcel({"arrays": None}),
        parcel({"arrays": {"a": [10**6, 10**6]}}),
        parcel({"arrays": {"a": [-1]}}, b"\0" * 4),
        parcel({"arrays": {"a": ["1"]}}, b"\0" * 4),
        parcel({"arrays": {"a": [1]}}, b"\0" * 8),
        parcel([1]),
        parcel(b"{"),
        parcel(b"\xff"),
    ],
)
def test_a_parcel_that_claims_nonsense_is_refused(damaged: bytes) -> None:
    with pytest.raises(StoreCorrupt):
        unpack_arrays(damaged)
    with pytest.raises(StoreCorrupt):
        unpack_clip(damaged)

"""What was refused is let go at once: a service collects circles of garbage seldom."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from skeleton import UnreadableClip, UnusableClip
from skeleton.readers import FORMATS, read_source
from skeleton.readers.format import Source
from tests.skeleton.readers.mocap_files import ASF

SIZE = 300_000
OPENINGS = (b"", b'[{"people":[{"pose_keypoints_2d":[1,2', b"HIERARCHY\n", b"{", b"1 2 3\n")


@pytest.fixture(scope="module")
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collection")
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_refused_file_leaves_nothing_in_memory(name: str, opening: bytes) -> None:
    def refuse() -> None:
        body = opening + b"a" * SIZE
        with pytest.raises((UnreadableClip, UnusableClip)):
            read_source(Source(body, skeleton=ASF.encode()), FORMATS[name]).clip()

    refuse()  # what is kept for good, like imported libraries
    tracemalloc.start()
    try:
        for _ in range(4):
            refuse()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < SIZE / 2

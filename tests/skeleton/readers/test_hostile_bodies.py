"""Bodies made to take long: every one is read or refused within moments."""

from __future__ import annotations

import pytest

from skeleton.readers import FORMATS
from tests.skeleton.readers.endurance import endures
from tests.skeleton.readers.hostile_bodies import HOSTILE, SIZE

#: Seconds of processor time. On a calm core none takes much more than one.
LONGEST = 3.0


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name, bodies in HOSTILE.items() for what in bodies]
)
def test_nothing_takes_long(name: str, what: str) -> None:
    body = HOSTILE[name][what]()
    assert len(body.data) <= SIZE
    endures(name, [body], LONGEST)


def test_every_format_that_is_parsed_is_attacked() -> None:
    assert HOSTILE.keys() == FORMATS.keys() - {"npy", "npz"}

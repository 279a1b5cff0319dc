"""What every reader promises, whatever the bytes: a clip or a refusal that says why, soon."""

from __future__ import annotations

import time
import tracemalloc
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from skeleton import UnreadableClip, UnusableClip
from skeleton.readers import FORMATS, read_source
from skeleton.readers.format import Source

LONGEST = 1.0  # seconds of a calm processor; a small file takes a thousandth of it
_CALM = 0.03  # seconds that `_pace`'s work takes there


def endures(
    name: str, bodies: Iterable[bytes | Source], longest: float = LONGEST
) -> dict[str, int]:
    """Read every body and make a clip of it; how many were read and how many refused.

    Fails for any exception that is no refusal, any warning of numpy's, and any that takes long.
    """
    outcomes = {"read": 0, "refused": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for body in bodies:
            source = Source(body) if isinstance(body, bytes) else body
            begin = time.process_time()
            try:
                read_source(source, FORMATS[name]).clip()
                outcome, reason = "read", ""
            except (UnreadableClip, UnusableClip) as refusal:
                outcome, reason = "refused", str(refusal)
            taken = time.process_time() - begin
            if taken >= longest:  # a shared machine has spells in which everything takes longer
                taken /= max(1.0, _pace() / _CALM)
            outcomes[outcome] += 1
            what = f"{len(source.data)} bytes: {source.data[:60]!r}"
            assert outcome == "read" or reason, f"no reason is given for {what}"
            assert taken < longest, f"{taken:.1f} s for {what}"
    return outcomes


def _pace() -> float:
    """Seconds that a fixed piece of work takes now: how calm the machine is."""
    begin = time.process_time()
    sum(number * number % 7 for number in range(300_000))
    return time.process_time() - begin


@dataclass
class Peak:
    """The most memory that was taken at a time, known when the block has ended."""

    bytes: int = 0


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Measure what the block takes."""
    peak = Peak()
    tracemalloc.start()
    try:
        yield peak
    finally:
        peak.bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

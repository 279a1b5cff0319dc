"""What every reader promises, whatever the bytes: a clip or a refusal that says why, soon."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable

from skeleton import UnreadableClip, UnusableClip
from skeleton.readers import FORMATS, read_source
from skeleton.readers.format import Source

LONGEST = 1.0  # seconds; a small file takes a thousandth of it


def endures(name: str, bodies: Iterable[bytes]) -> dict[str, int]:
    """Read every body and make a clip of it; how many were read and how many refused.

    Fails for any exception that is no refusal, any warning of numpy's, and any that takes long.
    """
    outcomes = {"read": 0, "refused": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for data in bodies:
            begin = time.process_time()
            try:
                read_source(Source(data), FORMATS[name]).clip()
                outcome, reason = "read", ""
            except (UnreadableClip, UnusableClip) as refusal:
                outcome, reason = "refused", str(refusal)
            taken = time.process_time() - begin
            outcomes[outcome] += 1
            assert outcome == "read" or reason, f"no reason is given for {data[:60]!r}"
            assert taken < LONGEST, f"{taken:.1f} s for {len(data)} bytes: {data[:60]!r}"
    return outcomes

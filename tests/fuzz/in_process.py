"""A case in this process: found, read, turned and prepared, as the service does it."""

from __future__ import annotations

from skeleton import LAYOUTS, UnreadableClip, UnusableClip, prepare, resolve_layout
from skeleton.readers import Source, find_format, read_source
from tests.fuzz.cases import Case

_FRAMES = 64


def read_case(case: Case) -> str:
    """`read`, or by what it was refused; whatever else is raised comes through."""
    try:
        layout = None if case.layout is None else resolve_layout(case.layout)
        source = Source(case.data, skeleton=case.skeleton, layout=layout)
        recording = read_source(source, find_format(case.format, case.data))
        prepare(recording.clip(), LAYOUTS["body16"], _FRAMES, person=recording.person)
    except UnreadableClip:
        return "unreadable"
    except UnusableClip:
        return "unusable"
    return "read"

"""Problems: what an error is to a caller, where no service can be brought to it at will."""

from __future__ import annotations

from service.problems import KINDS, kind_of
from service.store import OutcomeUnknown
from skeleton.errors import UnknownFormat


def test_bytes_of_no_known_format_are_a_fault_of_the_body() -> None:
    assert kind_of(UnknownFormat("the bytes look like none")).status == 400


def test_nobody_is_asked_to_repeat_what_may_have_been_done() -> None:
    kind = kind_of(OutcomeUnknown("no answer came", "default", "wave"))
    assert (kind.status, kind.slug, kind.retry_after) == (503, "outcome-unknown", None)


def test_a_slug_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for kind in KINDS.values():
        statuses.setdefault(kind.slug, set()).add(kind.status)
    assert all(len(found) == 1 for found in statuses.values()), statuses

"""Every format under damage: a clip or a refusal, soon; and the fuzzer sees what it is to see."""

from __future__ import annotations

import time

import pytest

from skeleton.readers import FORMATS
from tests.fuzz.__main__ import fuzz, main
from tests.fuzz.cases import Case, Cases, good_cases
from tests.fuzz.in_process import read_case
from tests.fuzz.report import Report


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_files_that_are_damaged_are_good_ones(name: str) -> None:
    outcomes = {read_case(case) for case in good_cases()[name]}
    assert outcomes == ({"read", "unusable"} if name == "openpose" else {"read"})


def test_a_case_is_the_same_from_its_seed_and_number() -> None:
    assert Cases(1)[77] == Cases(1)[77]
    assert Cases(1)[77] != Cases(2)[77]


def test_no_damage_to_any_format_does_harm(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--cases", "3000", "--seed", "9"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert all(f"| {name} |" in printed for name in FORMATS)


def test_an_unexpected_exception_is_a_failure() -> None:
    def breaks(case: Case) -> str:
        raise ZeroDivisionError("at " + case.of)

    report = Report(longest=1.0)
    fuzz(breaks, range(3), 0, report)
    assert len(report.failures) == 3
    assert "ZeroDivisionError" in report.failures[0]


def test_a_slow_case_is_a_failure() -> None:
    report = Report(longest=0.01)
    fuzz(lambda case: str(time.sleep(0.02)), range(1), 0, report, clock=time.perf_counter)
    assert "took 0.0" in report.failures[0]


def test_too_much_memory_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "20", "--growth", "-1000"]) == 1
    assert "the memory grew by" in capsys.readouterr().out


def test_only_a_service_on_this_machine_is_talked_to(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--url", "http://example.org:8000"])
    assert "only a service on this machine" in capsys.readouterr().err

"""Whole numbers on the command lines of `python -m training`."""

from __future__ import annotations

import sys

import pytest

from training.command_line import main


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("ablate", "--out", "nowhere"), "--epochs"),
        (("ablate", "--out", "nowhere"), "--jobs"),
        (("benchmark", "ntu60"), "--seeds"),
        (("benchmark", "ntu60"), "--draws"),
    ],
)
@pytest.mark.parametrize("number", ["0", "-1", "2.5", "two"])
def test_a_count_below_one_is_refused_where_it_is_given(
    command: tuple[str, ...],
    option: str,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", *command, f"{option}={number}"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"argument {option}: '{number}' is not a whole number" in capsys.readouterr().err

"""Ctrl-C on the commands of `python -m training` that have nothing to say about it themselves."""

from __future__ import annotations

import sys

import pytest

from training.command_line import main
from training.evaluation import named_joints


def test_an_interrupt_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(named_joints, "run", interrupted)
    monkeypatch.setattr(sys, "argv", ["training", "importance", "--model", "model.onnx"])
    assert main() == 130
    assert capsys.readouterr().err == "interrupted\n"

"""Commands as a shell starts them: the other tests fork theirs, with all that is imported."""

import subprocess
import sys

import pytest

from tests.warm_process import ROOT


@pytest.mark.parametrize(
    "words",
    ["training", "training evaluate", "model_export", "model_export.recalibrate", "service"],
)
def test_a_command_needs_nothing_imported_before_it(words: str) -> None:
    module, *command = words.split()
    done = subprocess.run(
        [sys.executable, "-m", module, *command, "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()

"""Commands as a shell starts them: the other tests fork theirs, with all that is imported."""

import subprocess
import sys

import pytest

from tests.warm_process import ROOT
from training.command_line import COMMANDS


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


#: Each command of the training for itself, as none imports what another needs.
_ALONE = """
import os, sys

{before}
from training.command_line import main

for name in {names!r}:
    if os.fork() == 0:
        sys.argv = ["training", name, "--help"]
        main()
    _, status = os.wait()
    if status:
        sys.exit(f"{{name}} ended with {{status}}")
"""
_WITH_TORCH = ("train", "ablate", "leak", "benchmark")


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("import torch", _WITH_TORCH),
        (
            "sys.modules['torch'] = None",
            tuple(name for name in COMMANDS if name not in _WITH_TORCH),
        ),
    ],
    ids=["with torch", "without torch"],
)
def test_a_command_of_the_training_needs_no_other_and_most_no_torch(
    before: str, names: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ALONE.format(before=before, names=names)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in names:
        assert f"usage: python -m training {name} " in done.stdout


#: Ctrl-C just when a library is imported.
_INTERRUPTED = """
import runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {library!r}:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
sys.argv = {words!r}.split()
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("words", "library"),
    [("training train", "torch"), ("model_export", "torch"), ("service", "typer")],
)
def test_an_interrupt_while_libraries_are_imported_ends_with_one_line(
    words: str, library: str
) -> None:
    program = _INTERRUPTED.format(words=words, module=words.split()[0], library=library)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 130
    (line,) = done.stderr.splitlines()
    assert line.endswith("interrupted")

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


#: What neither trains nor reads a checkpoint.
_WITHOUT_TORCH = """
import contextlib, sys

sys.modules["torch"] = None
from training.command_line import main

for name in ("evaluate", "robustness", "layouts", "importance", "describe", "embed", "import"):
    sys.argv = ["training", name, "--help"]
    with contextlib.suppress(SystemExit):
        main()
"""


def test_a_command_of_the_training_that_needs_no_torch_imports_none() -> None:
    """It takes longer than many of them."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TORCH],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("usage: python -m training ") == 7


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

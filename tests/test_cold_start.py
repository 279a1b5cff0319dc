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


#: Ctrl-C just when a library is imported.
_INTERRUPTED = """
import runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {library!r}:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
sys.argv = [{module!r}]
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("module", "library"), [("training", "torch"), ("model_export", "torch"), ("service", "typer")]
)
def test_an_interrupt_while_libraries_are_imported_ends_with_one_line(
    module: str, library: str
) -> None:
    program = _INTERRUPTED.format(module=module, library=library)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 130
    (line,) = done.stderr.splitlines()
    assert line.endswith("interrupted")

"""What all commands of `python -m training` share."""

import subprocess
import sys


def test_a_progress_bar_that_an_interrupt_left_half_made_says_nothing() -> None:
    """In a process of its own, as Python tells of what happens while it tidies up."""
    code = "import training.command_line; from tqdm import tqdm; tqdm.__new__(tqdm)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

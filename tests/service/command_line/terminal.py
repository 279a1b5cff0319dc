"""The command `oneshot` as a script or a person runs it: a process, its output, its status."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.service_process import service_environment
from tests.warm_process import ROOT, run_to_end


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def oneshot(*arguments: str | Path, folder: Path = ROOT, **settings: str) -> Done:
    """Runs `oneshot` with these ONESHOT_ settings and no others."""
    environment = service_environment(**settings) | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = run_to_end("service", *map(str, arguments), folder=folder, environment=environment)
    return Done(done.returncode, done.stdout, done.stderr)


def on_a_terminal(*arguments: str | Path, columns: int = 80, **settings: str) -> str:
    """What `oneshot` shows on a terminal of so many columns, which ends well, without colours."""
    environment = service_environment(**settings) | {
        "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": str(columns),
    }  # fmt: skip
    seen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "service", *map(str, arguments)],
        cwd=ROOT, env=environment, stdout=terminal, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(terminal)
    shown = all_of(seen).decode().replace("\r\n", "\n")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return re.sub(r"\x1b\[[\d;]*m", "", shown)


def all_of(terminal: int) -> bytes:
    """What is written to a terminal until its other side is closed."""
    shown = b""
    try:
        while piece := os.read(terminal, 65_536):
            shown += piece
    except OSError:  # it is closed
        pass
    os.close(terminal)
    return shown

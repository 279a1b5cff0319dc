"""The command `oneshot` as a script or a person runs it: a process, its output, its status."""

from __future__ import annotations

import json
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

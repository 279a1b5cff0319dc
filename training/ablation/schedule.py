"""Runs as processes, some at a time (ours)."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from training.ablation.plan import Entry, Plan
from training.ablation.run_folder import RunFolder

_THREADS = "OMP_NUM_THREADS"


@dataclass(frozen=True)
class Ended:
    """A run whose process ended; `failure` says why it failed, None where it did not."""

    entry: Entry
    failure: str | None


class Schedule:
    """Brings runs to their end, `jobs` at a time. Leaving its context ends every process."""

    def __init__(self, plan: Plan, folder: Path, device: str, jobs: int, held: int | None) -> None:
        self._plan, self._folder, self._device = plan, folder, device
        self._held = () if held is None else (held,)
        self._pool = ThreadPoolExecutor(jobs)
        self._environment = dict(os.environ)
        if jobs > 1:
            self._environment.setdefault(_THREADS, str(max((os.cpu_count() or 1) // jobs, 1)))
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._over = False

    def __enter__(self) -> "Schedule":
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        for process in tuple(self._processes):
            process.kill()
        self._pool.shutdown(cancel_futures=True)

    def run(self, entries: Sequence[Entry]) -> Iterator[Ended]:
        """Start the runs in their order; yields each as it ends."""
        for future in as_completed([self._pool.submit(self._one, entry) for entry in entries]):
            yield future.result()

    def _one(self, entry: Entry) -> Ended:
        folder = RunFolder(self._folder / entry.name)
        command = [
            sys.executable, "-m", "training.ablation.worker", str(folder.path),
            "--device", self._device, "--sets", *self._plan.sets,
            "--repeats", str(self._plan.repeats),
        ]  # fmt: skip
        print(f"{entry.name}: begins (what it prints goes to {folder.log})", flush=True)
        with folder.log.open("ab") as log:
            # Its standard input is ours: the process ends with us, however we end. It holds our
            # lock too, so nobody else starts here before it is gone.
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                env=self._environment, pass_fds=self._held,
            )  # fmt: skip
            self._processes.add(process)
            try:
                if self._over:
                    process.kill()
                status = process.wait()
            finally:
                self._processes.discard(process)
                if process.stdin:
                    process.stdin.close()
        return Ended(entry, None if status == 0 else _last_line(folder.log, status))


def _last_line(log: Path, status: int) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").strip()
    return f"{text.splitlines()[-1].strip() if text else 'no word'} (status {status}, {log})"
